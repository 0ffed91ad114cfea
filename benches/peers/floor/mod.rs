//! The floor under every pickle reader: decoders written by hand, each for one
//! shape of record under protocol 4 with CPython's memo. They know that there is
//! nothing else, and check next to nothing.

pub mod blobs;
pub mod dicts;
pub mod tuples;

use std::io::BufRead;

/// The longest that one opcode of such a file can be, in bytes, with what follows
/// it at once.
const OPCODE: usize = 300;

/// Calls `each` with the bytes from each opcode on, as far as it says that the
/// opcode goes, until it says `None`.
fn opcodes(mut input: impl BufRead, mut each: impl FnMut(&[u8; OPCODE]) -> Option<usize>) {
    let mut window = Vec::new();
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
            match each(bytes) {
                Some(len) => at += len,
                None => return,
            }
        }
        window.drain(..at);
    }
}

/// The str of a `SHORT_BINUNICODE`, and where it ends.
fn short_text(bytes: &[u8; OPCODE]) -> (String, usize) {
    let end = 2 + usize::from(bytes[1]);
    let text = str::from_utf8(&bytes[2..end]).expect("UTF-8");
    (text.to_owned(), end)
}

fn float(bytes: &[u8; OPCODE]) -> f64 {
    f64::from_be_bytes(bytes[1..9].try_into().expect("eight bytes"))
}
