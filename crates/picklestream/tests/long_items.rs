//! Strs and bytes that are told by their counts, so that none is held.

use std::io::BufReader;

use picklestream::pickle::event::{Event, Follower, follow};
use picklestream::pickle::{PickleLimits, Result};

/// What was told, shortened.
struct Told(Vec<String>);

impl Follower for Told {
    const MEASURES: bool = true;

    fn event(&mut self, event: Event<'_>, _offset: u64) -> Result<()> {
        let shown = format!("{event:?}");
        self.0.push(shown.chars().take(120).collect());
        Ok(())
    }
}

/// Less than the items have.
fn limits() -> PickleLimits {
    PickleLimits {
        item_bytes: 1000,
        line_bytes: 1000,
        ..PickleLimits::default()
    }
}

fn item(opcode: u8, bytes: &[u8]) -> Vec<u8> {
    let len = bytes.len() as u32;
    [&[opcode][..], &len.to_le_bytes(), bytes].concat()
}

#[test]
fn long_items_are_measured_and_short_ones_are_as_ever() {
    let text = "\u{416}a".repeat(100_000);
    let line: &[u8] = br"\u0416";
    let pickle = [
        b"(".to_vec(),
        item(b'X', b"ab"),
        item(b'X', text.as_bytes()),
        item(b'B', b"\xff\xfe\xfd"),
        item(b'B', &[7; 100_000]),
        item(b'T', &[0xe9; 100_000]),
        [b"V", line, b"\\", br"\u0041", b"\n"].concat(),
        b"V".to_vec(),
        [line, b"\xe9"].concat().repeat(50_000),
        b"\nl.".to_vec(),
    ]
    .concat();
    for buffer in [3, 1000, 70_000] {
        let mut told = Told(Vec::new());
        let cut = BufReader::with_capacity(buffer, &*pickle);
        follow(cut, &limits(), &mut told).unwrap();
        let starts = [
            "Mark",
            "Leaf(Str(\"ab\", Unicode))",
            "Long(Str { utf8_bytes: 300000, chars: 200000, utf16_units: 200000, widest: '\\u{ffff}'",
            "Leaf(Bytes([255, 254, 253]))",
            "Long(Bytes { len: 100000, start: [7, 7",
            "Long(Bytes { len: 100000, start: [233",
            // Backslashes in pairs are none of an escape.
            "Leaf(Str(\"\u{416}\\\\\\\\u0041\", Unicode))",
            "Long(Str { utf8_bytes: 200000, chars: 100000, utf16_units: 100000, widest: '\\u{ffff}'",
            "List",
            "Stop",
        ];
        assert_eq!(told.0.len(), starts.len(), "{:?}", told.0);
        for (told, start) in told.0.iter().zip(starts) {
            assert!(told.starts_with(start), "{buffer}: {told} {start}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_long_item_is_told() {
    for (pickle, says) in [
        (&b"X\xff\xff\xff\x7fabc"[..], "ends at byte 8"),
        (
            b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc",
            "ends at byte 12",
        ),
        (b"V\\u04", "ends at byte 5"),
        (b"T\xff\xff\xff\xff", "negative length"),
    ] {
        let error = follow(pickle, &limits(), &mut Told(Vec::new())).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let wrong = [item(b'X', &[b'a'; 70_000]), b".".to_vec()].concat();
    let mut wrong_byte = wrong.clone();
    wrong_byte[69_000] = 0xff;
    assert!(follow(&*wrong, &limits(), &mut Told(Vec::new())).is_ok());
    let error = follow(&*wrong_byte, &limits(), &mut Told(Vec::new())).unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}
