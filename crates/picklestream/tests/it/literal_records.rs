//! LiteralRecords one a line: line ends, buffers of any size, limits, places of
//! errors.

use std::io::{self, BufRead, BufReader, Read};

use picklestream::literal::{self, ErrorKind, LiteralLimits, LiteralRecords};
use picklestream::value::Value;

const RECORDS: &str = include_str!("../golden/literal/records.txt");
const VALUES: &str = include_str!("../golden/literal/values.txt");

type Record = (f64, String, u64);

#[test]
fn the_size_of_the_buffer_does_not_matter() {
    let expected: Vec<Record> = RECORDS
        .lines()
        .map(|line| literal::from_str(line).unwrap())
        .collect();
    for capacity in [1, 7, 64, 67, 4096, 65_536] {
        let reader = BufReader::with_capacity(capacity, RECORDS.as_bytes());
        let records: Result<Vec<Record>, _> = LiteralRecords::new(reader).collect();
        assert_eq!(records.unwrap(), expected, "capacity {capacity}");

        let reader = BufReader::with_capacity(capacity, RECORDS.as_bytes());
        let mut records = LiteralRecords::<_, ()>::new(reader);
        for (x, name, n) in &expected {
            let record = records.next_borrowed::<(f64, &str, u64)>();
            assert_eq!(record.unwrap().unwrap(), (*x, name.as_str(), *n));
        }
        assert!(records.next_borrowed::<(f64, &str, u64)>().is_none());

        let reader = BufReader::with_capacity(capacity, VALUES.as_bytes());
        let mut writer = literal::Writer::new(Vec::new());
        for value in LiteralRecords::<_, Value>::new(reader) {
            writer.write(&value.unwrap()).unwrap();
        }
        assert_eq!(writer.into_inner(), VALUES.as_bytes());
    }
}

#[test]
fn line_ends() {
    let cases: [(&str, &[u8]); 9] = [
        ("", &[]),
        ("\n", &[]),
        ("\r\n\n \t\r\n", &[]),
        ("1", &[1]),
        ("1\n", &[1]),
        ("1\n2", &[1, 2]),
        ("1\r\n2\r\n", &[1, 2]),
        ("1\r\n2\r", &[1, 2]),
        (" 1 \n2\n\n\r\n  \n", &[1, 2]),
    ];
    for (text, expected) in cases {
        for capacity in [1, 2, 3, 100] {
            let reader = BufReader::with_capacity(capacity, text.as_bytes());
            let records: Result<Vec<u8>, _> = LiteralRecords::new(reader).collect();
            assert_eq!(records.unwrap(), expected, "{text:?}");
        }
    }
}

#[test]
fn an_empty_line_before_a_record_is_an_error_and_the_record_is_read() {
    for capacity in [1, 3, 100] {
        let reader = BufReader::with_capacity(capacity, &b"1\n\n \r\n2\n\n"[..]);
        let mut records = LiteralRecords::<_, u8>::new(reader);
        assert_eq!(records.next().unwrap().unwrap(), 1);
        let error = records.next().unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2, column 1: an empty line before a record"
        );
        assert_eq!(
            (error.kind(), error.byte_offset()),
            (ErrorKind::Syntax, Some(2))
        );
        assert_eq!(records.next().unwrap().unwrap(), 2);
        assert_eq!(records.line(), 4);
        assert!(records.next().is_none());
    }
}

#[test]
fn an_error_has_a_place_and_the_next_record_is_read() {
    let text = "(1, 'é')\n(2, 'é' 3)\r\n(3, 4)\n(4, 'x')\n";
    for capacity in [1, 5, 1000] {
        let reader = BufReader::with_capacity(capacity, text.as_bytes());
        let mut records = LiteralRecords::<_, (u8, String)>::new(reader);
        assert!(records.next().unwrap().is_ok());
        let error = records.next().unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2, column 9: expected ',' or ')', found '3'"
        );
        assert_eq!(error.message(), "expected ',' or ')', found '3'");
        assert_eq!((error.line(), error.column()), (Some(2), Some(9)));
        // Two characters of two bytes, one before the line and one in it.
        assert_eq!(error.byte_offset(), Some(10 + 8 + 1));
        let error = records.next().unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3, column 5: expected a str, found the int 4"
        );
        assert_eq!(error.kind(), ErrorKind::Data);
        assert_eq!(records.next().unwrap().unwrap().0, 4);
        assert!(records.next().is_none());
    }
}

#[test]
fn a_line_may_be_as_long_as_the_limit() {
    let limits = LiteralLimits {
        line_bytes: 6,
        ..LiteralLimits::default()
    };
    for capacity in [1, 4, 100] {
        let reader = BufReader::with_capacity(capacity, &b"123456\n   123\n1234567\n1\n"[..]);
        let mut records = LiteralRecords::<_, u64>::with_limits(reader, limits.clone());
        assert_eq!(records.next().unwrap().unwrap(), 123_456);
        assert_eq!(records.next().unwrap().unwrap(), 123);
        let error = records.next().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(
            error.to_string(),
            "line 3: longer than 6 bytes (limit `line_bytes`)"
        );
        assert!(records.next().is_none());
    }
}

/// Gives bytes, then an error.
struct Failing<'a>(&'a [u8], io::ErrorKind);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::new(self.1, "the disk is gone")),
            length => Ok(length),
        }
    }
}

#[test]
fn an_error_of_the_reader_ends_the_records() {
    let reader = BufReader::new(Failing(b"1\n2", io::ErrorKind::Other));
    let mut records = LiteralRecords::<_, u8>::new(reader);
    assert_eq!(records.next().unwrap().unwrap(), 1);
    let error = records.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.to_string(), "the disk is gone");
    assert!(std::error::Error::source(&error).is_some());
    assert!(records.next().is_none());
}

/// Interrupted before every read that works.
struct Interrupted<R>(R, bool);

impl<R: Read> Read for Interrupted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        match self.1 {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => self.0.read(buffer),
        }
    }
}

#[test]
fn an_interrupted_read_is_tried_again() {
    let reader = BufReader::with_capacity(3, Interrupted(&b"11\n2222\n3"[..], false));
    let records: Result<Vec<u16>, _> = LiteralRecords::new(reader).collect();
    assert_eq!(records.unwrap(), [11, 2222, 3]);
}

/// A writer that fails, and one that takes a byte at a time.
#[test]
fn writers() {
    let mut room = [0_u8; 4];
    let mut writer = literal::Writer::new(&mut room[..]);
    writer.write(&12).unwrap();
    let error = writer.write(&34).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(room, *b"12\n3");

    let mut out = Vec::new();
    literal::to_writer(&mut out, &("a", 1.0)).unwrap();
    assert_eq!(out, b"('a', 1.0)");
}

#[test]
fn a_hundred_megabytes_without_a_line_end_meet_the_limit() {
    let endless = io::repeat(b'[').take(100_000_000);
    let mut records = LiteralRecords::<_, Value>::new(BufReader::new(endless));
    let error = records.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(records.next().is_none());

    let text = vec![b'['; 100_000_000];
    let mut reader = text.as_slice();
    assert!(reader.fill_buf().is_ok());
    let error = LiteralRecords::<_, Value>::new(reader)
        .next()
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}
