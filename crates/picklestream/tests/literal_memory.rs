//! What the literal codec takes from the heap: nothing that grows with the
//! number of records.

use std::io::{self, BufReader, Write};

use peak_alloc::PeakAlloc;
use picklestream::literal::{LiteralRecords, Writer};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const BUFFER: usize = 65_536;

/// One test, since the allocator counts for the whole process.
#[test]
fn memory_does_not_grow_with_records() {
    let mut text = Vec::with_capacity(8 << 20);
    let mut writer = Writer::new(&mut text);
    for n in 0..100_000_u64 {
        let record = (n as f64 / 7.0, "PNKVTYXNWDNWIDAWNXXC", n << 40);
        writer.write(&record).unwrap();
    }
    drop(writer);

    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let reader = BufReader::with_capacity(BUFFER, text.as_slice());
    let mut count = 0;
    for record in LiteralRecords::<_, (f64, String, u64)>::new(reader) {
        let record = record.unwrap();
        assert_eq!(record.1.len(), 20);
        count += 1;
    }
    assert_eq!(count, 100_000);
    let reading = HEAP.peak_usage() - before;
    assert!(reading < BUFFER + 4096, "reading took {reading} bytes");

    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let mut writer = Writer::new(io::BufWriter::with_capacity(BUFFER, io::sink()));
    for n in 0..100_000_u64 {
        let record = (n as f64 / 7.0, "PNKVTYXNWDNWIDAWNXXC", n << 40);
        writer.write(&record).unwrap();
    }
    writer.into_inner().flush().unwrap();
    let writing = HEAP.peak_usage() - before;
    assert!(writing < BUFFER + 4096, "writing took {writing} bytes");
}
