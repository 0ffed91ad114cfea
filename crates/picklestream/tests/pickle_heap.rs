//! Memory does not grow with the number of records. A binary of its own: the
//! allocator counts for the whole process.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use peak_alloc::PeakAlloc;
use picklestream::pickle::{self, PickleRecords, WriteMemo, WriteOptions};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const BUFFER: usize = 64 * 1024;

type Record = (f64, String, u64);

fn record(number: u64) -> Record {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5555_5555_5555_5555;
    let letter = |place: u64| char::from(b'@' + ((mixed >> (3 * place)) % 26) as u8);
    (
        mixed as f64 / 2.0_f64.powi(64),
        (0..20).map(letter).collect(),
        mixed,
    )
}

fn peak(work: impl FnOnce()) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    work();
    HEAP.peak_usage() - before
}

fn write(path: &Path, count: u64, protocol: u8, memo: WriteMemo) {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    options.memo = memo;
    let file = BufWriter::with_capacity(BUFFER, File::create(path).unwrap());
    pickle::write_list(file, (0..count).map(record), &options).unwrap();
}

fn read(path: &Path, count: u64) {
    let file = BufReader::with_capacity(BUFFER, File::open(path).unwrap());
    let records = PickleRecords::<_, Record>::new(file).unwrap();
    let mut number = 0;
    for found in records {
        assert!(found.unwrap() == record(number), "record {number} differs");
        number += 1;
    }
    assert_eq!(number, count);
}

/// One test: the heap is everyone's.
#[test]
fn any_number_of_records_takes_the_same_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.pkl");
    for protocol in [0, 2, 4, 5] {
        let mut peaks = Vec::new();
        for count in [100_000, 300_000] {
            let plain = peak(|| write(&path, count, protocol, WriteMemo::None));
            assert!(plain <= 128 << 10, "write {protocol}: {plain} bytes");
            let framed = peak(|| write(&path, count, protocol, WriteMemo::Cpython));
            assert!(
                framed <= 160 << 10,
                "write {protocol} as CPython: {framed} bytes"
            );
            let reading = peak(|| read(&path, count));
            assert!(reading <= 256 << 10, "read {protocol}: {reading} bytes");
            let counting = peak(|| {
                let file = BufReader::with_capacity(BUFFER, File::open(&path).unwrap());
                let summary = pickle::summary(file).unwrap();
                assert_eq!((summary.records, summary.memo_puts), (count, 2 * count + 1));
            });
            assert!(
                counting <= 256 << 10,
                "summary {protocol}: {counting} bytes"
            );
            println!("protocol {protocol}, {count}: {plain}, {framed}, {reading}, {counting}");
            peaks.push((plain, framed, reading, counting));
        }
        assert_eq!(peaks[0], peaks[1], "protocol {protocol}");
    }
}
