//! A pickle.

use std::io::{BufRead, BufReader, Cursor, Seek};

use picklestream::pickle::{self, Objects, PickleRecords, ReadOptions, WriteOptions};
use picklestream::value::Value;

/// Any bytes as a pickle, whole and in small pieces, with objects refused and as data;
/// what can be read is written, and read again as the same.
pub fn pickle(bytes: &[u8]) -> String {
    for objects in [Objects::Refuse, Objects::AsData] {
        let whole = records(Cursor::new(bytes), objects);
        let streamed = records(BufReader::with_capacity(7, Cursor::new(bytes)), objects);
        assert_eq!(whole, streamed);
    }
    let _ = pickle::summary(bytes);
    match pickle::from_slice::<Value>(bytes) {
        Ok(value) => {
            let mut file = Vec::new();
            pickle::to_writer(&mut file, &value, &WriteOptions::default())
                .expect("what was read can be written");
            let again: Value = pickle::from_slice(&file).expect("what was written can be read");
            assert_eq!(format!("{again:?}"), format!("{value:?}"));
            format!("a {}", value.type_name())
        }
        Err(error) => error.to_string(),
    }
}

/// Records and errors as text. A file can be refused before its first record: it is
/// looked through once beforehand.
fn records(input: impl BufRead + Seek, objects: Objects) -> Vec<String> {
    let mut options = ReadOptions::default();
    options.objects = objects;
    match PickleRecords::<_, Value>::with_options(input, &options) {
        Ok(records) => records.map(|record| format!("{record:?}")).collect(),
        Err(error) => vec![format!("{error:?}")],
    }
}
