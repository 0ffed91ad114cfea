//! Hostile files: a clean error or the right value, little memory, no
//! overflow of a test thread's stack, and quickly. A binary of its own: heap and processor time are those of
//! the whole process.

#[path = "support/cpu.rs"]
mod cpu;

use std::io::Cursor;
use std::sync::Mutex;

use peak_alloc::PeakAlloc;
use picklestream::pickle::{self, ErrorKind, MemoPolicy, Objects, PickleRecords, ReadOptions};
use picklestream::value::Value;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MOST_HEAP: usize = 64 << 20;

/// Seconds of the processor, far beyond what an optimised build takes: machines
/// that run tests are slow. What was slowest is printed.
const MOST_SECONDS: f64 = 20.0;

/// What took the longest so far, of all that [`hostile`] measured.
static SLOWEST: Mutex<(f64, String)> = Mutex::new((0.0, String::new()));

/// Reads in every way; `check` sees what a whole read gives.
#[track_caller]
fn hostile(name: &str, pickle: &[u8], check: impl FnOnce(pickle::Result<Value>)) {
    let measured = |way: &str, work: &mut dyn FnMut()| {
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage();
        let took = cpu::of(work);
        let heap = HEAP.peak_usage() - before;
        assert!(heap <= MOST_HEAP, "{name}, {way}: {heap} bytes of heap");
        assert!(took <= MOST_SECONDS, "{name}, {way}: {took:.3} s");
        let mut slowest = SLOWEST.lock().unwrap();
        if took > slowest.0 {
            *slowest = (took, format!("{name}, {way}"));
        }
    };
    let mut result = None;
    measured("whole", &mut || result = Some(pickle::from_slice(pickle)));
    measured("records", &mut || {
        let records = PickleRecords::<_, Value>::new(Cursor::new(pickle));
        records.into_iter().flatten().for_each(drop);
    });
    measured("typed records", &mut || {
        let records = PickleRecords::<_, Vec<(f64, String, u64)>>::new(Cursor::new(pickle));
        records.into_iter().flatten().for_each(drop);
    });
    measured("summary", &mut || drop(pickle::summary(pickle)));
    for memo in [MemoPolicy::DEFAULT_BUDGET, MemoPolicy::Drop] {
        let mut options = ReadOptions::default();
        options.memo = memo;
        measured("pipe", &mut || {
            PickleRecords::<_, Value>::from_pipe_with(pickle, &options).for_each(drop);
        });
    }
    check(result.expect("it was read"));
}

#[track_caller]
fn refused(name: &str, pickle: &[u8], expected: &str) {
    hostile(name, pickle, |result| match result {
        Ok(_) => panic!("{name}: was read"),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains(expected), "{name}: {text}");
        }
    });
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// One binary, one test: the heap is everyone's.
#[test]
fn hostile_files_do_no_harm() {
    lengths();
    nesting();
    sharing();
    memo();
    structure();
    frames();
    text_and_numbers();
    code();
    underflow();
    keys();
    let (took, name) = &*SLOWEST.lock().unwrap();
    println!("the slowest: {name}, {took:.3} s");
}

fn lengths() {
    for (opcode, width) in [
        (b'T', 4),
        (b'U', 1),
        (b'X', 4),
        (b'B', 4),
        (b'C', 1),
        (0x8a, 1),
        (0x8b, 4),
        (0x8c, 1),
        (0x8d, 8),
        (0x8e, 8),
        (0x96, 8),
    ] {
        for (fill, last) in [(0xff, 0xff), (0xff, 0x7f), (0, 0x80), (0, 0x40), (0, 0x0f)] {
            let mut pickle = vec![opcode];
            pickle.extend(std::iter::repeat_n(fill, width - 1));
            pickle.push(last);
            pickle.extend_from_slice(b"abc.");
            hostile(&format!("length of {opcode:#x}"), &pickle, |result| {
                assert!(result.is_err(), "{opcode:#x} {fill} {last}");
            });
        }
    }
    refused(
        "negative length",
        b"\x8b\xff\xff\xff\xff.",
        "negative length -1",
    );
    refused("long str", b"\x8d\0\0\0\0\x01\0\0\0abc.", "item_bytes");
    let line = join(&[b"V", &vec![b'a'; 65 << 20], b"\n."]);
    let mut options = ReadOptions::default();
    options.limits.line_bytes = 1 << 20;
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let error = pickle::from_reader::<_, Value>(Cursor::new(&line), &options).unwrap_err();
    assert!(error.to_string().contains("line_bytes"), "{error}");
    assert!(HEAP.peak_usage() - before < 4 << 20);
}

fn nesting() {
    const DEEP: usize = 1_000_000;
    let closing =
        |open: &[u8], close: &[u8]| join(&[&open.repeat(DEEP), &close.repeat(DEEP), b"."]);
    refused("lists", &closing(b"]", b"a"), "depth");
    refused("lists by mark", &closing(b"(", b"l"), "depth");
    refused("tuples", &closing(b"(", b"t"), "depth");
    refused(
        "dicts",
        &join(&[&b"}N".repeat(DEEP), b"N", &b"s".repeat(DEEP), b"."]),
        "depth",
    );
    refused(
        "dicts by mark",
        &join(&[&b"(N".repeat(DEEP), b"N", &b"d".repeat(DEEP), b"."]),
        "depth",
    );
    refused("frozensets", &closing(b"(", b"\x91"), "depth");
    refused("sets", &closing(b"\x8f(", b"\x90"), "depth");
    refused(
        "tuple of one",
        &join(&[b")", &b"\x85".repeat(DEEP), b"."]),
        "depth",
    );
    refused(
        "tuple of two",
        &join(&[b"N", &b"N\x86".repeat(DEEP), b"."]),
        "depth",
    );
    refused("marks only", &b"(".repeat(DEEP), "ends at byte 1000000");
    refused(
        "marks and stop",
        &join(&[&b"(".repeat(DEEP), b"."]),
        "open mark",
    );
    refused(
        "objects only",
        &join(&[&b"N".repeat(DEEP), b"."]),
        "1000000 values",
    );
    // Appended to from the outside in, so that no object is deep when made.
    let mut late = b"]q\0".to_vec();
    for _ in 0..100_000 {
        late.extend_from_slice(b"h\0]q\0a");
    }
    late.extend(b"0".repeat(100_000));
    late.extend_from_slice(b".");
    refused("late nesting", &late, "depth");
    // As deep as allowed is read, written and dropped within this thread.
    let fine = join(&[&b"]".repeat(199), &b"a".repeat(198), b"."]);
    hostile("199 lists", &fine, |result| drop(result.unwrap()));
}

fn sharing() {
    let doubling = join(&[b")", &b"2\x86".repeat(60), b"."]);
    refused("DUP doubling", &doubling, "shared_nodes");
    let mut memo = b"\x80\x04)\x85\x94".to_vec();
    for id in 0..60 {
        memo.extend_from_slice(&[b'h', id, 0x86, 0x94]);
    }
    memo.push(b'.');
    refused("memo doubling", &memo, "shared_nodes");
    let mut lists = b"]q\0".to_vec();
    for id in 1..60 {
        lists.extend_from_slice(&[b']', b'q', id, b'(', b'h', id - 1, b'h', id - 1, b'e']);
    }
    lists.extend_from_slice(b"\x85.");
    refused("list doubling", &lists[..lists.len()], "values");

    let text = join(&[b"X", &60_000_u32.to_le_bytes(), &[b'a'; 60_000], b"q\x01"]);
    let fetches = b"h\x01".repeat(20_000);
    refused(
        "60 kB fetched 20,000 times in a tuple",
        &join(&[b"(", &text, &fetches, b"t."]),
        "shared_nodes",
    );
    // As records this is fine: each is 60 kB.
    let list = join(&[b"](", &text, &fetches, b"e."]);
    let records = PickleRecords::<_, String>::new(Cursor::new(&list)).unwrap();
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    assert_eq!(records.filter(|record| record.is_ok()).count(), 20_001);
    assert!(HEAP.peak_usage() - before < 4 << 20);

    // Turning a str into bytes must not multiply it either.
    let encode = join(&[
        b"c_codecs\nencode\nq\x02(",
        &text,
        b"X\x06\0\0\0latin1tq\x03R",
    ]);
    let again = b"h\x02h\x03R".repeat(20_000);
    refused(
        "encoded again and again",
        &join(&[b"(", &encode, &again, b"t."]),
        "again and again",
    );
}

fn memo() {
    let records = |pickle: &[u8]| -> pickle::Result<Vec<Value>> {
        PickleRecords::new(Cursor::new(pickle))?.collect()
    };
    let one = || Value::Int(1);
    let pair = Value::Tuple(vec![one(), one()]);
    let read = |pickle: &[u8]| pickle::from_slice::<Value>(pickle);

    assert_eq!(
        read(b"K\x01r\xff\xff\xff\xffj\xff\xff\xff\xff\x86.").unwrap(),
        pair
    );
    assert_eq!(read(b"K\x01p4294967295\ng4294967295\n\x86.").unwrap(), pair);
    for id in [
        "-1",
        "4294967296",
        "99999999999999999999999",
        "x",
        "",
        "1.0",
        "1 ",
        "0x1",
    ] {
        let pickle = format!("K\x01p{id}\n.");
        refused("text id", pickle.as_bytes(), "is not a memo id");
    }
    refused("never put", b"h\x07.", "memo id 7 was never put");
    refused("MEMOIZE after a gap", b"K\x01q\x05K\x01\x94\x86.", "gaps");

    // MEMOIZE numbers by the count of ids, not by the last one.
    let counted = b"K\x07q\x00K\x08q\x00K\x09\x94h\x01\x87\x86.";
    assert!(matches!(read(counted), Ok(Value::Tuple(_))));

    // Each pickle begins with an empty memo.
    let two = b"\x80\x04K\x01\x94.\x80\x04K\x02\x94h\x00\x86.";
    let expected = vec![one(), Value::Tuple(vec![Value::Int(2), Value::Int(2)])];
    assert_eq!(records(two).unwrap(), expected);
    assert!(records(b"K\x01q\0.h\0.").is_err());

    // A list that holds itself, in every way.
    refused("list in itself", b"]q\0h\0a.", "contains itself");
    refused("list by appends", b"]q\0(h\0e.", "contains itself");
    refused(
        "tuple in itself",
        b"]q\0h\0\x85q\x01a0h\x01.",
        "contains itself",
    );
    refused(
        "tuple by list",
        b"]q\0h\0\x85q\x01ah\x01\x86.",
        "contains itself",
    );
    refused("dict in itself", b"}q\0Nh\0s.", "contains itself");
    refused("set", b"\x8fq\0(h\0\x90.", "contains itself");

    // What was handed out can neither be fetched nor changed.
    let many = b"G\0\0\0\0\0\0\0\0X\x01\0\0\0aK\x01\x87".repeat(2000);
    let root = join(&[b"]q\0(", &many, b"e(h\0e."]);
    let error = records(&root).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::HandedOut(_)), "{error}");
    let late = join(&[b"](]q\x01", &many, b"eh\x01K\x01aa."]);
    let error = records(&late).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::HandedOut(_)), "{error}");
    // A list that is only fetched again is what it was.
    let again = join(&[b"](](K\x01K\x01eq\x01", &many, b"e(h\x01e."]);
    let all = records(&again).unwrap();
    assert_eq!(all[0], Value::List(vec![one(), one()]));
    assert_eq!(all.last(), all.first());
    // Through a pipe it was not kept.
    let piped: Vec<_> = PickleRecords::<_, Value>::from_pipe(&again[..]).collect();
    assert_eq!(
        piped.last().unwrap().as_ref().unwrap_err().to_string(),
        "memo id 1 was not kept; read from an input that can seek, or with a larger \
         MemoPolicy::Budget, which keeps objects that cannot change, of up to 1/256 of it each"
    );
    // A list of any length that is part of something else is no root.
    let nested = join(&[b"](", &many, b"eK\x01\x86."]);
    assert_eq!(records(&nested).unwrap().len(), 1);
    let error = PickleRecords::<_, Value>::from_pipe(&nested[..])
        .last()
        .unwrap()
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::HandedOut(_)), "{error}");
    // Nor is one that is duplicated or fetched.
    let twice = join(&[b"]q\0(", &many, b"eh\0\x86."]);
    assert_eq!(records(&twice).unwrap().len(), 1);
    let twice = join(&[b"](", &many, b"e2\x86."]);
    assert_eq!(records(&twice).unwrap().len(), 1);

    let shared = b"\x80\x04](G?\xe0\0\0\0\0\0\0\x8c\x01sK\x01\x87\x94h\0e.";
    let all: Vec<(f64, String, u64)> = PickleRecords::new(Cursor::new(shared))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(all, vec![(0.5, "s".to_owned(), 1); 2]);
}

fn structure() {
    refused("empty", b"", "ends at byte 0");
    refused("trailing byte", b"N.N", "something follows");
    refused("trailing pickle", b"N.N.", "something follows");
    refused("STOP alone", b".", "STOP without a value");
    refused("STOP with two", b"NN.", "STOP with 2 values");
    refused("STOP with a mark", b"N(.", "open mark");
    refused(
        "mark taken for an object",
        b"N(\x85.",
        "without enough objects",
    );
    refused("odd SETITEMS", b"}(Ne.", "another type");
    refused("odd SETITEMS", b"}(Nu.", "a key and no value");
    refused("odd DICT", b"(NNNd.", "a key and no value");
    refused("APPEND on a tuple", b")Na.", "another type");
    refused("ADDITEMS on a list", b"](N\x90.", "another type");
    refused("frozenset changed", b"(\x91(N\x90.", "another type");
    refused("protocol 255", b"\x80\xff.", "protocol 255");
    for byte in 0..=255_u8 {
        if b"().0122FIJKLMNPQRSTUVXabcd}eghijl]opqrst)uGBC".contains(&byte)
            || (0x80..=0x98).contains(&byte)
        {
            continue;
        }
        refused(
            "unknown opcode",
            &[b'N', byte, b'.'],
            &format!("{byte:#04x}"),
        );
    }
    let pickle = b"N0N(1N0\x80\x02.";
    assert!(matches!(pickle::from_slice(pickle), Ok(Value::None)));
}

fn frames() {
    let frame = |len: u64, rest: &[u8]| join(&[b"\x80\x04\x95", &len.to_le_bytes(), rest]);
    hostile("exact", &frame(2, b"N."), |result| {
        assert_eq!(result.unwrap(), Value::None);
    });
    hostile("short", &frame(1, b"N."), |result| {
        assert_eq!(result.unwrap(), Value::None);
    });
    refused("long", &frame(3, b"N."), "longer than the pickle");
    refused("huge", &frame(u64::MAX, b"N."), "a frame of");
    let inner = join(&[b"\x95", &2_u64.to_le_bytes(), b"N."]);
    refused("nested", &frame(11, &inner), "a frame within a frame");
    hostile("after", &frame(0, &inner), |result| {
        assert_eq!(result.unwrap(), Value::None);
    });
}

fn text_and_numbers() {
    refused("bad UTF-8", b"\x8c\x02\xc3\x28.", "not UTF-8");
    refused("cut UTF-8", b"\x8c\x01\xc3.", "not UTF-8");
    refused("cut surrogate", b"\x8c\x02\xed\xa0.", "not UTF-8");
    for lone in [&b"\x8c\x03\xed\xa0\x80."[..], b"V\\ud800\n."] {
        hostile("lone surrogate", lone, |result| {
            assert!(matches!(result, Ok(Value::Surrogates(_))), "{result:?}");
        });
        let error = pickle::from_slice::<String>(lone).unwrap_err().to_string();
        assert!(error.starts_with("a str with a lone surrogate"), "{error}");
    }
    let digits = b"9".repeat(1_000_000);
    refused("digits", &join(&[b"L", &digits, b"L\n."]), "integer_digits");
    refused("digits", &join(&[b"I", &digits, b"\n."]), "integer_digits");
    refused(
        "binary digits",
        &join(&[b"\x8b", &415_242_u32.to_le_bytes(), &[0x11; 415_242], b"."]),
        "integer_digits",
    );
    for line in [
        "I1.5\n.",
        "I\n.",
        "Labc\n.",
        "F\n.",
        "F1,5\n.",
        "Fabc\n.",
        "S'a\n.",
        "Vab\\u12\n.",
    ] {
        hostile(line, line.as_bytes(), |result| {
            assert!(result.is_err(), "{line}");
        });
    }
    let error = pickle::from_slice::<u64>(b"\x8a\x09\0\0\0\0\0\0\0\0\x01.").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the integer 18446744073709551616 is out of range for u64 at byte 0"
    );
    let error = pickle::from_slice::<(u8, u8)>(b"K\x01M\x00\x01\x86.").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the integer 256 is out of range for u8 at byte 2"
    );
    let error = pickle::from_slice::<(f64, String)>(b"NNN\x87.").unwrap_err();
    assert_eq!(error.to_string(), "3 items where 2 are expected at byte 3");
}

fn code() {
    let eval = b"\x80\x04K\x01\x8c\x08builtins\x8c\x04eval\x93.";
    assert!(
        pickle::from_slice::<Value>(eval)
            .unwrap_err()
            .to_string()
            .starts_with(
                "refused: builtins.eval at byte 20: this reads data, it does not run code"
            )
    );
    refused(
        "GLOBAL",
        b"cos\nsystem\n(Vls\ntR.",
        "refused: os.system at byte 0: this reads data",
    );
    refused(
        "INST",
        b"(Vls\nios\nsystem\n.",
        "refused: os.system at byte 5: this reads data",
    );
    for (opcode, name) in [
        (b'b', "BUILD"),
        (b'o', "OBJ"),
        (b'P', "PERSID"),
        (b'Q', "BINPERSID"),
        (0x81, "NEWOBJ"),
        (0x92, "NEWOBJ_EX"),
        (0x82, "EXT1"),
        (0x83, "EXT2"),
        (0x84, "EXT4"),
        (0x97, "NEXT_BUFFER"),
        (0x98, "READONLY_BUFFER"),
    ] {
        let pickle = [b'N', b'N', b'N', opcode, 1, 1, 1, 1, b'\n', b'.'];
        refused(name, &pickle, &format!("refused: opcode {name} at byte 3"));
    }
    refused(
        "REDUCE of a str",
        b"Vls\n)R.",
        "refused: opcode REDUCE at byte 5",
    );
    refused(
        "a global is no data",
        b"cbuiltins\nset\n.",
        "a global where data is expected",
    );
    refused(
        "set of a set",
        b"cbuiltins\nset\n(N\x91\x85R.",
        "builtins.set",
    );
    refused(
        "other codec",
        b"c_codecs\nencode\n(Va\nVrot13\ntR.",
        "another codec",
    );
    let change = b"]q\0cbuiltins\nset\nh\0\x85R0h\0Na.";
    hostile("a list changed after it became a set", change, |result| {
        assert!(result.is_err());
    });
}

/// Every opcode with nothing on the stack, and with nothing above a mark.
fn underflow() {
    for opcode in 0..=255_u8 {
        for before in [&b""[..], b"(", b"N(", b"]("] {
            let pickle = join(&[before, &[opcode, b'.', b'\n', b'.', b'\n', b'.']]);
            hostile("underflow", &pickle, drop);
        }
    }
}

/// Keys that equal nothing, and keys that are hardly ever looked at: each is compared
/// with few others.
fn keys() {
    let dict = |before: &[u8], keys: &[u8]| join(&[before, b"}(", keys, b"u."]);
    let nans = b"G\x7f\xf8\0\0\0\0\0\0N".repeat(200_000);
    let complex = b"c__builtin__\ncomplex\nq\x000";
    let parts = b"h\0G\x7f\xf8\0\0\0\0\0\0G\0\0\0\0\0\0\0\0\x86RN".repeat(100_000);
    let surrogates: Vec<u8> = (0..100_000_u32)
        .flat_map(|number| [b"\x8c\x08\xed\xa0\x80", format!("{number:05}N").as_bytes()].concat())
        .collect();
    for (name, pickle, expected) in [
        ("NaNs as keys", dict(b"", &nans), 200_000),
        ("complex NaNs as keys", dict(complex, &parts), 100_000),
        ("surrogates as keys", dict(b"", &surrogates), 100_000),
    ] {
        hostile(name, &pickle, |result| match result {
            Ok(Value::Dict(pairs)) => assert_eq!(pairs.len(), expected),
            other => panic!("{name}: {:?}", other.err()),
        });
    }
    let long = join(&[b"(", &b"K\x01".repeat(200_000), b"tq\x000"]);
    let again = dict(&long, &b"h\0N".repeat(200_000));
    hostile("one long tuple for all keys", &again, drop);
    let objects = b"h\0)\x81N".repeat(100_000);
    let objects = dict(b"cm\nC\nq\x000", &objects);
    let mut options = ReadOptions::default();
    options.objects = Objects::AsData;
    let took = cpu::of(|| {
        let read = pickle::from_reader::<_, Value>(Cursor::new(&objects), &options).unwrap();
        assert!(matches!(read, Value::Dict(pairs) if pairs.len() == 100_000));
    });
    assert!(took <= MOST_SECONDS, "objects as keys: {took:.3} s");
}
