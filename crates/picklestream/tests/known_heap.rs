//! Known arrays and tables are written out of the bytes that the pickle holds.

use std::io;

use peak_alloc::PeakAlloc;
use picklestream::known::{self, Known, Policy, Tally};
use picklestream::value::{Global, Made, Object, Value};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn call(module: &str, name: &str, args: Vec<Value>) -> Value {
    let mut object = Object::new(Made::Call(Global {
        module: module.to_owned(),
        name: name.to_owned(),
    }));
    object.args = args;
    Value::Object(Box::new(object))
}

#[test]
fn an_array_is_never_copied() {
    let rows = 1 << 20;
    let dtype = call(
        "numpy",
        "dtype",
        vec![
            Value::Str("f8".to_owned()),
            Value::Bool(false),
            Value::Bool(true),
        ],
    );
    let bytes = Value::ByteArray(vec![0; rows * 16]);
    let shape = Value::Tuple(vec![Value::Int(rows as i128), Value::Int(2)]);
    let order = Value::Str("F".to_owned());
    let array = call(
        "numpy._core.numeric",
        "_frombuffer",
        vec![bytes, dtype, shape, order],
    );
    let record = Value::Dict(vec![(Value::Str("a".to_owned()), array)]);

    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let mut tally = Tally::default();
    let record = Policy::Refuse.apply(record, &mut tally).unwrap().unwrap();
    serde_json::to_writer(io::sink(), &record).unwrap();
    let Value::Dict(pairs) = &record else {
        panic!()
    };
    let Value::Object(object) = &pairs[0].1 else {
        panic!()
    };
    match known::read(object) {
        Some(Known::Array(array)) => assert_eq!(array.shape(), [rows, 2]),
        other => panic!("{other:?}"),
    }
    let peak = HEAP.peak_usage() - before;
    assert!(peak < 4096, "{peak} bytes beside 16 MiB of numbers");
}
