//! Large strs and bytes are there once: in a buffer of their own, which is moved into
//! the value. A binary of its own: the allocator counts for the whole process.

use std::io::Cursor;

use peak_alloc::PeakAlloc;
use picklestream::pickle::{self, Objects, PickleRecords, ReadOptions};
use picklestream::value::Value;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const SIZE: usize = 64 << 20;
const SPARE: usize = 16 << 20;

fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let result = work();
    let peak = HEAP.peak_usage() - before;
    (result, peak)
}

fn as_data() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.objects = Objects::AsData;
    options
}

fn read(pickle: &[u8]) -> Value {
    pickle::from_reader(Cursor::new(pickle), &as_data()).unwrap()
}

/// `len` bytes behind the opcode and a length of so many bytes.
fn data(opcode: u8, width: usize, len: usize) -> Vec<u8> {
    let mut out = vec![opcode];
    out.extend_from_slice(&(len as u64).to_le_bytes()[..width]);
    out.extend((0..len).map(|at| (at % 127) as u8));
    out
}

fn is_data(bytes: &[u8], len: usize) -> bool {
    bytes.len() == len
        && bytes
            .iter()
            .enumerate()
            .all(|(at, &byte)| byte == (at % 127) as u8)
}

fn bytes_of(value: &Value) -> &[u8] {
    match value {
        Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes,
        Value::Str(text) => text.as_bytes(),
        other => panic!("a {}", other.type_name()),
    }
}

/// One test: the heap is everyone's.
#[test]
fn what_is_large_is_there_once() {
    for (name, inner) in [
        ("BINBYTES", data(b'B', 4, SIZE)),
        ("BINBYTES8", data(0x8e, 8, SIZE)),
        ("BYTEARRAY8", data(0x96, 8, SIZE)),
        ("BINUNICODE8", data(0x8d, 8, SIZE)),
        ("BINSTRING", data(b'T', 4, SIZE)),
        (
            "encode",
            [
                &b"c_codecs\nencode\nq\x05("[..],
                &data(b'X', 4, SIZE),
                b"q\x06U\x06latin1q\x07tq\x08Rq\x09",
            ]
            .concat(),
        ),
    ] {
        // As the state of an object, which is how an array is pickled.
        let file = [b"ca\nB\n)R(K\x01", &inner[..], b"tb."].concat();
        let (value, whole) = peak(|| read(&file));
        let Value::Object(object) = &value else {
            panic!("{name}")
        };
        let [Value::Tuple(state)] = &object.states[..] else {
            panic!("{name}")
        };
        assert!(is_data(bytes_of(&state[1]), SIZE), "{name}");
        assert!(whole <= SIZE + SPARE, "{name}: {whole} bytes for {SIZE}");
        drop(value);
        // It grows as it arrives; this meter counts old and new where a buffer moves.
        let (value, piped) = peak(|| pickle::from_pipe::<_, Value>(&file[..], &as_data()).unwrap());
        assert!(
            piped <= 2 * SIZE + SPARE,
            "{name} through a pipe: {piped} bytes for {SIZE}"
        );
        drop(value);
        println!("{name}: {whole} and {piped} bytes for {SIZE}");
    }

    // A limit bounds what an input may claim, not what it has.
    let mut options = as_data();
    options.limits.item_bytes = 1 << 20;
    options.limits.batch_bytes = 1 << 20;
    let file = [&data(b'B', 4, 4 << 20)[..], b"."].concat();
    assert!(pickle::from_reader::<_, Value>(Cursor::new(&file), &options).is_ok());
    let error = pickle::from_pipe::<_, Value>(&file[..], &options).unwrap_err();
    assert!(error.to_string().contains("item_bytes"), "{error}");
    let cut = &file[..2 << 20];
    let (error, cost) = peak(|| pickle::from_pipe::<_, Value>(cut, &as_data()).unwrap_err());
    assert!(error.to_string().contains("cut short"), "{error}");
    assert!(cost <= SPARE, "{cost}");

    // Many texts that are held as a whole are not there twice either.
    let entry = [&b"X\xe8\x03\0\0"[..], &[b'x'; 1000]].concat();
    // As CPython writes them, a thousand at once.
    let thousand = [
        &b"("[..],
        &[&b"K\x01"[..], &entry].concat().repeat(1000),
        b"u",
    ]
    .concat();
    let file = [&b"}"[..], &thousand.repeat(20), b"."].concat();
    let (value, whole) = peak(|| read(&file));
    println!("20,000 texts of 1,000 bytes: {whole} bytes");
    assert!(whole <= 29 << 20, "{whole}");
    drop(value);

    shared();
}

/// What more than one object refers to is copied, never lost.
fn shared() {
    const LEN: usize = 100_000;
    let text = data(b'X', 4, LEN);
    let check = |value: &Value| assert!(is_data(bytes_of(value), LEN));
    for (name, file) in [
        ("fetched", [b"(", &text[..], b"q\x01h\x01t."].concat()),
        ("duplicated", [b"(", &text[..], b"2t."].concat()),
        (
            "text and bytes",
            [
                &b"(c_codecs\nencode\n("[..],
                &text,
                b"q\x01X\x06\0\0\0latin1tRh\x01t.",
            ]
            .concat(),
        ),
        (
            "encoded twice",
            [
                &b"(c_codecs\nencode\nq\x02("[..],
                &text,
                b"X\x06\0\0\0latin1tq\x01Rh\x02h\x01Rt.",
            ]
            .concat(),
        ),
    ] {
        let Value::Tuple(items) = read(&file) else {
            panic!("{name}")
        };
        assert_eq!(items.len(), 2, "{name}");
        items.iter().for_each(check);
    }
    // Within a list, a tuple and an object that is there twice.
    for (open, close) in [(&b"]"[..], &b"a"[..]), (b"", b"\x85"), (b"ca\nB\n)R", b"b")] {
        let file = [b"(", open, &text, close, b"q\x01h\x01t."].concat();
        let Value::Tuple(items) = read(&file) else {
            panic!("no tuple")
        };
        assert_eq!(items[0], items[1]);
        match &items[0] {
            Value::List(items) | Value::Tuple(items) => check(&items[0]),
            Value::Object(object) => check(&object.states[0]),
            other => panic!("{}", other.type_name()),
        }
    }
    // Kept beyond its batch, and lent to who borrows.
    let other = data(b'X', 4, 200_000);
    let file = [
        b"](",
        &text[..],
        b"q\x01e(",
        &other,
        b"e(",
        &other,
        b"h\x01h\x01\x86e.",
    ]
    .concat();
    let mut records =
        PickleRecords::<_, Value>::with_options(Cursor::new(&file), &as_data()).unwrap();
    let all: Vec<Value> = records.by_ref().map(Result::unwrap).collect();
    assert_eq!(all.len(), 4);
    check(&all[0]);
    assert!(is_data(bytes_of(&all[1]), 200_000) && is_data(bytes_of(&all[2]), 200_000));
    let Value::Tuple(pair) = &all[3] else {
        panic!("no pair")
    };
    pair.iter().for_each(check);
    let mut records = PickleRecords::<_, ()>::with_options(Cursor::new(&file), &as_data()).unwrap();
    assert!(is_data(
        records.next_ref::<&str>().unwrap().unwrap().as_bytes(),
        LEN
    ));
    assert_eq!(records.next_ref::<&str>().unwrap().unwrap().len(), 200_000);
}
