//! Dicts with the same six keys, of which the first dict brings the names and
//! every other fetches them.

use std::hint::black_box;
use std::io::BufRead;

use picklebench::dataset::DictRecord;

use super::{float, opcodes, short_text};

/// Of the strs of the first dict: the ones that are keys.
const KEYS: [bool; 11] = [
    true, true, false, true, true, false, true, true, false, false, false,
];

/// Reads such a file to its end; gives the number of records.
pub fn read(input: impl BufRead) -> u64 {
    let mut active = false;
    let (mut id, mut score) = (0, 0.0);
    let mut texts: [String; 5] = Default::default();
    let (mut text, mut met) = (0, 0);
    let mut records = 0;
    opcodes(input, |bytes| {
        Some(match bytes[0] {
            0x88 | 0x89 => {
                active = bytes[0] == 0x88;
                1
            }
            b'K' => {
                id = i64::from(bytes[1]);
                2
            }
            b'M' => {
                id = i64::from(u16::from_le_bytes([bytes[1], bytes[2]]));
                3
            }
            b'J' => {
                let word = bytes[1..5].try_into().expect("four bytes");
                id = i64::from(i32::from_le_bytes(word));
                5
            }
            b'G' => {
                score = float(bytes);
                9
            }
            0x8c if records == 0 && KEYS[met] => {
                met += 1;
                2 + usize::from(bytes[1])
            }
            0x8c => {
                let (found, end) = short_text(bytes);
                texts[text] = found;
                text += 1;
                met += 1;
                end
            }
            b'h' => 2,
            b'j' => 5,
            b'u' => {
                let [city, name, first, second, third] = std::mem::take(&mut texts);
                let tags = vec![first, second, third];
                let record = DictRecord {
                    active,
                    city,
                    id,
                    name,
                    score,
                    tags,
                };
                drop(black_box(record));
                text = 0;
                records += 1;
                1
            }
            0x80 => 2,
            0x95 => 9,
            b'.' => return None,
            _ => 1,
        })
    });
    records
}
