//! What a path names, and the items of a dict, are read in memory that does not
//! grow with their number, nor with what lies before them. A binary of its own:
//! the allocator counts for the whole process.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use peak_alloc::PeakAlloc;
use picklestream::pickle::{self, PickleRecords, ReadOptions, WriteMemo, WriteOptions};
use picklestream::value::Value;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const BUFFER: usize = 64 * 1024;

fn peak(work: impl FnOnce()) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    work();
    HEAP.peak_usage() - before
}

/// A dict of large containers, made while it is written.
struct Root {
    rows: u64,
}

struct Rows(u64);
struct Table(u64);
struct Wide(u64);

impl Serialize for Root {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("before", &Rows(self.rows))?;
        map.serialize_entry("wide", &Wide(self.rows))?;
        map.serialize_entry("rows", &Rows(self.rows))?;
        map.serialize_entry("table", &Table(self.rows))?;
        map.serialize_entry("after", &Rows(self.rows))?;
        map.end()
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0 as usize))?;
        for number in 0..self.0 {
            rows.serialize_element(&[number as f64 / 7.0; 42].as_slice())?;
        }
        rows.end()
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_map(Some(self.0 as usize))?;
        for number in 0..self.0 {
            rows.serialize_entry(&format!("key {number}"), &(number, "value"))?;
        }
        rows.end()
    }
}

impl Serialize for Wide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeTuple;
        let mut all = serializer.serialize_tuple(self.0 as usize * 10)?;
        for number in 0..self.0 * 10 {
            all.serialize_element(&number)?;
        }
        all.end()
    }
}

fn write(path: &Path, root: &impl Serialize, protocol: u8) {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    options.memo = WriteMemo::Cpython;
    let file = BufWriter::with_capacity(BUFFER, File::create(path).unwrap());
    pickle::to_writer(file, root, &options).unwrap();
}

fn read(file: &Path, path: &str) -> u64 {
    let mut options = ReadOptions::default();
    options.records.path = path.parse().unwrap();
    options.records.items = true;
    let file = BufReader::with_capacity(BUFFER, File::open(file).unwrap());
    let records = PickleRecords::<_, IgnoredAny>::with_options(file, &options).unwrap();
    let mut count = 0;
    for record in records {
        record.unwrap();
        count += 1;
    }
    count
}

/// One test: the heap is everyone's.
#[test]
fn a_part_of_any_length_takes_the_same_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.pkl");
    for protocol in [0, 2, 4] {
        let mut peaks = Vec::new();
        for rows in [10_000, 40_000] {
            write(&file, &Root { rows }, protocol);
            let of = |path: &str, records: u64| {
                peak(|| assert_eq!(read(&file, path), records, "{path} in protocol {protocol}"))
            };
            let found = [
                of("rows", rows),
                of("table", rows),
                of("after[9999]", 42),
                of("table['key 9999']", 2),
                of("wide[99999]", 1),
            ];
            write(&file, &Table(rows), protocol);
            let items = of("", rows);
            println!("protocol {protocol}, {rows} rows: {found:?}, items {items}");
            // A batch of CPython's is 1000 rows of 42 floats, 688 KB of nodes in
            // a vector that has grown to 1 MiB.
            for bytes in found {
                assert!(bytes <= 5 << 18, "protocol {protocol}: {found:?}");
            }
            assert!(items <= 512 << 10, "protocol {protocol}: {items}");
            peaks.push((found, items));
        }
        let [(few, few_items), (many, many_items)] = peaks[..] else {
            panic!("two sizes were tried");
        };
        assert_eq!(few_items, many_items, "protocol {protocol}");
        for (few, many) in few.into_iter().zip(many) {
            // Of the memo ids of keys a bit is noted where they are in a table.
            let grown = many.saturating_sub(few);
            assert!(grown <= 1 << 10, "protocol {protocol}: {few}, {many}");
        }
    }
    // A whole record is what it is read into, and nothing is left behind.
    assert_eq!(read(&file, "['key 39999']"), 2);
    drop(pickle::from_slice::<Value>(b"N."));
}
