//! Pickles that end too early, and objects whose class is data.

use std::io::Cursor;

use pysizeof::{Build, Memory, Sizing};

fn size(pickle: &[u8]) -> Sizing {
    pysizeof::of_pickle(Cursor::new(pickle), Memory::Requested).unwrap()
}

#[test]
fn what_was_counted_before_the_end_is_told_and_marked() {
    // [1.5, 'ab', … cut within the second str.
    let pickle = b"\x80\x02](G?\xf8\0\0\0\0\0\0X\x02\0\0\0abe(X\x05\0\0\0abc";
    let sizing = size(pickle);
    assert_eq!(sizing.cut_short(), Some(pickle.len() as u64));
    assert!(sizing.is_at_least());
    assert_eq!(sizing.root().repr(40), "[1.5, 'ab']");
    // A list of 2 in 8 slots, the float, the str of 2.
    let total = sizing.total().of(Build::Cpython311);
    assert_eq!(total, 56 + 8 * 8 + 24 + 51);
    assert!(sizing.cost().is_some());
    // Nothing was there to be counted.
    assert!(pysizeof::of_pickle(Cursor::new(b"\x80\x02"), Memory::Requested).is_err());
    assert!(!size(b"](K\x01e.").is_at_least());
}

#[test]
fn a_class_that_is_data_is_listed_and_takes_no_tuple_behind_it() {
    // [datetime.date, (1, 2)], and (datetime.date, 5).
    for (pickle, bytes) in [
        (
            &b"](cdatetime\ndate\nK\x01K\x02\x86e."[..],
            120 + 56 + 2 * 28,
        ),
        (b"cdatetime\ndate\nK\x05\x86.", 56 + 28),
    ] {
        let sizing = size(pickle);
        assert_eq!(sizing.unknown().len(), 1, "{:?}", sizing.root().repr(80));
        assert_eq!(sizing.unknown()[0].name, "datetime.date");
        assert_eq!(sizing.total().of(Build::Cpython311), bytes);
    }
}
