//! Text that means harm, or was damaged: an error or the right value, in
//! little time, and never a panic. A binary of its own: processor time is that of
//! the whole process.

#[path = "support/cpu.rs"]
mod cpu;

use std::borrow::Cow;
use std::thread;

use picklestream::literal::{self, Error, ErrorKind, LiteralLimits, LiteralRecords};
use picklestream::pickle;
use picklestream::value::Value;
use serde::Deserialize;
use serde::de::IgnoredAny;

const VALUES: &str = include_str!("golden/literal/values.txt");
const RECORDS: &str = include_str!("golden/literal/records.txt");
const GRAMMAR: &str = include_str!("golden/literal/grammar.txt");

/// Types that take each way through the reader.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only reading counts")]
enum Any {
    Unit,
    New(Box<Value>),
    Tuple(Vec<f64>, Option<u8>),
    Struct { a: i128, b: (bool, char) },
}

/// Reads `text` as many types. What is read as a value must be written so that
/// it reads as the same text again; errors must lie within the text.
fn read_in_every_way(text: &[u8]) {
    if let Some(value) = checked::<Value>(text) {
        let written = literal::to_string(&value).unwrap();
        let again: Value = literal::from_str(&written).unwrap_or_else(|e| panic!("{written}: {e}"));
        assert_eq!(literal::to_string(&again).unwrap(), written);
        // What is a value is a value whoever asks.
        checked::<IgnoredAny>(text).unwrap();
    }
    checked::<(f64, String, u64)>(text);
    checked::<(f64, &str, u64)>(text);
    checked::<(f64, f64)>(text);
    checked::<Vec<Option<i64>>>(text);
    checked::<serde_json::Value>(text);
    checked::<Any>(text);
    checked::<()>(text);
    checked::<f32>(text);
    checked::<&[u8]>(text);
}

fn checked<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Option<T> {
    match literal::from_slice(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let offset = error.byte_offset().expect("an error has a place");
            assert!(offset <= text.len() as u64, "{error}: {offset}");
            assert!(error.column().is_some_and(|column| column <= offset + 1));
            assert!(!error.message().is_empty());
            None
        }
    }
}

fn lines() -> impl Iterator<Item = &'static str> {
    VALUES.lines().chain(RECORDS.lines().take(5))
}

#[test]
fn every_truncation() {
    for line in lines() {
        for end in 0..line.len() {
            let text = &line.as_bytes()[..end];
            read_in_every_way(text);
            // What ends in a bracket or quote is not complete without it.
            if line.ends_with([')', ']', '}', '\'', '"']) {
                assert!(literal::from_slice::<Value>(text).is_err(), "{line} {end}");
            }
        }
    }
}

#[test]
fn every_value_of_every_byte() {
    for line in lines() {
        let mut text = line.as_bytes().to_vec();
        for place in 0..text.len() {
            let good = text[place];
            for byte in 0..=255 {
                text[place] = byte;
                read_in_every_way(&text);
            }
            text[place] = good;
        }
    }
}

#[test]
fn mutations() {
    let seeds: Vec<&str> = lines().chain(GRAMMAR.split(['|', '\n'])).collect();
    let tokens: Vec<&[u8]> = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "'",
        "\"",
        "'''",
        "\\",
        "\\x",
        "\\u12",
        "\\U0001f600",
        "1",
        "0",
        "-",
        "+",
        ".",
        "e",
        "j",
        "_",
        "0x",
        "L",
        "inf",
        "nan",
        "None",
        "True",
        "set(",
        "frozenset(",
        "bytearray(",
        "b'",
        "r'",
        "\0",
        "\r",
        "\n",
        " ",
        "#",
        "é",
        "\u{feff}",
        "\u{10ffff}",
    ]
    .iter()
    .map(|token| token.as_bytes())
    .collect();
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..30_000 {
        let mut text = seeds[random(seeds.len())].as_bytes().to_vec();
        for _ in 0..=random(4) {
            let place = random(text.len() + 1);
            match random(4) {
                0 => drop(text.splice(place..place, tokens[random(tokens.len())].to_vec())),
                1 => text.truncate(place),
                2 => {
                    let other = seeds[random(seeds.len())].as_bytes();
                    text.splice(place..place, other.to_vec());
                }
                _ => {
                    let end = (place + random(5)).min(text.len());
                    text.drain(place..end);
                }
            }
        }
        read_in_every_way(&text);
    }
}

/// The error for `text`, read as a value and passed over. It takes far less
/// than a second of the processor, unless that is slow or busy with the other
/// tests here.
fn refused(text: &[u8]) -> Error {
    let mut found = None;
    let took = cpu::of(|| {
        let error = literal::from_slice::<Value>(text).unwrap_err();
        let ignored = literal::from_slice::<IgnoredAny>(text).unwrap_err();
        assert_eq!(ignored.kind(), error.kind());
        found = Some(error);
    });
    let error = found.expect("it was refused");
    assert!(took < 20.0, "{error} took {took:.3} s");
    error
}

#[test]
fn nesting_to_a_million() {
    // A stack of the size that a thread has by default, whatever runs this.
    let run = || {
        for (open, close) in [
            ("(", ")"),
            ("(", ",)"),
            ("(1, ", ")"),
            ("[", "]"),
            ("[1, ", "]"),
            ("{", "}"),
            ("{1: ", "}"),
            ("{(", ",): 1}"),
            ("set([", "])"),
            ("frozenset({", "})"),
            ("frozenset((", ",))"),
            ("([{1: (", ",)}])"),
        ] {
            let unclosed = open.repeat(1_000_000);
            let closed = format!("{unclosed}1{}", close.repeat(1_000_000));
            for text in [unclosed, closed] {
                let error = refused(text.as_bytes());
                assert_eq!(error.kind(), ErrorKind::Limit, "{open}: {error}");
                assert!(
                    error
                        .to_string()
                        .ends_with("nested deeper than 128 (limit `depth`)")
                );
            }
            // Signs and prefixes are no way around the limit.
            let depth = 128 / open.matches(['(', '[', '{']).count();
            let deepest = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let closes = literal::from_str::<IgnoredAny>(&deepest);
            assert!(closes.is_ok(), "{open}: {closes:?}");
        }
        for open in ["-", "+", "- ", "bytearray(", "r", "not "] {
            refused(open.repeat(1_000_000).as_bytes());
        }
    };
    let thread = thread::Builder::new().stack_size(2 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn the_limit_of_depth_cannot_be_raised_past_what_a_stack_bears() {
    let run = || {
        let limits = LiteralLimits {
            depth: usize::MAX,
            ..LiteralLimits::default()
        };
        let text = "[".repeat(100_000);
        let error = literal::from_slice_with::<Value>(text.as_bytes(), limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
    };
    let thread = thread::Builder::new().stack_size(2 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn what_is_nested_too_deep_is_not_written() {
    let run = || {
        let nested = |depth: usize| {
            // What lies within a frozenset must be hashable.
            (1..depth).fold(Value::Tuple(Vec::new()), |inner, level| match level % 4 {
                0 | 1 if level < 100 => Value::FrozenSet(vec![inner]),
                _ if level < 100 => Value::Tuple(vec![inner]),
                0 => Value::List(vec![inner]),
                1 => Value::Tuple(vec![inner]),
                _ => Value::Dict(vec![(Value::None, inner)]),
            })
        };
        assert!(literal::to_string(&nested(200)).is_ok());
        for depth in [201, 3000] {
            let error = literal::to_string(&nested(depth)).unwrap_err();
            assert!(
                error.to_string().starts_with("more than 200 containers"),
                "{error}"
            );
            let options = pickle::WriteOptions::default();
            let error = pickle::to_writer(Vec::new(), &nested(depth), &options).unwrap_err();
            assert!(
                error.to_string().starts_with("more than 200 containers"),
                "{error}"
            );
        }
        let file = pickle_of(&nested(200));
        assert_eq!(pickle::from_slice::<Value>(&file).unwrap(), nested(200));
    };
    let thread = thread::Builder::new().stack_size(2 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

fn pickle_of(value: &Value) -> Vec<u8> {
    let mut file = Vec::new();
    pickle::to_writer(&mut file, value, &pickle::WriteOptions::default()).unwrap();
    file
}

#[test]
fn integers_of_a_million_digits() {
    for text in [
        "9".repeat(1_000_000),
        format!("0x{}", "f".repeat(1_000_000)),
    ] {
        let error = refused(text.as_bytes());
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(
            error.message(),
            "an int of 1000000 digits, more than 4300 (limit `int_digits`)"
        );
        assert!(literal::from_str::<u64>(&text).is_err());
        assert!(literal::from_str::<f64>(&text).is_err());
    }
    let longest = "9".repeat(4300);
    let value: Value = literal::from_str(&longest).unwrap();
    assert_eq!(literal::to_string(&value).unwrap(), longest);
    let error = literal::from_str::<u64>(&longest).unwrap_err();
    assert_eq!(error.message(), "an int of 4300 digits does not fit u64");
}

#[test]
fn floats_of_a_million_digits() {
    let digits = "1".repeat(1_000_000);
    let float: f64 = literal::from_str(&format!("0.{digits}")).unwrap();
    assert_eq!(float, 0.111_111_111_111_111_1);
    let float: f64 = literal::from_str(&format!("{digits}.0")).unwrap();
    assert_eq!(float, f64::INFINITY);
    let float: f64 = literal::from_str(&format!("1e{digits}")).unwrap();
    assert_eq!(float, f64::INFINITY);
    let float: f64 = literal::from_str(&format!("1e-{digits}")).unwrap();
    assert_eq!(float, 0.0);
}

/// Strings that are owned take a shorter way if they are short and plain and
/// enough text follows: it must lead to the same place as the long one.
#[test]
fn short_strings_of_every_sort() {
    for length in 0..40 {
        for place in 0..=length {
            for odd in [
                "", "x", "é", "中", "😀", "\\n", "\\'", "\"", "\t", "'", "''",
            ] {
                for (quote, behind) in [("'", ", 1.5)"), ("\"", ", 1.5)"), ("'", ",1.5 , 'é')")] {
                    let body = format!("{}{odd}{}", "a".repeat(place), "b".repeat(length - place));
                    for padding in ["", "                                 "] {
                        let text = format!("({quote}{body}{quote}{behind}{padding}");
                        let owned = literal::from_str::<(String, f64)>(&text).ok();
                        let cow = literal::from_str::<(Cow<str>, f64)>(&text).ok();
                        let value = literal::from_str::<(Value, f64)>(&text).ok();
                        let as_value = owned.clone().map(|(text, x)| (Value::Str(text), x));
                        assert_eq!(value, as_value, "{text}");
                        assert_eq!(cow.map(|(text, x)| (text.into_owned(), x)), owned, "{text}");
                        if behind == ", 1.5)" && odd.is_empty() {
                            assert_eq!(owned.unwrap().0, body);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn long_strings() {
    let ten_million = "x".repeat(10_000_000);
    for text in [
        format!("'{ten_million}"),
        format!("('{ten_million}"),
        format!("'''{ten_million}''"),
        format!("'{}", "\\".repeat(10_000_000)),
        format!("{{'{ten_million}"),
        ten_million.clone(),
        format!("(1, {ten_million}"),
    ] {
        let error = refused(text.as_bytes());
        assert!(error.to_string().len() < 200, "a message is short");
    }
    assert_eq!(
        literal::from_str::<String>(&format!("'{ten_million}'")).unwrap(),
        ten_million
    );
    let escapes = "\\x41".repeat(1_000_000);
    let text: String = literal::from_str(&format!("'{escapes}'")).unwrap();
    assert_eq!(text, "A".repeat(1_000_000));
}

#[test]
fn quotes_that_do_not_close_and_bytes_that_may_not_be() {
    for (text, message) in [
        (
            &b"'abc"[..],
            "line 1, column 1: a string that begins here does not end",
        ),
        (
            b"('a', \"b')",
            "line 1, column 7: a string that begins here does not end",
        ),
        (
            b"'a\0b'",
            "line 1, column 3: a NUL byte, which Python does not accept; write \\x00",
        ),
        (
            b"[1,\0]",
            "line 1, column 4: expected a value, found the byte 0x00",
        ),
        (b"'a\nb'", "line 1, column 3: the line ends within a string"),
        (
            b"'\xc3\xa9\xff'",
            "line 1, column 3: the byte 0xff is not UTF-8",
        ),
        (
            b"\xff",
            "line 1, column 1: expected a value, found the byte 0xff, which is not UTF-8",
        ),
        (
            b"'\xed\xa0\x80'",
            "line 1, column 2: the byte 0xed is not UTF-8",
        ),
        (
            b"\xef\xbb\xbf1",
            "line 1, column 1: expected a value, found '\\u{feff}' (U+FEFF)",
        ),
        (
            b"",
            "line 1, column 1: expected a value, found the end of the text",
        ),
        (
            b"[1, # x",
            "line 1, column 5: expected a value, found a comment, which is not read",
        ),
        (
            b"('a' 'b')",
            "line 1, column 6: expected ')', found a string (adjacent strings are not joined)",
        ),
        (
            b"'\\N{DIGIT ONE}'",
            "line 1, column 2: a character by its name (\\N) is not read; write \\u and four digits",
        ),
        (
            b"'\\U00110000'",
            "line 1, column 2: \\U00110000 is beyond the last character, \\U0010ffff",
        ),
        (
            b"b'\xc3\xa9'",
            "line 1, column 3: bytes may hold only ASCII as it is; write \\x and two digits",
        ),
        (
            b"__import__('os')",
            "line 1, column 1: expected a value, found the call of '__import__'",
        ),
        (
            b"f'{x}'",
            "line 1, column 1: an f-string or t-string, which is code and no literal",
        ),
        (
            b"01",
            "line 1, column 1: an int with a leading zero, which Python 3 does not accept (an octal number is written 0o17)",
        ),
        (
            b"1 2",
            "line 1, column 3: expected the end of the literal, found '2'",
        ),
        (
            b"[1,\n 2,\n 3;]",
            "line 3, column 3: expected ',' or ']', found ';'",
        ),
    ] {
        assert_eq!(refused(text).to_string(), message);
    }
}

#[test]
fn records_survive_damage() {
    let mut text = RECORDS.as_bytes().to_vec();
    for place in (0..text.len()).step_by(97) {
        text[place] = (place % 256) as u8;
    }
    let (mut good, mut bad) = (0, 0);
    for record in LiteralRecords::<_, (f64, String, u64)>::new(text.as_slice()) {
        match record {
            Ok(_) => good += 1,
            Err(_) => bad += 1,
        }
    }
    assert!(good > 10 && bad > 10, "{good} and {bad}");
}
