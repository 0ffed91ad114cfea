//! Any bytes as a pickle: `cargo +nightly fuzz run pickle
//! fuzz/corpus/pickle tests/golden/pickle`.

#![no_main]

use std::io::{BufReader, Cursor};

use libfuzzer_sys::fuzz_target;
use picklebench::pickle::{self, Records, WriteOptions};
use picklebench::value::Value;

fuzz_target!(|bytes: &[u8]| {
    let whole: Vec<_> = Records::<_, Value>::new(Cursor::new(bytes))
        .unwrap()
        .map(|record| format!("{record:?}"))
        .collect();
    let small = BufReader::with_capacity(7, Cursor::new(bytes));
    let streamed: Vec<_> = Records::<_, Value>::new(small)
        .unwrap()
        .map(|record| format!("{record:?}"))
        .collect();
    assert_eq!(whole, streamed);
    let _ = pickle::summary(bytes);
    if let Ok(value) = pickle::from_slice::<Value>(bytes) {
        let mut file = Vec::new();
        pickle::to_writer(&mut file, &value, &WriteOptions::default()).unwrap();
        let again: Value = pickle::from_slice(&file).unwrap();
        assert_eq!(format!("{again:?}"), format!("{value:?}"));
    }
});
