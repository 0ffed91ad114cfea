//! Any bytes as a literal and as lines of them: `cargo +nightly fuzz run
//! literal fuzz/corpus/literal tests/golden/literal`.

#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use picklestream::literal::{self, LiteralRecords};
use picklestream::value::Value;

fuzz_target!(|bytes: &[u8]| {
    let whole: Vec<_> = LiteralRecords::<_, Value>::new(bytes)
        .map(|record| format!("{record:?}"))
        .collect();
    let small = BufReader::with_capacity(7, bytes);
    let streamed: Vec<_> = LiteralRecords::<_, Value>::new(small)
        .map(|record| format!("{record:?}"))
        .collect();
    assert_eq!(whole, streamed);
    let _ = LiteralRecords::<_, (f64, String, u64)>::new(bytes).count();
    // By the text: two complex numbers may differ in the sign of a zero, which
    // Python writes in the same way.
    if let Ok(value) = literal::from_slice::<Value>(bytes) {
        let written = literal::to_string(&value).expect("what was read can be written");
        let again: Value = literal::from_str(&written).expect("what was written can be read");
        let twice = literal::to_string(&again).expect("what was read can be written");
        assert_eq!(twice, written);
    }
});
