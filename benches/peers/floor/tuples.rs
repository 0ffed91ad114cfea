//! The tutorial's tuples.

use std::hint::black_box;
use std::io::BufRead;

use picklebench::dataset::Tuple;

use super::{float, opcodes, short_text};

/// Reads such a file to its end; gives the number of records.
pub fn read(input: impl BufRead) -> u64 {
    let mut number = 0.0;
    let mut text = String::new();
    let mut records = 0;
    opcodes(input, |bytes| {
        Some(match bytes[0] {
            b'G' => {
                number = float(bytes);
                9
            }
            0x8c => {
                let (found, end) = short_text(bytes);
                text = found;
                end
            }
            0x8a => {
                let len = usize::from(bytes[1]);
                let word = u64::from_le_bytes(bytes[2..10].try_into().expect("eight bytes"));
                let integer = word & (u64::MAX >> (64 - 8 * len.clamp(1, 8)));
                let record: Tuple = (number, std::mem::take(&mut text), integer);
                drop(black_box(record));
                records += 1;
                2 + len
            }
            0x80 => 2,
            0x95 => 9,
            b'.' => return None,
            _ => 1,
        })
    });
    records
}
