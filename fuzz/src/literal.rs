//! A literal, and lines of them.

use std::io::BufReader;

use picklestream::literal::{self, LiteralRecords};
use picklestream::value::Value;

/// Any bytes as a literal and as lines of them, whole and in small pieces; what can
/// be read is written, read again, and written alike.
pub fn literal(bytes: &[u8]) -> String {
    let whole: Vec<_> = LiteralRecords::<_, Value>::new(bytes)
        .map(|record| format!("{record:?}"))
        .collect();
    let small = BufReader::with_capacity(7, bytes);
    let streamed: Vec<_> = LiteralRecords::<_, Value>::new(small)
        .map(|record| format!("{record:?}"))
        .collect();
    assert_eq!(whole, streamed);
    let _ = LiteralRecords::<_, (f64, String, u64)>::new(bytes).count();
    match literal::from_slice::<Value>(bytes) {
        Ok(value) => {
            // By the text: two complex numbers may differ in the sign of a zero, which
            // Python writes in the same way.
            let written = literal::to_string(&value).expect("what was read can be written");
            let again: Value = literal::from_str(&written).expect("what was written can be read");
            let twice = literal::to_string(&again).expect("what was read can be written");
            assert_eq!(twice, written);
            format!("a {}", value.type_name())
        }
        Err(error) => error.to_string(),
    }
}
