//! Reading and writing in memory, in processor time:
//! `cargo bench -p picklestream-benches`.
//!
//! Each line is the best of several rounds over the same records: what the
//! codec needs when nothing else disturbs it. What is read has the memo of
//! CPython, as most pickles do; what is written has none.

use std::env;
use std::hint::black_box;
use std::io::Cursor;

use picklestream::Value;
use picklestream::pickle::{PickleRecords, WriteMemo, WriteOptions, write_list};
use picklestream_benches::cpu;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Written as a tuple.
type Tuple = (f64, String, u64);

/// Written as a dict.
#[derive(Serialize, Deserialize)]
struct Dict {
    price: f64,
    name: String,
    id: u64,
}

const PROTOCOLS: [u8; 3] = [0, 2, 4];

fn main() {
    let arguments = Arguments::new();
    let tuples: Vec<Tuple> = records(arguments.records()).collect();
    arguments.run("tuples", &tuples);
    let dicts: Vec<Dict> = records(arguments.records())
        .map(|(price, name, id)| Dict { price, name, id })
        .collect();
    arguments.run("dicts", &dicts);
}

/// A float, a str of 20 characters and an integer of up to 64 bits, the same
/// ones every time.
fn records(count: u64) -> impl Iterator<Item = Tuple> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        // xorshift64: any bits will do.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count).map(move |_| {
        let float = (next() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut letter = || char::from(b'@' + (next() % 26) as u8);
        let text = (0..20).map(|_| letter()).collect();
        (float, text, next())
    })
}

/// What libtest's users expect of a bench: `--list`, `--test`, `--exact`, and
/// names to filter by.
struct Arguments {
    filters: Vec<String>,
    exact: bool,
    list: bool,
    measures: bool,
}

impl Arguments {
    fn new() -> Arguments {
        let words: Vec<String> = env::args().skip(1).collect();
        let given = |word: &str| words.iter().any(|w| w == word);
        Arguments {
            exact: given("--exact"),
            list: given("--list"),
            measures: given("--bench") && !given("--test"),
            filters: words.into_iter().filter(|w| !w.starts_with('-')).collect(),
        }
    }

    fn records(&self) -> u64 {
        match (self.list, self.measures) {
            (true, _) => 0,
            (_, true) => 100_000,
            (_, false) => 1000,
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
    fn run<T: Serialize + DeserializeOwned>(&self, shape: &str, records: &[T]) {
        for protocol in PROTOCOLS {
            let file = pickle(records, protocol, WriteMemo::Cpython);
            self.bench("read-typed", shape, protocol, records.len(), || {
                read::<T>(&file);
                file.len()
            });
            self.bench("read-value", shape, protocol, records.len(), || {
                read::<Value>(&file);
                file.len()
            });
            self.bench("write", shape, protocol, records.len(), || {
                black_box(pickle(records, protocol, WriteMemo::None)).len()
            });
        }
    }

    /// One bench; `work` tells how many bytes it went through.
    fn bench(
        &self,
        what: &str,
        shape: &str,
        protocol: u8,
        records: usize,
        work: impl Fn() -> usize,
    ) {
        let name = format!("{what}/{shape}/protocol-{protocol}");
        if !self.wants(&name) {
            return;
        }
        if self.list {
            println!("{name}: benchmark");
            return;
        }
        let (mut best, mut bytes) = (f64::INFINITY, 0);
        for _ in 0..if self.measures { 7 } else { 1 } {
            best = best.min(cpu::of(|| bytes = work()));
        }
        if self.measures {
            let nanoseconds = best * 1e9 / records as f64;
            let megabytes = bytes as f64 / 1e6 / best;
            println!("{name:<32} {nanoseconds:6.0} ns a record {megabytes:7.0} MB/s");
        } else {
            println!("Testing {name}\nSuccess");
        }
    }
}

fn pickle<T: Serialize>(records: &[T], protocol: u8, memo: WriteMemo) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    options.memo = memo;
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
