//! Files of joblib, as the pickles that they would be.

use std::io::{Cursor, Read};

use picklestream::pickle::joblib;
use pysizeof::{Build, Detail, Memory, Sizing};

/// What `joblib.dump` of 1.1 makes of a list of arrays of two float64 in protocol 2: in
/// the memo of the first, `h` fetches what the others have again.
fn file(arrays: usize) -> Vec<u8> {
    let mut out = b"\x80\x02]q\0(".to_vec();
    for index in 0..arrays {
        out.extend_from_slice(match index {
            0 => {
                b"cjoblib.numpy_pickle\nNumpyArrayWrapper\nq\x01)\x81q\x02}q\x03(\
                X\x08\0\0\0subclassq\x0ecnumpy\nndarray\nq\x0f\
                X\x05\0\0\0shapeq\x04M\x10\x27K\0\x86q\x05X\x05\0\0\0orderq\x06X\x01\0\0\0Cq\x07\
                X\x05\0\0\0dtypeq\x08cnumpy\ndtype\nq\x09X\x02\0\0\0f8q\x0a\x89\x88\x87q\x0bRq\x0c\
                (K\x03X\x01\0\0\0<q\x0dNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tq\x10bub"
                    as &[u8]
            }
            _ => b"h\x01)\x81}(h\x0eh\x0fh\x04M\x10\x27K\0\x86h\x06h\x07h\x08h\x0cub",
        });
    }
    out.extend_from_slice(b"e.");
    out
}

fn size(file: &[u8], detail: Detail) -> Sizing {
    let mut plain = Vec::new();
    joblib::Plain::new(file).read_to_end(&mut plain).unwrap();
    pysizeof::of_pickle_in_detail(Cursor::new(plain), Memory::Requested, detail).unwrap()
}

#[test]
fn what_stands_for_an_array_is_not_counted() {
    for detail in [Detail::Totals, Detail::Parts] {
        let sizings = [1, 2, 102].map(|arrays| size(&file(arrays), detail));
        for sizing in &sizings {
            assert_eq!(sizing.unknown(), []);
            assert!(!sizing.is_at_least());
            for build in Build::ALL {
                let parts = sizing.parts();
                let placed = parts.map(|parts| parts.root().bytes().of(build));
                assert!(placed.is_none_or(|placed| placed <= sizing.total().of(build)));
            }
        }
        let totals = sizings.map(|sizing| sizing.total().of(Build::Cpython312));
        // An array of two dimensions each, and the list, whose 2 and 102 items have 8 and
        // 104 slots.
        assert_eq!(totals[2] - totals[1], 100 * (96 + 2 * 16) + 8 * (104 - 8));
        // The list, the array, its type and its empty bytes.
        assert_eq!(totals[0], 56 + 8 * 4 + 96 + 2 * 16 + 96 + 33);
    }
}

/// In files that joblib wrote, nothing is unknown, and the parts are within the total.
#[test]
fn files_of_arrays_are_known() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../picklestream/tests/golden/joblib"
    );
    for version in ["1.1", "1.6"] {
        let lines = std::fs::read_to_string(format!("{folder}/joblib-{version}.jsonl")).unwrap();
        for line in lines.lines() {
            let told: serde_json::Value = serde_json::from_str(line).unwrap();
            for (protocol, digits) in told["files"].as_object().unwrap() {
                let sizing = size(&bytes_of_base64(digits.as_str().unwrap()), Detail::Parts);
                let place = format!("{} of protocol {protocol}", told["name"]);
                assert_eq!(sizing.unknown(), [], "{place}");
                for build in Build::ALL {
                    let placed = sizing.parts().unwrap().root().bytes().of(build);
                    assert!(placed <= sizing.total().of(build), "{place}");
                }
            }
        }
    }
}

fn bytes_of_base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = digits.iter().position(|&digit| digit == byte).unwrap();
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}
