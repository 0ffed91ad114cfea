//! The reader gives the same whatever the buffer, and no bytes make it panic.

use std::io::{BufRead, BufReader, Cursor};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use crate::hashable;
use crate::pickle_support::{describe, goldens};
use picklestream::pickle::{self, MemoPolicy, PickleRecords, ReadOptions, WriteMemo, WriteOptions};
use picklestream::value::Value;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// What reading gives: the records, and the error that ended it.
fn read_all(records: impl Iterator<Item = pickle::Result<Value>>) -> (Vec<String>, Option<String>) {
    let mut found = Vec::new();
    for record in records {
        match record {
            Ok(value) => found.push(describe(&value)),
            Err(error) => return (found, Some(error.to_string())),
        }
    }
    (found, None)
}

fn slice_records(pickle: &[u8]) -> (Vec<String>, Option<String>) {
    read_all(PickleRecords::new(Cursor::new(pickle)).unwrap())
}

fn buffered_records(pickle: &[u8], buffer: usize) -> (Vec<String>, Option<String>) {
    let reader = BufReader::with_capacity(buffer, Cursor::new(pickle));
    read_all(PickleRecords::new(reader).unwrap())
}

/// Containers side by side are not within each other, whatever serde reads
/// them as, and whether it reads them to their end.
#[test]
fn a_long_list_of_containers_is_not_deep() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Item {
        One(u8),
        Two(u8, u8),
        Named { list: Vec<u8> },
        Optional(Option<Vec<()>>),
    }
    let items = || {
        [
            Item::One(1),
            Item::Two(2, 2),
            Item::Named { list: vec![3] },
            Item::Optional(Some(vec![()])),
        ]
    };
    let list: Vec<Item> = (0..500).flat_map(|_| items()).collect();
    let mut pickle = Vec::new();
    pickle::to_writer(&mut pickle, &(&list, 1), &WriteOptions::default()).unwrap();
    let (read, _): (Vec<Item>, u8) = pickle::from_slice(&pickle).unwrap();
    assert_eq!(read, list);
    let (_, one): (IgnoredAny, u8) = pickle::from_slice(&pickle).unwrap();
    assert_eq!(one, 1);
}

#[test]
fn a_line_too_long_is_told_from_its_beginning_whatever_the_buffer() {
    let pickle = [b"(lp0\nI1\nag".as_slice(), &[b'1'; 3000], b"\na."].concat();
    let refusal = |buffer| {
        let reader = BufReader::with_capacity(buffer, Cursor::new(&pickle));
        let error = PickleRecords::<_, Value>::new(reader)
            .err()
            .expect("an error");
        error.to_string()
    };
    let whole = refusal(1 << 16);
    assert!(whole.contains("byte 10"), "{whole}");
    for buffer in [1, 7, 64, 1000] {
        assert_eq!(refusal(buffer), whole, "{buffer}");
    }
}

#[test]
fn buffers_of_any_size_give_the_same() {
    for (path, pickle) in goldens() {
        let whole = slice_records(&pickle);
        assert_eq!(whole.1, None, "{path:?}");
        let summary = pickle::summary(&pickle[..]).unwrap();
        assert_eq!(summary.records, whole.0.len() as u64, "{path:?}");
        assert_eq!(summary.refused, [], "{path:?}");
        for buffer in [1, 7, 64, 4096, 65_536] {
            assert_eq!(
                buffered_records(&pickle, buffer),
                whole,
                "{path:?} {buffer}"
            );
        }
    }
}

/// What lies in one piece is counted by another part of the summary than what
/// the buffer cuts in two.
#[test]
fn a_summary_is_the_same_whatever_the_buffer_and_the_damage() {
    let told = |pickle: &[u8], buffer: usize| {
        let (found, error) = pickle::summary_so_far(BufReader::with_capacity(buffer, pickle));
        (found, error.map(|error| error.to_string()))
    };
    for (path, pickle) in goldens() {
        let mut changed = pickle[..pickle.len().min(4000)].to_vec();
        for place in std::iter::once(changed.len()).chain(places(changed.len()).take(300)) {
            for byte in [b'0', b'1', b'(', b'e', b'2', 0x93, 0xff, b'h'] {
                let before = changed.get(place).copied();
                if let Some(at) = changed.get_mut(place) {
                    *at = byte;
                }
                let whole = told(&changed, changed.len());
                for buffer in [1, 7, 64] {
                    assert_eq!(told(&changed, buffer), whole, "{path:?} {place} {byte:#x}");
                }
                if let (Some(at), Some(before)) = (changed.get_mut(place), before) {
                    *at = before;
                }
            }
        }
    }
}

#[test]
fn every_truncation_is_an_error() {
    for (path, pickle) in goldens() {
        // Cut between two of its pickles, this one is whole.
        if path.to_str().unwrap().contains("concatenated") {
            continue;
        }
        for end in 0..pickle.len() {
            let (_, error) = slice_records(&pickle[..end]);
            assert!(error.is_some(), "{path:?} cut at {end}");
            let (_, error) = read_all(PickleRecords::from_pipe(&pickle[..end]));
            assert!(error.is_some(), "{path:?} cut at {end}, from a pipe");
            assert!(
                pickle::from_slice::<Value>(&pickle[..end]).is_err(),
                "{path:?} cut at {end}"
            );
        }
    }
}

/// Every value of every byte of a small file. Of one above 300 bytes every
/// value of its first 60 bytes, its last 30 and each 37th between: what lies
/// there repeats what came before, and each byte costs 512 reads.
fn places(len: usize) -> impl Iterator<Item = usize> {
    (0..len).filter(move |&at| len <= 300 || at < 60 || at + 30 >= len || at.is_multiple_of(37))
}

/// Values and the error at their end. A `NaN` equals nothing, so that values
/// that differ are compared once more by what they are.
fn values(
    records: pickle::Result<PickleRecords<impl BufRead, Value>>,
) -> (Vec<Value>, Option<String>) {
    let mut found = Vec::new();
    for record in records.unwrap() {
        match record {
            Ok(value) => found.push(value),
            Err(error) => return (found, Some(error.to_string())),
        }
    }
    (found, None)
}

#[test]
fn every_value_of_a_byte_is_read_alike_from_slice_and_stream() {
    let check = |path: &Path, pickle: &[u8]| {
        let mut changed = pickle.to_vec();
        for at in places(pickle.len()) {
            for byte in 0..=255 {
                changed[at] = byte;
                let whole = values(PickleRecords::new(Cursor::new(&changed[..])));
                let reader = BufReader::with_capacity(64, Cursor::new(&changed[..]));
                let streamed = values(PickleRecords::new(reader));
                let alike = || {
                    let described = |values: &[Value]| values.iter().map(describe).collect();
                    let (a, b): (Vec<_>, Vec<_>) = (described(&whole.0), described(&streamed.0));
                    (a, &whole.1) == (b, &streamed.1)
                };
                assert!(
                    whole == streamed || alike(),
                    "{path:?}: byte {at} = {byte:#x}: {whole:?} and {streamed:?}"
                );
            }
            changed[at] = pickle[at];
        }
    };
    let goldens = goldens();
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, |count| count.get());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((path, pickle)) = goldens.get(next.fetch_add(1, Relaxed)) {
                    check(path, pickle);
                }
            });
        }
    });
}

/// Mutations of golden files, many at once: nothing may panic, and a pipe may
/// give an error where a file gives a value, but never another value.
#[test]
fn mutated_pickles_never_panic_and_policies_agree() {
    let goldens = goldens();
    let mut state = 0x1234_5678_9abc_def0_u64;
    let mut next = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % bound
    };
    for _ in 0..8000 {
        let mut bytes = goldens[next(goldens.len())].1.clone();
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            match next(6) {
                0 => bytes[at] = next(256) as u8,
                1 => bytes[at] ^= 1 << next(8),
                2 => bytes.insert(at, next(256) as u8),
                3 => drop(bytes.remove(at)),
                4 => {
                    // A stretch of another file.
                    let other = &goldens[next(goldens.len())].1;
                    let from = next(other.len());
                    let to = (from + next(40)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
                _ => {
                    let to = (at + next(40)).min(bytes.len());
                    let copy = bytes[at..to].to_vec();
                    bytes.splice(at..at, copy);
                }
            }
            if bytes.is_empty() {
                bytes.push(b'.');
            }
        }
        let (exact, error) = slice_records(&bytes);
        for memo in [MemoPolicy::Budget(1 << 20), MemoPolicy::Drop] {
            let mut options = ReadOptions::default();
            options.memo = memo;
            let (piped, _) = read_all(PickleRecords::from_pipe_with(&bytes[..], &options));
            if error.is_none() {
                assert!(exact.starts_with(&piped), "{memo:?} on {bytes:?}");
            }
        }
        let summary = pickle::summary(&bytes[..]);
        if error.is_none() {
            assert_eq!(summary.unwrap().records, exact.len() as u64, "{bytes:?}");
        }
        let _ = pickle::from_slice::<Value>(&bytes);
        let _ = pickle::from_slice::<Vec<(f64, String, u64)>>(&bytes);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let big = prop::collection::vec(any::<u8>(), 1..60);
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(Value::Int),
        any::<i64>().prop_map(|int| Value::Int(int.into())),
        any::<u64>().prop_map(|int| Value::Int(int.into())),
        big.prop_map(|bytes| {
            Value::from_big_int(num_bigint::BigInt::from_signed_bytes_le(&bytes))
        }),
        any::<f64>()
            .prop_filter("a NaN equals nothing", |float| !float.is_nan())
            .prop_map(Value::Float),
        (-1e300..1e300, -1e300..1e300).prop_map(|(re, im)| Value::Complex(re, im)),
        any::<String>().prop_map(Value::Str),
        "[a-z\\\\\n\r\u{0}-\u{ff}]{0,300}".prop_map(Value::Str),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::ByteArray),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..8);
        let pairs = prop::collection::vec((inner.clone(), inner), 0..8);
        prop_oneof![
            items.clone().prop_map(Value::Tuple),
            items.clone().prop_map(Value::List),
            items
                .clone()
                .prop_map(|items| Value::Set(hashable::items(items))),
            items.prop_map(|items| Value::FrozenSet(hashable::items(items))),
            pairs.prop_map(|pairs| Value::Dict(hashable::pairs(pairs))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(
        value in any_value(),
        protocol in 0..=5_u8,
        memo in prop_oneof![Just(WriteMemo::None), Just(WriteMemo::Cpython)],
        buffer in prop_oneof![Just(1_usize), Just(13), Just(300), Just(65_536)],
    ) {
        let mut options = WriteOptions::default();
        options.protocol = protocol;
        options.memo = memo;
        let mut file = Vec::new();
        pickle::to_writer(&mut file, &value, &options).unwrap();
        prop_assert_eq!(&pickle::from_slice::<Value>(&file).unwrap(), &value);
        let reader = BufReader::with_capacity(buffer, Cursor::new(&file));
        let read: Value = pickle::from_reader(reader, &ReadOptions::default()).unwrap();
        prop_assert_eq!(&read, &value);
        if let Value::List(items) = value {
            let mut list = Vec::new();
            pickle::write_list(&mut list, &items, &options).unwrap();
            prop_assert_eq!(&list, &file);
            let records: pickle::Result<Vec<Value>> = PickleRecords::from_pipe(&list[..]).collect();
            prop_assert_eq!(records.unwrap(), items);
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(buffered_records(&bytes, 7), slice_records(&bytes));
    }
}
