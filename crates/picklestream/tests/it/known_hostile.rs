//! Known data that is damaged, or made to do harm: it is not known, or it is read,
//! and neither takes long nor panics.

use picklestream::known::{self, Form, Known, Policy, Tally};
use picklestream::literal;
use picklestream::pickle::{self, Objects, ReadOptions};
use picklestream::value::{Global, Made, Object, Value};

use crate::known::{committed, files, from_base64};

fn global(module: &str, name: &str) -> Global {
    Global {
        module: module.to_owned(),
        name: name.to_owned(),
    }
}

fn class(module: &str, name: &str) -> Value {
    Value::Object(Box::new(Object::new(Made::Global(global(module, name)))))
}

fn call(module: &str, name: &str, args: Vec<Value>) -> Object {
    let mut object = Object::new(Made::Call(global(module, name)));
    object.args = args;
    object
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

fn ints(ints: &[i128]) -> Value {
    Value::Tuple(ints.iter().map(|int| Value::Int(*int)).collect())
}

/// A dtype with a state such as numpy writes.
fn dtype(letters: &str, size: i128) -> Object {
    let mut dtype = call(
        "numpy",
        "dtype",
        vec![text(letters), Value::Bool(false), Value::Bool(true)],
    );
    let none = || Value::None;
    dtype.states = vec![Value::Tuple(vec![
        Value::Int(3),
        text("<"),
        none(),
        none(),
        none(),
        Value::Int(size),
        Value::Int(-1),
        Value::Int(0),
    ])];
    dtype
}

fn array(dtype: Object, shape: Value, data: Value) -> Object {
    let args = vec![
        class("numpy", "ndarray"),
        ints(&[0]),
        Value::Bytes(b"b".to_vec()),
    ];
    let mut array = call("numpy._core.multiarray", "_reconstruct", args);
    array.states = vec![Value::Tuple(vec![
        Value::Int(1),
        shape,
        Value::Object(Box::new(dtype)),
        Value::Bool(false),
        data,
    ])];
    array
}

#[test]
fn arrays_are_bounded_by_their_bytes() {
    let bytes = |n: usize| Value::Bytes(vec![0; n]);
    let huge = 1_000_000_000_000_000_000;
    let fine = array(dtype("f8", -1), ints(&[2, 1]), bytes(16));
    assert!(known::is_known(&fine));
    for (what, array) in [
        (
            "more than there is",
            array(dtype("f8", -1), ints(&[huge]), bytes(0)),
        ),
        (
            "less than there is",
            array(dtype("f8", -1), ints(&[1]), bytes(16)),
        ),
        (
            "overflow",
            array(dtype("f8", -1), ints(&[1 << 40, 1 << 40]), bytes(0)),
        ),
        (
            "overflow to nothing",
            array(dtype("f8", -1), ints(&[1 << 32, 1 << 32]), bytes(0)),
        ),
        ("negative", array(dtype("f8", -1), ints(&[-1]), bytes(8))),
        (
            "elements without bytes",
            array(dtype("V0", 0), ints(&[huge]), bytes(0)),
        ),
        (
            "texts without bytes",
            array(dtype("U0", 0), ints(&[3]), bytes(0)),
        ),
        (
            "rows of nothing",
            array(dtype("f8", -1), ints(&[huge, 0]), bytes(0)),
        ),
        (
            "rows of rows of nothing",
            array(dtype("f8", -1), ints(&[1 << 20, 1 << 20, 0]), bytes(0)),
        ),
        (
            "65 dimensions",
            array(dtype("f8", -1), ints(&[1; 65]), bytes(8)),
        ),
        (
            "a size that is none",
            array(dtype("S", -5), ints(&[1]), bytes(1)),
        ),
        (
            "text of three bytes",
            array(dtype("U", 3), ints(&[1]), bytes(3)),
        ),
        (
            "an unknown kind",
            array(dtype("x8", -1), ints(&[1]), bytes(8)),
        ),
        (
            "float of 7 bytes",
            array(dtype("f7", -1), ints(&[1]), bytes(7)),
        ),
        ("letters", array(dtype("é8", -1), ints(&[1]), bytes(8))),
        ("no letters", array(dtype("", -1), ints(&[1]), bytes(8))),
        (
            "objects as bytes",
            array(dtype("O8", -1), ints(&[1]), bytes(8)),
        ),
        (
            "numbers as objects",
            array(dtype("f8", -1), ints(&[1]), Value::List(vec![Value::None])),
        ),
        (
            "instants without a unit",
            array(dtype("M8", -1), ints(&[1]), bytes(8)),
        ),
    ] {
        assert!(known::read(&array).is_none(), "{what}");
    }
}

#[test]
fn numbers_beyond_the_calendar_are_numbers_or_nothing() {
    let packed = |bytes: &[u8]| vec![Value::Bytes(bytes.to_vec())];
    for (name, bytes) in [
        ("datetime", &b"\x07\xe4\x02\x1e\x00\x00\x00\x00\x00\x00"[..]),
        ("datetime", b"\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00"),
        ("datetime", b"\x07\xe4\x01\x01\x18\x00\x00\x00\x00\x00"),
        ("datetime", b"\x07\xe4\x01\x01\x00\x00\x00\xff\xff\xff"),
        ("datetime", b"\x07\xe4"),
        ("date", b"\x07\xe4\x81\x01"),
        ("time", b"\x01\x02\x3c\x00\x00\x00"),
    ] {
        let object = call("datetime", name, packed(bytes));
        assert!(known::read(&object).is_none(), "{name} {bytes:?}");
    }
    let far = i128::from(i64::MAX);
    let stamp = |steps: i128, unit: i128| {
        let args = vec![
            Value::Int(steps),
            Value::None,
            Value::None,
            Value::Int(unit),
        ];
        call(
            "pandas._libs.tslibs.timestamps",
            "_unpickle_timestamp",
            args,
        )
    };
    for object in [stamp(far, 7), stamp(-far, 7), stamp(far, 10)] {
        assert!(literal::to_string(&object).is_ok());
        assert!(serde_json::to_string(&object).is_ok());
    }
    assert!(known::read(&stamp(far * 2, 7)).is_none());
    assert!(known::read(&stamp(1, 3)).is_none());
}

/// A table without columns, of as many rows as somebody likes.
#[test]
fn tables_are_bounded_by_their_columns() {
    let key = |name: &str, value: Value| (text(name), value);
    let index = |rows: i128| {
        let fields = vec![
            key("name", Value::None),
            key("start", Value::Int(0)),
            key("stop", Value::Int(rows)),
            key("step", Value::Int(1)),
        ];
        let args = vec![class("pandas", "RangeIndex"), Value::Dict(fields)];
        Value::Object(Box::new(call(
            "pandas.core.indexes.base",
            "_new_Index",
            args,
        )))
    };
    let table = |columns: i128, rows: i128| {
        let axes = Value::List(vec![index(columns), index(rows)]);
        let args = vec![Value::Tuple(Vec::new()), axes];
        let manager = call("pandas.core.internals.managers", "BlockManager", args);
        let mut frame = Object::new(Made::New(global("pandas", "DataFrame")));
        let manager = Value::Object(Box::new(manager));
        frame.states = vec![Value::Dict(vec![key("_mgr", manager)])];
        frame
    };
    match known::read(&table(0, 3)) {
        Some(Known::Frame(frame)) => assert_eq!(frame.rows(Form::Plain).count(), 3),
        other => panic!("{other:?}"),
    }
    for (columns, rows) in [(0, 1 << 60), (1, 3), (1 << 60, 3), (-1, -1 << 70)] {
        let table = table(columns, rows);
        let known = known::read(&table);
        let rows = known.map(|known| match known {
            Known::Frame(frame) => frame.len(),
            _ => usize::MAX,
        });
        assert!(
            rows.is_none_or(|rows| rows == 0),
            "{columns} columns, {rows:?} rows"
        );
    }
}

/// Every committed pickle with a byte or two changed.
#[test]
fn damage_is_never_worse_than_an_error() {
    let mut options = ReadOptions::default();
    options.objects = Objects::AsData;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut read = 0;
    for case in files().iter().flat_map(|file| committed(file)) {
        for text in case.pickles.values().take(2) {
            let pickle = from_base64(text);
            for _ in 0..30 {
                let mut damaged = pickle.clone();
                for _ in 0..1 + random(2) {
                    let at = random(damaged.len());
                    damaged[at] = match random(3) {
                        0 => damaged[at].wrapping_add(1),
                        1 => 0xff,
                        _ => random(256) as u8,
                    };
                }
                let damaged = std::io::Cursor::new(damaged);
                let Ok(value) = pickle::from_reader::<_, Value>(damaged, &options) else {
                    continue;
                };
                read += 1;
                let shown = literal::to_string(&value).map_or(0, |text| text.len());
                let json = serde_json::to_string(&value).map_or(0, |text| text.len());
                assert!(shown.max(json) < 1 << 20, "{}", case.name);
                for policy in [Policy::Refuse, Policy::Fields, Policy::Null, Policy::Skip] {
                    let _ = policy.apply(value.clone(), &mut Tally::default());
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}
