//! How long sizing takes an object: a literal, and a pickle of records.

use std::env;
use std::hint::black_box;
use std::io::Cursor;
use std::time::Instant;

use pysizeof::{Build, Memory, Sizing};

/// A list of so many records, as a literal.
fn literal(records: usize) -> String {
    let record = |at: usize| format!("(0.{at}, 'ABCDEFGHIJ{at:010}', {at})");
    let records: Vec<String> = (0..records).map(record).collect();
    format!("[{}]", records.join(", "))
}

/// The same list as protocol 2 has it: BINFLOAT, BINUNICODE and BININT in a
/// TUPLE3, a batch of a thousand at a time.
fn pickle(records: usize) -> Vec<u8> {
    let mut pickle = b"\x80\x02]".to_vec();
    for at in 0..records {
        if at % 1000 == 0 {
            pickle.push(b'(');
        }
        pickle.push(b'G');
        pickle.extend((at as f64).to_be_bytes());
        pickle.extend(b"X\x14\0\0\0");
        pickle.extend(format!("ABCDEFGHIJ{at:010}").bytes());
        pickle.push(b'J');
        pickle.extend((at as u32).to_le_bytes());
        pickle.push(b'\x87');
        if at % 1000 == 999 || at + 1 == records {
            pickle.push(b'e');
        }
    }
    pickle.push(b'.');
    pickle
}

/// Something to measure.
type Load<'a> = &'a dyn Fn() -> Result<Sizing, pysizeof::Error>;

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let given = |word: &str| words.iter().any(|w| w == word);
    let filters: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let measures = given("--bench") && !given("--test");
    let (records, rounds) = if measures { (20_000, 11) } else { (1_500, 1) };
    let text = literal(records);
    let bytes = pickle(records);
    let of_literal = || pysizeof::of_literal(&text, Memory::Requested);
    let of_pickle = || pysizeof::of_pickle(Cursor::new(&bytes), Memory::Requested);
    let loads: [(&str, Load); 2] = [
        ("sizing/literal", &of_literal),
        ("sizing/pickle", &of_pickle),
    ];
    for (name, load) in loads {
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(*filter)) {
            continue;
        }
        if given("--list") {
            println!("{name}: benchmark");
            continue;
        }
        let mut seconds: Vec<f64> = (0..rounds).map(|_| timed(load, records)).collect();
        seconds.sort_by(f64::total_cmp);
        if measures {
            let nanos = seconds[rounds / 2] / records as f64 * 1e9;
            println!("{name}: {nanos:.0} ns a record of three objects");
        } else {
            println!("Testing {name}\nSuccess");
        }
    }
}

fn timed(load: Load, records: usize) -> f64 {
    let start = Instant::now();
    let sizing = black_box(load()).expect("it holds nothing but data");
    let seconds = start.elapsed().as_secs_f64();
    // A tuple, a float and a str each, at the least.
    let least = records as u64 * (64 + 24 + 69);
    assert!(sizing.total().of(Build::Cpython311) > least);
    seconds
}
