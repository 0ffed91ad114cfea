//! Reading and writing in memory, in processor time:
//! `cargo bench -p picklestream-benches`.
//!
//! Each line is the best of several rounds over the same records: what the
//! codec needs when nothing else disturbs it. What is read is as CPython writes
//! it, with its memo; what is written has none. `--records=N` says how many
//! records there are, `--test` runs each bench once.

use std::env;
use std::hint::black_box;
use std::io::Cursor;

use picklestream::Value;
use picklestream::pickle::{self, PickleRecords, WriteOptions, write_list};
use picklestream_benches::cpu;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::shapes::{DictRef, Python, Source, cpython};

mod shapes;

const PROTOCOLS: [u8; 3] = [0, 2, 4];

/// Reads all records of a pickle as a type that may borrow.
macro_rules! borrowing {
    ($type:ty) => {
        |file: &[u8]| {
            let records = PickleRecords::<_, ()>::new(Cursor::new(file));
            let mut records = records.expect("the memo is small");
            while let Some(record) = records.next_ref::<$type>() {
                black_box(record.expect("a record as it was written"));
            }
        }
    };
}

fn main() {
    let arguments = Arguments::new();
    arguments.run("tuples", Source::tuple, borrowing!((f64, &str, u64)));
    arguments.run("floats", Source::float, borrowing!(f64));
    arguments.run("integers", Source::integer, borrowing!(u64));
    arguments.run("strings", Source::string, borrowing!(&str));
    arguments.run("dicts", Source::dict, borrowing!(DictRef<'_>));
    arguments.run("words", Source::words, borrowing!(Vec<&str>));
    arguments.run("objects", Source::object, borrowing!(Value));
}

/// What libtest's users expect of a bench: `--list`, `--test`, `--exact`, and
/// names to filter by.
struct Arguments {
    filters: Vec<String>,
    exact: bool,
    list: bool,
    measures: bool,
    records: Option<usize>,
}

impl Arguments {
    fn new() -> Arguments {
        let words: Vec<String> = env::args().skip(1).collect();
        let given = |word: &str| words.iter().any(|w| w == word);
        let records = words.iter().find_map(|w| w.strip_prefix("--records="));
        Arguments {
            exact: given("--exact"),
            list: given("--list"),
            measures: given("--bench") && !given("--test"),
            records: records.map(|count| count.parse().expect("a number of records")),
            filters: words.into_iter().filter(|w| !w.starts_with('-')).collect(),
        }
    }

    fn records(&self) -> usize {
        match (self.list, self.measures) {
            (true, _) => 0,
            (_, true) => self.records.unwrap_or(100_000),
            (_, false) => self.records.unwrap_or(1000),
        }
    }

    fn wants(&self, name: &str) -> bool {
        let fits = |filter: &String| match self.exact {
            true => name == filter,
            false => name.contains(filter.as_str()),
        };
        self.filters.is_empty() || self.filters.iter().any(fits)
    }

    /// All benches over records of one shape.
    fn run<T: Serialize + DeserializeOwned + Python>(
        &self,
        shape: &str,
        record: impl Fn(&mut Source) -> T,
        borrowing: impl Fn(&[u8]),
    ) {
        let mut source = Source::default();
        let records: Vec<T> = (0..self.records()).map(|_| record(&mut source)).collect();
        for protocol in PROTOCOLS {
            let file = cpython(&records, protocol, shape == "words");
            let bench = |what, work: &dyn Fn() -> usize| {
                self.bench(
                    &format!("{what}/{shape}/protocol-{protocol}"),
                    records.len(),
                    work,
                );
            };
            let reads = |read: &dyn Fn(&[u8])| {
                read(&file);
                file.len()
            };
            bench("read-typed", &|| reads(&read::<T>));
            bench("read-borrowed", &|| reads(&borrowing));
            bench("read-value", &|| reads(&read::<Value>));
            bench("summary", &|| {
                let summary = pickle::summary(file.as_slice()).expect("a pickle");
                black_box(summary).bytes as usize
            });
            bench("write", &|| black_box(write(&records, protocol)).len());
        }
    }

    /// One bench; `work` tells how many bytes it went through.
    fn bench(&self, name: &str, records: usize, work: &dyn Fn() -> usize) {
        if !self.wants(name) {
            return;
        }
        if self.list {
            println!("{name}: benchmark");
            return;
        }
        if !self.measures {
            // Without the clock, which profilers may not know.
            round(work);
            println!("Testing {name}\nSuccess");
            return;
        }
        let (mut best, mut bytes) = (f64::INFINITY, 0);
        for _ in 0..7 {
            best = best.min(cpu::of(|| bytes = round(work)));
        }
        let nanoseconds = best * 1e9 / records as f64;
        let megabytes = bytes as f64 / 1e6 / best;
        println!("{name:<32} {nanoseconds:6.0} ns a record {megabytes:7.0} MB/s");
    }
}

/// A function of its own, so that a profiler can be told to look at nothing
/// else.
#[inline(never)]
fn round(work: &dyn Fn() -> usize) -> usize {
    // No tail call: a profiler would not see the end of it.
    black_box(work())
}

fn write<T: Serialize>(records: &[T], protocol: u8) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    let mut file = Vec::new();
    write_list(&mut file, records, &options).expect("a vector takes everything");
    file
}

/// Reads all records one at a time, as a stream.
fn read<T: DeserializeOwned>(file: &[u8]) {
    let records = PickleRecords::<_, T>::new(Cursor::new(file)).expect("the memo is small");
    for record in records {
        black_box(record.expect("a record as it was written"));
    }
}
