//! The floor under every pickle reader: a decoder written by hand for this one
//! shape of record, protocol 4 with CPython's memo. It knows that there is
//! nothing else, and checks next to nothing.

use std::hint::black_box;
use std::io::BufRead;

use picklebench::dataset::Tuple;

/// The longest that one opcode of such a file can be, in bytes.
const OPCODE: usize = 300;

/// Reads such a file to its end; gives the number of records.
pub fn read(mut input: impl BufRead) -> u64 {
    let mut window = Vec::new();
    let mut float = 0.0;
    let mut text = String::new();
    let mut records = 0;
    loop {
        let before = window.len();
        let chunk = input.fill_buf().expect("the file can be read");
        window.extend_from_slice(chunk);
        let taken = chunk.len();
        input.consume(taken);
        if window.len() == before {
            // The end: room for the last opcode to be read like the others.
            window.resize(before + OPCODE, b'.');
        }
        let mut at = 0;
        while let Some(bytes) = window[at..].first_chunk::<OPCODE>() {
            at += match bytes[0] {
                b'G' => {
                    float = f64::from_be_bytes(bytes[1..9].try_into().expect("eight bytes"));
                    9
                }
                0x8c => {
                    let len = usize::from(bytes[1]);
                    let utf8 = str::from_utf8(&bytes[2..2 + len]).expect("UTF-8");
                    text = utf8.to_owned();
                    2 + len
                }
                0x8a => {
                    let len = usize::from(bytes[1]);
                    let word = u64::from_le_bytes(bytes[2..10].try_into().expect("eight bytes"));
                    let integer = word & (u64::MAX >> (64 - 8 * len.clamp(1, 8)));
                    let record: Tuple = (float, std::mem::take(&mut text), integer);
                    drop(black_box(record));
                    records += 1;
                    2 + len
                }
                0x80 => 2,
                0x95 => 9,
                b'.' => return records,
                _ => 1,
            };
        }
        window.drain(..at);
    }
}
