//! What data takes in other forms, against figures made by hand.

use std::io::Cursor;

use pysizeof::{Build, Detail, Memory, Sizing};

const BUILD: Build = Build::Cpython312;

fn size(pickle: &[u8]) -> Sizing {
    let reader = Cursor::new(pickle);
    pysizeof::of_pickle_in_detail(reader, Memory::Requested, Detail::Parts).unwrap()
}

fn form(sizing: &Sizing, name: &str) -> Option<u64> {
    let forms = sizing.forms().into_iter();
    let mut forms = forms.filter(|form| form.name == name);
    forms.next().map(|form| form.bytes.of(BUILD))
}

fn list(items: &[u8], count: usize) -> Vec<u8> {
    [b"\x80\x02](".to_vec(), items.repeat(count), b"e.".to_vec()].concat()
}

#[test]
fn numbers_become_arrays() {
    let floats = size(&list(b"G?\xf8\0\0\0\0\0\0", 1000));
    assert_eq!(form(&floats, "numpy"), Some(112 + 8000));
    assert_eq!(form(&floats, "arrow"), Some(8000));
    assert_eq!(form(&floats, "rust"), Some(24 + 8000));
    // 18 characters, a comma each, and two brackets.
    assert_eq!(form(&floats, "json"), Some(1000 * 19 + 2));
    // None among floats is a NaN, and a bit; the interpreter has it anyway.
    let some = size(&list(b"G?\xf8\0\0\0\0\0\0N", 500));
    assert_eq!(form(&some, "numpy"), Some(16 + 112 + 8000));
    assert_eq!(form(&some, "arrow"), Some(16 + 8000 + 125));
    assert_eq!(form(&some, "rust"), Some(24 + 16_000));
    // Ints beyond 64 bits have no column.
    let wide = size(&list(b"\x8a\x0a\0\0\0\0\0\0\0\0\0\x01", 1000));
    assert_eq!(form(&wide, "numpy"), None);
    assert_eq!(form(&wide, "rust"), Some(24 + 16_000));
    // Neither has a list of two types.
    assert_eq!(
        form(
            &size(&list(b"G?\xf8\0\0\0\0\0\0X\x02\0\0\0ab", 1000)),
            "arrow"
        ),
        None
    );
    // A list that is smaller than an array stays as it is.
    assert_eq!(form(&size(&list(b"G?\xf8\0\0\0\0\0\0", 1)), "numpy"), None);
}

#[test]
fn like_records_become_columns() {
    // (1.5, 'abcd', 1000)
    let tuples = size(&list(
        b"G?\xf8\0\0\0\0\0\0X\x04\0\0\0abcdM\xe8\x03\x87",
        1000,
    ));
    assert_eq!(form(&tuples, "numpy"), Some(3 * 112 + 8000 + 16_000 + 8000));
    assert_eq!(form(&tuples, "arrow"), Some(8000 + 4000 + 4 * 1001 + 8000));
    assert_eq!(form(&tuples, "rust"), Some(24 + 1000 * (8 + 24 + 8 + 4)));
    // {'x': 1.5, 'y': [1.5, 1.5]}, the keys once: the interpreter's own.
    let first = b"}(X\x01\0\0\0xq\x01G?\xf8\0\0\0\0\0\0X\x01\0\0\0yq\x02](G?\xf8\0\0\0\0\0\0G?\xf8\0\0\0\0\0\0eu";
    let next = b"}(h\x01G?\xf8\0\0\0\0\0\0h\x02](G?\xf8\0\0\0\0\0\0G?\xf8\0\0\0\0\0\0eu";
    let pickle = [
        b"\x80\x02](".to_vec(),
        first.to_vec(),
        next.repeat(999),
        b"e.".to_vec(),
    ]
    .concat();
    let dicts = size(&pickle);
    assert_eq!(
        form(&dicts, "arrow"),
        Some(2 * 42 + 8000 + 4 * 1001 + 16_000)
    );
    assert_eq!(form(&dicts, "rust"), Some(24 + 1000 * (8 + 24 + 16)));
    // Dicts of 184 bytes where tuples take 56: they would take 1,000 times less.
    let saved = dicts.tuples_for_dicts();
    assert_eq!(
        (saved.count, saved.bytes.of(BUILD)),
        (1000, 1000 * (184 - 56))
    );
}

#[test]
fn equal_strs_are_counted() {
    let sizing = size(&list(b"X\x04\0\0\0abcdX\x04\0\0\0bcde", 500));
    let repeated = sizing.parts().unwrap().repeated();
    assert_eq!(
        (repeated.count, repeated.bytes, repeated.one_in),
        (998, 998 * 45, 1)
    );
    // Those that are shared already are one.
    let shared = size(
        &[
            &b"\x80\x02](X\x04\0\0\0abcdq\x01"[..],
            &b"h\x01".repeat(500),
            b"e.",
        ]
        .concat(),
    );
    assert_eq!(shared.parts().unwrap().repeated().count, 0);
}
