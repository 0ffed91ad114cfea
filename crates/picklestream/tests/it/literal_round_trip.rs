//! What is written is read back: values of every sort, and serde's types.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::hashable;
use num_bigint::BigInt;
use picklestream::literal::{self, ErrorKind};
use picklestream::value::Value;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

fn value() -> impl Strategy<Value = Value> {
    let float = any::<f64>().prop_filter("NaN equals nothing", |x| !x.is_nan());
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(Value::Int),
        any::<i64>().prop_map(|int| Value::Int(int.into())),
        any::<[u8; 40]>().prop_map(|b| Value::from_big_int(BigInt::from_signed_bytes_le(&b))),
        float.clone().prop_map(Value::Float),
        (float.clone(), float).prop_map(|(re, im)| Value::Complex(re, im)),
        any::<String>().prop_map(Value::Str),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        any::<Vec<u8>>().prop_map(Value::ByteArray),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let many = prop::collection::vec(inner.clone(), 0..6);
        prop_oneof![
            many.clone().prop_map(Value::Tuple),
            many.clone().prop_map(Value::List),
            many.clone()
                .prop_map(|many| Value::Set(hashable::items(many))),
            many.prop_map(|many| Value::FrozenSet(hashable::items(many))),
            prop::collection::vec((inner.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Dict(hashable::pairs(pairs))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values(value in value()) {
        let text = literal::to_string(&value).unwrap();
        prop_assert!(!text.contains('\n'), "a literal is one line");
        prop_assert_eq!(&literal::from_str::<Value>(&text).unwrap(), &value);
        let grouped = format!(" ( ( {text} )\t) ");
        prop_assert_eq!(literal::from_str::<Value>(&grouped).unwrap(), value);
    }

    #[test]
    fn records(record: (f64, String, u64)) {
        let text = literal::to_string(&record).unwrap();
        let again: (f64, String, u64) = literal::from_str(&text).unwrap();
        prop_assert_eq!(again.0.to_bits() , record.0.to_bits());
        prop_assert_eq!((again.1, again.2), (record.1, record.2));
    }

    /// Every length of digits takes the fast way and the careful one.
    #[test]
    fn integers(int: u128, shift in 0_u32..128) {
        let int = int >> shift;
        let text = int.to_string();
        prop_assert_eq!(literal::from_str::<u128>(&text).unwrap(), int);
        prop_assert_eq!(literal::from_str::<u64>(&text).ok(), u64::try_from(int).ok());
        prop_assert_eq!(literal::from_str::<i64>(&text).ok(), i64::try_from(int).ok());
        prop_assert_eq!(literal::from_str::<u8>(&text).ok(), u8::try_from(int).ok());
        let negative = format!("-{text}");
        let expected = 0_i128.checked_sub_unsigned(int);
        prop_assert_eq!(literal::from_str::<i128>(&negative).ok(), expected);
        let expected = expected.and_then(|int| i32::try_from(int).ok());
        prop_assert_eq!(literal::from_str::<i32>(&negative).ok(), expected);
        prop_assert_eq!(literal::from_str::<u64>(&format!("{text} ")).ok(), u64::try_from(int).ok());
    }

    #[test]
    fn no_text_is_too_odd(text: Vec<u8>) {
        let _ = literal::from_slice::<Value>(&text);
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: f64,
    label: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Metres(f32);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Pair(i8, char);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle(f64),
    Line(u8, u8),
    Box { width: u16 },
}

fn both_ways<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, text: &str) {
    assert_eq!(literal::to_string(&value).unwrap(), text);
    assert_eq!(literal::from_str::<T>(text).unwrap(), value);
}

#[test]
fn the_types_of_serde() {
    both_ways((), "None");
    both_ways(Unit, "None");
    both_ways(None::<u8>, "None");
    both_ways(Some(5_u8), "5");
    both_ways(true, "True");
    both_ways(i128::MIN, "-170141183460469231731687303715884105728");
    both_ways(u128::MAX, "340282366920938463463374607431768211455");
    both_ways('\'', "\"'\"");
    both_ways(String::from("a\nb"), r"'a\nb'");
    both_ways(Metres(0.1), "0.10000000149011612");
    both_ways(Pair(-1, 'é'), "(-1, 'é')");
    both_ways((7_u8,), "(7,)");
    both_ways([[1_u8, 2], [3, 4]], "((1, 2), (3, 4))");
    both_ways(((1.5, 2_u8), "x".to_owned()), "((1.5, 2), 'x')");
    both_ways(vec![Some(1.0), None], "[1.0, None]");
    both_ways(Vec::<u8>::new(), "[]");
    both_ways(BTreeSet::from([1, 2]), "[1, 2]");
    both_ways(
        BTreeMap::from([(1, "a".to_owned()), (2, String::new())]),
        "{1: 'a', 2: ''}",
    );
    both_ways(BTreeMap::from([((1, 2), ())]), "{(1, 2): None}");
    let point = Point {
        x: 0.5,
        label: Some("p".to_owned()),
    };
    both_ways(point, "{'x': 0.5, 'label': 'p'}");
    both_ways(Shape::Nothing, "'Nothing'");
    both_ways(Shape::Circle(1.0), "{'Circle': 1.0}");
    both_ways(Shape::Line(1, 2), "{'Line': (1, 2)}");
    both_ways(Shape::Box { width: 3 }, "{'Box': {'width': 3}}");
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    literal::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn freedoms_of_reading() {
    assert_eq!(read::<(u8, u8)>("[1, 2]"), (1, 2));
    assert_eq!(read::<Vec<u8>>("(1, 2,)"), [1, 2]);
    assert_eq!(read::<BTreeSet<u8>>("{2, 1}"), BTreeSet::from([1, 2]));
    assert!(read::<Vec<u8>>("set()").is_empty());
    assert_eq!(read::<Vec<u8>>("frozenset([1])"), [1]);
    assert_eq!(read::<(f64, f64)>("(1+2j)"), (1.0, 2.0));
    assert_eq!(read::<(f64, f64)>("((1.0, 2.0))"), (1.0, 2.0));
    assert_eq!(read::<Vec<Vec<u8>>>("(([1], [2]))"), [[1], [2]]);
    assert_eq!(read::<Vec<u8>>("([1])"), [1]);
    assert_eq!(read::<(f64, u8)>("( (1.5) , (2))"), (1.5, 2));
    assert_eq!(read::<Option<Option<u8>>>("(None)"), None);
    assert_eq!(read::<Option<(u8,)>>("((1,))"), Some((1,)));
    assert_eq!(read::<()>("((None))"), ());
    assert_eq!(read::<u64>("7L"), 7);
    assert_eq!(read::<u64>("0x_ff"), 255);
    assert_eq!(read::<u64>("-0"), 0);
    assert_eq!(read::<f64>("-inf"), f64::NEG_INFINITY);
    assert!(read::<f64>("nan").is_nan());
    assert_eq!(read::<Point>("(0.5, None)").label, None);
    assert_eq!(read::<Shape>("{'Circle': 1.0,}"), Shape::Circle(1.0));
    assert_eq!(read::<Shape>("{'Nothing': None}"), Shape::Nothing);
    assert_eq!(read::<Shape>("('Nothing')"), Shape::Nothing);
    assert_eq!(
        read::<serde_json::Value>("{'a': (1, None, 'x', 0.5), 'b': {True}}"),
        serde_json::json!({"a": [1, null, "x", 0.5], "b": [true]})
    );
}

#[test]
fn borrowing() {
    let text = String::from(r"('plain', 'esc\x41ped', b'bytes', r'ra\w')");
    #[derive(Deserialize)]
    struct Row<'a>(&'a str, #[serde(borrow)] Cow<'a, str>, &'a [u8], &'a str);
    let row: Row = literal::from_str(&text).unwrap();
    assert_eq!(
        (row.0, &*row.1, row.2, row.3),
        ("plain", "escAped", &b"bytes"[..], r"ra\w")
    );
    assert!(text.as_bytes().as_ptr_range().contains(&row.0.as_ptr()));
    assert!(matches!(row.1, Cow::Owned(_)));
    assert!(literal::from_str::<&str>(r"'a\n'").is_err());
}

#[test]
fn strictness() {
    fn refused<T: DeserializeOwned + std::fmt::Debug>(text: &str, message: &str) {
        let error = literal::from_str::<T>(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Data, "{text}");
        assert_eq!(error.to_string(), message, "{text}");
    }
    let hint = "(Python writes a float with a point: 1.0)";
    refused::<f64>(
        "1",
        &format!("line 1, column 1: expected a float, found the int 1 {hint}"),
    );
    refused::<f64>(
        "-00",
        &format!("line 1, column 1: expected a float, found the int -0 {hint}"),
    );
    refused::<f64>("'1'", "line 1, column 1: expected a float, found a str");
    refused::<f64>("1j", "line 1, column 1: expected a float, found a complex");
    refused::<u64>(
        "1.0",
        "line 1, column 1: expected an int, found the float 1.0",
    );
    refused::<u64>("True", "line 1, column 1: expected an int, found True");
    refused::<u64>("(1,)", "line 1, column 1: expected an int, found a tuple");
    refused::<u64>(
        "18446744073709551616",
        "line 1, column 1: the int 18446744073709551616 does not fit u64",
    );
    refused::<(u8, i8)>("(256, 1)", "line 1, column 2: the int 256 does not fit u8");
    refused::<(u8, i8)>(
        "(1, -129)",
        "line 1, column 5: the int -129 does not fit i8",
    );
    refused::<bool>(
        "1",
        "line 1, column 1: expected True or False, found the int 1",
    );
    refused::<String>("b'x'", "line 1, column 1: expected a str, found bytes");
    refused::<String>("None", "line 1, column 1: expected a str, found None");
    refused::<char>(
        "'xy'",
        "line 1, column 1: invalid value: string \"xy\", expected a character",
    );
    refused::<(u8, u8)>(
        "(1,)",
        "line 1, column 1: invalid length 1, expected a tuple of size 2",
    );
    refused::<(u8, u8)>(
        "(1, 2, 3)",
        "line 1, column 8: expected 2 items, found more",
    );
    refused::<Vec<u8>>(
        "1",
        "line 1, column 1: expected a tuple or list, found the int 1",
    );
    refused::<Vec<u8>>(
        "{1: 2}",
        "line 1, column 1: expected a tuple or list, found a dict",
    );
    refused::<BTreeMap<u8, u8>>("{1}", "line 1, column 1: expected a dict, found a set");
    refused::<Point>(
        "{'x': 1.0, 'label': 2}",
        "line 1, column 21: expected a str, found the int 2",
    );
    refused::<Point>("{}", "line 1, column 1: missing field `x`");
    refused::<Shape>(
        "'Square'",
        "line 1, column 1: unknown variant `Square`, expected one of `Nothing`, `Circle`, `Line`, `Box`",
    );
    let error = literal::from_str::<((u8,), u8)>("((1), 2)").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 4: expected ',': a tuple of one item is written (x,), found ')'"
    );
}
