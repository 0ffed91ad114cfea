//! Any bytes as a pickle: `cargo +nightly fuzz run pickle
//! fuzz/corpus/pickle tests/golden/pickle`.

#![no_main]

use std::io::{BufRead, BufReader, Cursor, Seek};

use libfuzzer_sys::fuzz_target;
use picklestream::pickle::{self, Objects, PickleRecords, ReadOptions, WriteOptions};
use picklestream::value::Value;

/// PickleRecords and errors as text. A file can be refused before its first record:
/// it is looked through once beforehand.
fn read(input: impl BufRead + Seek, objects: Objects) -> Vec<String> {
    let mut options = ReadOptions::default();
    options.objects = objects;
    match PickleRecords::<_, Value>::with_options(input, &options) {
        Ok(records) => records.map(|record| format!("{record:?}")).collect(),
        Err(error) => vec![format!("{error:?}")],
    }
}

fuzz_target!(|bytes: &[u8]| {
    for objects in [Objects::Refuse, Objects::AsData] {
        let whole = read(Cursor::new(bytes), objects);
        let streamed = read(BufReader::with_capacity(7, Cursor::new(bytes)), objects);
        assert_eq!(whole, streamed);
    }
    let _ = pickle::summary(bytes);
    if let Ok(value) = pickle::from_slice::<Value>(bytes) {
        let mut file = Vec::new();
        pickle::to_writer(&mut file, &value, &WriteOptions::default()).unwrap();
        let again: Value = pickle::from_slice(&file).unwrap();
        assert_eq!(format!("{again:?}"), format!("{value:?}"));
    }
});
