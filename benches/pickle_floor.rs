//! How fast the pickle codec is, against a decoder written by hand for this
//! one shape of record (the floor) and against CPython's C pickler.
//!
//!     cargo bench --bench pickle_floor [-- RECORDS]
//!
//! CPU time of this thread, the least of several runs, since the machine may
//! have other things to do.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use picklebench::pickle::{self, Records, WriteMemo, WriteOptions};

type Record = (f64, String, u64);

const BUFFER: usize = 64 * 1024;
const RUNS: usize = 7;

/// Records like the tutorial's: any will do, as long as they are many.
fn records(count: u64) -> impl Iterator<Item = Record> {
    (0..count).map(|number| {
        let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = || {
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mixed
        };
        let float = (next() >> 11) as f64 / (1_u64 << 53) as f64;
        let text = (0..20).map(|_| char::from(b'@' + (next() % 26) as u8));
        (float, text.collect(), next())
    })
}

/// CPU time of this thread where Linux tells it, else wall-clock time.
fn now(start: Instant) -> Duration {
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = ran.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn least(runs: usize, mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let times = (0..runs).map(|_| {
        let before = now(start);
        work();
        (now(start) - before).as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Adds a record to a sum, so that all of it is used.
fn digest(sum: u64, (float, text, int): &Record) -> u64 {
    sum.wrapping_mul(31) ^ float.to_bits() ^ int ^ text.len() as u64 ^ u64::from(text.as_bytes()[7])
}

/// The floor: knows that there is nothing but a list of (float, short str,
/// LONG1) of protocol 4 with its memo, and checks next to nothing.
fn floor(path: &Path) -> u64 {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path).unwrap());
    let mut window = Vec::with_capacity(2 * BUFFER);
    let mut record = (0.0, String::new());
    let mut sum = 0;
    loop {
        let chunk = file.fill_buf().unwrap();
        let last = chunk.is_empty();
        window.extend_from_slice(chunk);
        let count = chunk.len();
        file.consume(count);
        if last {
            // Enough for the longest opcode.
            window.resize(window.len() + 300, b'.');
        }
        let mut at = 0;
        while let Some(bytes) = window[at..].first_chunk::<300>() {
            at += match bytes[0] {
                b'G' => {
                    record.0 = f64::from_be_bytes(bytes[1..9].try_into().unwrap());
                    9
                }
                0x8c => {
                    let len = usize::from(bytes[1]);
                    record.1 = String::from(str::from_utf8(&bytes[2..2 + len]).unwrap());
                    2 + len
                }
                0x8a => {
                    let count = usize::from(bytes[1]);
                    let word = u64::from_le_bytes(bytes[2..10].try_into().unwrap());
                    let int = word & (u64::MAX >> (64 - 8 * count.clamp(1, 8)));
                    let (float, text) = std::mem::take(&mut record);
                    sum = digest(sum, &black_box((float, text, int)));
                    2 + count
                }
                0x80 => 2,
                0x95 => 9,
                b'.' => return sum,
                _ => 1,
            };
        }
        window.drain(..at);
    }
}

fn read(path: &Path) -> u64 {
    let file = BufReader::with_capacity(BUFFER, File::open(path).unwrap());
    let records = Records::<_, Record>::new(file).unwrap();
    records.fold(0, |sum, record| digest(sum, &black_box(record.unwrap())))
}

fn read_borrowed(path: &Path) -> u64 {
    let file = BufReader::with_capacity(BUFFER, File::open(path).unwrap());
    let mut records = Records::<_, ()>::new(file).unwrap();
    let mut sum = 0;
    while let Some(record) = records.next_ref::<(f64, &str, u64)>() {
        let (float, text, int) = black_box(record.unwrap());
        sum ^= float.to_bits() ^ int ^ text.len() as u64;
    }
    sum
}

fn write(path: &Path, records: &[Record], protocol: u8, memo: WriteMemo) {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    options.memo = memo;
    let file = BufWriter::with_capacity(BUFFER, File::create(path).unwrap());
    pickle::write_list(file, records, &options).unwrap();
}

/// CPU seconds of CPython for `statement`, the least of several runs.
fn cpython(path: &Path, set_up: &str, statement: &str) -> Option<f64> {
    let script = format!(
        "import gc, pickle, time\npath = {path:?}\n{set_up}\nleast = 1e9\n\
         for _ in range(5):\n    gc.collect()\n    before = time.process_time()\n    {statement}\n    \
         least = min(least, time.process_time() - before)\n    data = None\nprint(least)\n"
    );
    let output = Command::new("python3")
        .args(["-c", &script])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn main() {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let smoke = std::env::args().any(|word| word == "--test");
    let count = count.unwrap_or(if smoke { 1000 } else { 1_000_000 });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.pkl");
    let python = Command::new("python3").arg("--version").output().is_ok();
    if !python {
        println!("CPython's side is skipped: there is no python3 on this machine");
    }
    let list: Vec<Record> = records(count).collect();
    let per = |seconds: f64| {
        format!(
            "{seconds:8.4} s {:6.1} ns/record",
            seconds * 1e9 / count as f64
        )
    };
    let ratio = |ours: f64, theirs: f64| format!("{:.3} ×", ours / theirs);

    for protocol in [4, 0, 2] {
        write(&path, &list, protocol, WriteMemo::Cpython);
        let bytes = std::fs::metadata(&path).unwrap().len();
        println!("protocol {protocol}, with CPython's memo, {bytes} bytes");
        let ours = least(RUNS, || {
            black_box(read(&path));
        });
        println!("  stream-read          {}", per(ours));
        let borrowed = least(RUNS, || {
            black_box(read_borrowed(&path));
        });
        println!("  stream-read borrowed {}", per(borrowed));
        if protocol == 4 {
            assert_eq!(floor(&path), read(&path), "the floor reads the same");
            let floor = least(RUNS, || {
                black_box(floor(&path));
            });
            println!(
                "  floor                {}  ours is {}",
                per(floor),
                ratio(ours, floor)
            );
        }
        if python {
            let load = "data = pickle.load(open(path, 'rb'))";
            if let Some(theirs) = cpython(&path, "", load) {
                println!(
                    "  pickle.load          {}  ours is {}",
                    per(theirs),
                    ratio(ours, theirs)
                );
            }
        }
        let dump = folder.path().join("again.pkl");
        for memo in [WriteMemo::None, WriteMemo::Cpython] {
            let ours = least(RUNS, || write(&dump, &list, protocol, memo));
            println!("  stream-write {memo:8?} {}", per(ours));
            if let (true, WriteMemo::None) = (python, memo) {
                let set_up = "data = keep = pickle.load(open(path, 'rb'))";
                let dump = format!("pickle.dump(keep, open(path + '2', 'wb'), {protocol})");
                if let Some(theirs) = cpython(&path, set_up, &dump) {
                    println!(
                        "  pickle.dump          {}  ours is {}",
                        per(theirs),
                        ratio(ours, theirs)
                    );
                }
            }
        }
    }
}
