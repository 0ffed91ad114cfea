//! Files that serde-pickle wrote, in both protocols that it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use num_bigint::BigInt;
use picklestream::pickle::{self, PickleRecords};
use picklestream::value::Value;
use serde::{Deserialize, Serialize};
use serde_pickle::{HashableValue as Hashable, SerOptions, Value as Theirs};

fn protocols() -> [(u8, SerOptions); 2] {
    [(2, SerOptions::new().proto_v2()), (3, SerOptions::new())]
}

/// One of each of their types, with what it is to us.
fn leaves() -> Vec<(Theirs, Value)> {
    let big = |text: &str| text.parse::<BigInt>().expect("decimal digits");
    let mut all = vec![
        (Theirs::None, Value::None),
        (Theirs::Bool(true), Value::Bool(true)),
        (Theirs::Bool(false), Value::Bool(false)),
    ];
    for int in [
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        65_535,
        65_536,
        -65_536,
        i64::from(i32::MAX),
        i64::from(i32::MIN),
        i64::from(i32::MAX) + 1,
        i64::MAX,
        i64::MIN,
    ] {
        all.push((Theirs::I64(int), Value::Int(int.into())));
    }
    for int in [
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "-340282366920938463463374607431768211456",
        "123456789012345678901234567890123456789012345678901234567890",
    ] {
        all.push((Theirs::Int(big(int)), Value::from_big_int(big(int))));
    }
    let long: BigInt = BigInt::from(1) << 3000;
    all.push((Theirs::Int(long.clone()), Value::from_big_int(long)));
    for float in [0.0, -0.0, 0.1, -1e300, 5e-324, f64::INFINITY] {
        all.push((Theirs::F64(float), Value::Float(float)));
    }
    let every: Vec<u8> = (0..=255).collect();
    for bytes in [&b""[..], b"a", b"abc", &every, &every.repeat(3)] {
        all.push((Theirs::Bytes(bytes.to_vec()), Value::Bytes(bytes.to_vec())));
    }
    for text in [
        "",
        "a",
        "it's\n\\",
        "é中😀",
        &"x".repeat(255),
        &"é".repeat(40_000),
    ] {
        all.push((Theirs::String(text.into()), Value::Str(text.into())));
    }
    all
}

/// Everything within everything.
fn nested() -> (Theirs, Value) {
    let (theirs, ours): (Vec<_>, Vec<_>) = leaves().into_iter().unzip();
    let short = |count: usize| {
        (
            Theirs::Tuple(theirs[..count].to_vec()),
            Value::Tuple(ours[..count].to_vec()),
        )
    };
    let (mut list, mut expected): (Vec<_>, Vec<_>) = (0..=4).map(short).unzip();
    let set: BTreeSet<_> = [Hashable::I64(3), Hashable::I64(5), Hashable::I64(4)].into();
    let numbers = || [3, 4, 5].map(Value::Int).to_vec();
    list.push(Theirs::Set(set.clone()));
    expected.push(Value::Set(numbers()));
    list.push(Theirs::FrozenSet(set.clone()));
    expected.push(Value::FrozenSet(numbers()));
    list.push(Theirs::Set(BTreeSet::new()));
    expected.push(Value::Set(Vec::new()));
    let key = Hashable::Tuple(vec![Hashable::Bytes(vec![0xff]), Hashable::FrozenSet(set)]);
    let dict: BTreeMap<_, _> = [
        (Hashable::String("all".into()), Theirs::List(theirs.clone())),
        (key, Theirs::Dict(BTreeMap::new())),
    ]
    .into();
    let mut pairs: Vec<(Value, Value)> = vec![
        (Value::Str("all".into()), Value::List(ours.clone())),
        (
            Value::Tuple(vec![Value::Bytes(vec![0xff]), Value::FrozenSet(numbers())]),
            Value::Dict(Vec::new()),
        ),
    ];
    // Theirs are in their own order.
    if !matches!(dict.keys().next(), Some(Hashable::String(_))) {
        pairs.reverse();
    }
    list.push(Theirs::Dict(dict));
    expected.push(Value::Dict(pairs));
    // Nested, and longer than any batch.
    let (mut theirs, mut ours) = (Theirs::List(list), Value::List(expected));
    for _ in 0..50 {
        theirs = Theirs::List(vec![Theirs::Tuple(vec![theirs, Theirs::None])]);
        ours = Value::List(vec![Value::Tuple(vec![ours, Value::None])]);
    }
    (theirs, ours)
}

#[test]
fn values_of_every_type_are_read_as_they_were_written() {
    for (protocol, options) in protocols() {
        for (theirs, ours) in leaves().into_iter().chain([nested()]) {
            let file = serde_pickle::value_to_vec(&theirs, options.clone()).unwrap();
            assert_eq!(file[..2], [0x80, protocol]);
            let read: Value = pickle::from_slice(&file).unwrap();
            assert_eq!(read, ours, "protocol {protocol}");
            // As one of many, and from a pipe.
            let many = Theirs::List(vec![theirs; 3]);
            let file = serde_pickle::value_to_vec(&many, options.clone()).unwrap();
            let read: pickle::Result<Vec<Value>> =
                PickleRecords::new(Cursor::new(&file)).and_then(|records| records.collect());
            assert_eq!(read.unwrap(), vec![ours.clone(); 3]);
            let piped: pickle::Result<Vec<Value>> = PickleRecords::from_pipe(&file[..]).collect();
            assert_eq!(piped.unwrap(), vec![ours; 3]);
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Reading {
    name: String,
    number: Option<i64>,
    place: (f64, f64),
    kind: Kind,
    tags: BTreeMap<String, Vec<u32>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Scaled(f64),
    Named { by: String },
}

#[test]
fn types_of_ones_own_are_read_as_they_were_written() {
    let kinds = [
        Kind::Plain,
        Kind::Scaled(0.5),
        Kind::Named { by: "hand".into() },
    ];
    let records: Vec<Reading> = (0..3000)
        .map(|n| Reading {
            name: format!("reading {n}"),
            number: (n % 2 == 0).then_some(n - 1500),
            place: (n as f64 / 7.0, -0.5),
            kind: kinds[n as usize % 3].clone(),
            tags: [
                ("even".to_owned(), vec![1, 1 << 31]),
                (String::new(), vec![]),
            ]
            .into(),
        })
        .collect();
    for (protocol, options) in protocols() {
        let file = serde_pickle::to_vec(&records, options).unwrap();
        let read: Vec<Reading> = pickle::from_slice(&file).unwrap();
        assert_eq!(read, records, "protocol {protocol}");
        let piped: pickle::Result<Vec<Reading>> = PickleRecords::from_pipe(&file[..]).collect();
        assert_eq!(piped.unwrap(), records, "protocol {protocol}");
    }
}
