//! Objects as data: what a pickle describes is told, and nothing of it is run.

use std::io::Cursor;

use picklestream::pickle::{self, ErrorKind, Objects, PickleRecords, ReadOptions, WriteOptions};
use picklestream::value::{Global, Made, Object, Value};
use serde::Deserialize;

fn as_data() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.objects = Objects::AsData;
    options
}

fn read(pickle: &[u8]) -> pickle::Result<Value> {
    pickle::from_reader(Cursor::new(pickle), &as_data())
}

fn global(module: &str, name: &str) -> Global {
    Global {
        module: module.to_owned(),
        name: name.to_owned(),
    }
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

fn object(made: Made, change: impl FnOnce(&mut Object)) -> Value {
    let mut object = Object::new(made);
    change(&mut object);
    Value::Object(Box::new(object))
}

fn int(int: i128) -> Value {
    Value::Int(int)
}

/// Every opcode that makes or changes an object, by what it leaves behind.
#[test]
fn each_opcode_leaves_a_description() {
    let call = || Made::Call(global("a", "B"));
    let new = || Made::New(global("a", "B"));
    let class = || object(Made::Global(global("a", "B")), |_| {});
    let cases: &[(&[u8], Value)] = &[
        (b"ca\nB\n.", class()),
        (b"\x8c\x01a\x8c\x01B\x93.", class()),
        (
            b"ca\nB\nK\x01\x85R.",
            object(call(), |o| o.args = vec![int(1)]),
        ),
        (
            b"ca\nB\nK\x01\x85\x81.",
            object(new(), |o| o.args = vec![int(1)]),
        ),
        (
            b"ca\nB\nK\x01\x85}\x8c\x01xK\x02s\x92.",
            object(new(), |o| {
                o.args = vec![int(1)];
                o.kwargs = vec![(text("x"), int(2))];
            }),
        ),
        (
            b"(K\x01K\x02ia\nB\n.",
            object(call(), |o| o.args = vec![int(1), int(2)]),
        ),
        (
            b"(ca\nB\nK\x01o.",
            object(call(), |o| o.args = vec![int(1)]),
        ),
        (
            b"ca\nB\n)\x81}\x8c\x01xK\x02sbNb.",
            object(new(), |o| {
                o.states = vec![Value::Dict(vec![(text("x"), int(2))]), Value::None];
            }),
        ),
        (
            b"Pid 7\n.",
            object(Made::Persistent, |o| o.args = vec![text("id 7")]),
        ),
        (
            b"K\x07Q.",
            object(Made::Persistent, |o| o.args = vec![int(7)]),
        ),
        (b"\x82\x07.", object(Made::Extension(7), |_| {})),
        (b"\x83\x07\x01.", object(Made::Extension(263), |_| {})),
        (
            b"\x84\x07\0\0\x80.",
            object(Made::Extension(0x8000_0007), |_| {}),
        ),
        (b"\x97.", object(Made::Buffer, |_| {})),
        (b"\x97\x98.", object(Made::Buffer, |_| {})),
        (
            b"ca\nB\n)\x81K\x01a(K\x02K\x03e(K\x04\x90K\x05K\x06s(K\x07K\x08u.",
            object(new(), |o| {
                o.items = (1..=4).map(int).collect();
                o.pairs = vec![(int(5), int(6)), (int(7), int(8))];
            }),
        ),
        (
            b"ca\nB\n)RK\x01\x85R.",
            object(Made::CallOf(Box::new(object(call(), |_| {}))), |o| {
                o.args = vec![int(1)];
            }),
        ),
        // A global that stands for data, called with what data is not made of.
        (
            b"cbuiltins\ncomplex\n(NNtR.",
            object(Made::Call(global("builtins", "complex")), |o| {
                o.args = vec![Value::None, Value::None];
            }),
        ),
        (
            b"cbuiltins\nset\n.",
            object(Made::Global(global("builtins", "set")), |_| {}),
        ),
    ];
    for (pickle, expected) in cases {
        let shown = String::from_utf8_lossy(pickle);
        assert_eq!(&read(pickle).unwrap(), expected, "{shown:?}");
        // Refusing is the default, whatever the opcode.
        let error = pickle::from_slice::<Value>(pickle).unwrap_err();
        let refused = matches!(
            error.kind(),
            ErrorKind::Refused(_) | ErrorKind::Malformed(_)
        );
        assert!(refused, "{shown:?}: {error}");
        assert!(error.offset().is_some());
    }
}

#[test]
fn what_no_pickler_writes_is_an_error() {
    for (pickle, says) in [
        (&b"ca\nB\nNR."[..], "REDUCE without a tuple"),
        (b"ca\nB\nN\x81.", "NEWOBJ without a tuple"),
        (b"ca\nB\n)N\x92.", "NEWOBJ_EX without a dict"),
        (b"(o.", "OBJ without a class"),
        (b"}Nb.", "BUILD on an object of another type"),
        (b"K\x01K\x02\x93.", "STACK_GLOBAL without two strs"),
        (b"\x98.", "READONLY_BUFFER without enough"),
        (b"b.", "BUILD without enough"),
    ] {
        let error = read(pickle).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn a_struct_reads_the_attributes_of_an_instance() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Plain {
        i: u8,
        s: String,
    }
    let expected = || Plain {
        i: 7,
        s: "x".to_owned(),
    };
    for state in [
        &b"}(\x8c\x01iK\x07\x8c\x01s\x8c\x01xu"[..],
        b"N}(\x8c\x01iK\x07\x8c\x01s\x8c\x01xu\x86",
        b"}\x8c\x01iK\x07s}\x8c\x01s\x8c\x01xs\x86",
    ] {
        let pickle = [b"](ca\nB\n)\x81", state, b"be."].concat();
        let records = PickleRecords::<_, Plain>::with_options(Cursor::new(&pickle), &as_data());
        let read: Vec<Plain> = records.unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(read, [expected()]);
        let mut records =
            PickleRecords::<_, Plain>::with_options(Cursor::new(&pickle), &ReadOptions::default())
                .unwrap();
        let error = records.next().unwrap().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Refused(name) if name == "a.B"),
            "{error}"
        );
    }
    let error = pickle::from_reader::<_, Plain>(Cursor::new(b"ca\nB\n)\x81K\x01b."), &as_data());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("a.B has a state that is no dict"), "{error}");
}

/// Objects are kept by the memo beyond their batch, and cannot change after it.
#[test]
fn the_memo_keeps_objects_like_lists() {
    let many = b"G\0\0\0\0\0\0\0\0X\x01\0\0\0aK\x01\x87".repeat(2000);
    let plain = b"ca\nB\n)\x81q\x01}X\x01\0\0\0xK\x02sb";
    let again = [&b"]("[..], plain, &many, b"eh\x01a."].concat();
    let records = PickleRecords::<_, Value>::with_options(Cursor::new(&again), &as_data());
    let all: Vec<Value> = records.unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(all.len(), 2002);
    assert_eq!(all.first(), all.last());
    for late in [
        &b"eh\x01}ba."[..],
        b"eh\x01K\x01aa.",
        b"eh\x01K\x01K\x02sa.",
    ] {
        let changed = [&b"]("[..], plain, &many, late].concat();
        let records = PickleRecords::<_, Value>::with_options(Cursor::new(&changed), &as_data());
        let last = records.unwrap().last().unwrap();
        let error = last.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::HandedOut(_)), "{error}");
    }
    // An object that grows at the bottom of the stack is no list of records.
    let grows = [&b"ca\nB\n)\x81("[..], &many, b"e(", &many, b"e."].concat();
    let records = PickleRecords::<_, Value>::with_options(Cursor::new(&grows), &as_data());
    let all: Vec<Value> = records.unwrap().collect::<Result<_, _>>().unwrap();
    assert!(matches!(&all[..], [Value::Object(object)] if object.items.len() == 4000));
}

#[test]
fn other_formats_see_a_map() {
    let plain = read(b"ca\nB\nK\x01\x85\x81}\x8c\x01xK\x02sb.").unwrap();
    assert_eq!(
        serde_json::to_string(&plain).unwrap(),
        r#"{"__class__":"a.B","__args__":[1],"x":2}"#
    );
    let class = read(b"ca\nB\n.").unwrap();
    assert_eq!(serde_json::to_string(&class).unwrap(), r#""a.B""#);
    let error = picklestream::literal::to_string(&plain).unwrap_err();
    assert_eq!(
        error.to_string(),
        "an object of a.B, which no literal can hold"
    );
}

/// What is known to be data is written as what it was, under every protocol.
#[test]
fn known_objects_are_written_back() {
    let ordered = |made: Made| {
        object(made, |o| {
            o.pairs = vec![(text("a"), int(1)), (text("b"), Value::List(vec![int(2)]))];
        })
    };
    // A part of known data, which is known whatever it is made of.
    let name = || global("pandas", "Index");
    let mut cases = vec![ordered(Made::Call(name())), ordered(Made::New(name()))];
    cases.push(object(Made::New(name()), |o| {
        o.args = vec![int(1), object(Made::Global(global("a", "B")), |_| {})];
        o.kwargs = vec![(text("k"), int(2))];
        o.items = vec![int(3), int(4)];
        o.states = vec![int(5), int(6)];
    }));
    let is_known =
        |value: &&Value| matches!(value, Value::Object(o) if picklestream::known::is_known(o));
    assert!(cases.iter().filter(is_known).count() > 0);
    for value in cases.iter().filter(is_known) {
        for protocol in 0..=5 {
            let mut options = WriteOptions::default();
            options.protocol = protocol;
            let mut out = Vec::new();
            pickle::to_writer(&mut out, value, &options).unwrap();
            let back = read(&out).unwrap();
            let by_new = matches!(value, Value::Object(o) if matches!(o.made, Made::New(_)));
            if by_new && protocol < 2 {
                // As CPython does, by a function that calls `__new__`.
                let Value::Object(back) = back else {
                    panic!("{back:?}")
                };
                assert!(back.class_name().contains("Index"), "{}", back.class_name());
            } else if protocol >= 4 || !matches!(value, Value::Object(o) if !o.kwargs.is_empty()) {
                assert_eq!(&back, value, "protocol {protocol}");
            }
        }
    }
    let unknown = object(Made::Call(global("a", "B")), |_| {});
    let error = pickle::to_writer(&mut Vec::new(), &unknown, &WriteOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "an object of a.B, which is not written");
    let class = object(Made::Global(global("os", "system")), |_| {});
    assert!(pickle::to_writer(&mut Vec::new(), &class, &WriteOptions::default()).is_err());
}

/// What contains itself is told by the way to it, whether reading or building met it.
#[test]
fn cycles_are_told_by_the_way_to_them() {
    // [a, b] where a = {'name': 1, 'child': b} and b = {'parent': a}
    let two = b"](}q\0(X\x04\0\0\0nameK\x01X\x05\0\0\0child}q\x01X\x06\0\0\0parenth\0suh\x01e.";
    let mut records = PickleRecords::<_, Value>::new(Cursor::new(&two[..])).unwrap();
    let error = records.next().unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cycle(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "a dict contains itself as ['child']['parent'], at byte 2, which no value here can"
    );
    assert!(
        records
            .next()
            .unwrap()
            .unwrap_err()
            .to_string()
            .contains("['parent']['child']")
    );
    // An instance whose attribute is itself.
    let me = b"ca\nB\n)\x81q\0}X\x02\0\0\0meh\0sb\x85.";
    assert_eq!(
        read(me).unwrap_err().to_string(),
        "an object contains itself: [0]['me'] is [0] again, at byte 6, which no value here can"
    );
    // Built up until building meets the limit.
    let grow = [b"]q\0(".as_slice(), &b"]h\0ah\0]h\0aa".repeat(300), b"e."].concat();
    let error = read(&grow).unwrap_err().to_string();
    assert!(error.contains("contains itself"), "{error}");
    // What is only shared is no cycle, and what is only deep is none either.
    let shared = b"]q\0h\0\x86h\0\x86.";
    read(shared).unwrap();
    let deep = [&b"]".repeat(300)[..], &b"a".repeat(299), b"."].concat();
    assert!(read(&deep).unwrap_err().to_string().contains("depth"));
}

/// As deep as the limit allows is read, and dropped, within a test's thread.
#[test]
fn objects_within_objects_are_bounded() {
    let nested = |levels: usize| {
        let open = b"ca\nB\n)\x81}X\x01\0\0\0x".repeat(levels);
        [&open[..], b"N", &b"sb".repeat(levels), b"."].concat()
    };
    read(&nested(99)).unwrap();
    let error = read(&nested(101)).unwrap_err().to_string();
    assert!(error.contains("depth"), "{error}");
    let error = read(&nested(100_000)).unwrap_err().to_string();
    assert!(error.contains("depth"), "{error}");
}

/// What follows the last pickle and begins no other is ignored, by every way of reading.
#[test]
fn what_follows_the_last_pickle_is_ignored() {
    for (tail, count) in [
        (&b"\n"[..], 1),
        (b"\0\0\0", 3),
        (b" \r\nK\x01.", 6),
        (b"", 0),
    ] {
        let file = [b"](K\x01K\x02e.", tail].concat();
        let whole: Vec<u8> = pickle::from_slice(&file).unwrap();
        assert_eq!(whole, [1, 2]);
        let piped: Vec<u8> = pickle::from_pipe(&file[..], &as_data()).unwrap();
        assert_eq!(piped, [1, 2]);
        let mut records = PickleRecords::<_, u8>::new(Cursor::new(&file)).unwrap();
        assert_eq!(records.ignored(), None);
        assert_eq!(
            records.by_ref().map(Result::unwrap).collect::<Vec<_>>(),
            [1, 2]
        );
        assert_eq!(records.ignored(), (count > 0).then_some((8, count)));
        assert_eq!(pickle::summary(&file[..]).unwrap().ignored_bytes, count);
    }
    // A further pickle that is cut short is an error.
    let cut = PickleRecords::<_, u8>::new(Cursor::new(b"K\x01.\x80\x04K")).unwrap();
    assert!(cut.last().unwrap().is_err());
}

/// Text that is not shared counts for nothing, however much there is.
#[test]
fn text_that_is_not_shared_is_not_limited_as_if_it_were() {
    let entry = [&b"X\xe8\x03\0\0"[..], &[b'x'; 1000]].concat();
    let file = [b"(".as_slice(), &entry.repeat(20_000), b"t."].concat();
    let Value::Tuple(items) = pickle::from_slice(&file).unwrap() else {
        panic!("no tuple");
    };
    assert_eq!(items.len(), 20_000);
}

/// What is called with what data is made of is data, and not an object.
#[test]
fn plain_constructions_are_read_as_what_they_make() {
    let list = || vec![int(1), int(2)];
    let cases: &[(&[u8], Value)] = &[
        (b"cbuiltins\nlist\n)R.", Value::List(vec![])),
        (
            b"c__builtin__\nlist\n(K\x01K\x02t\x85R.",
            Value::List(list()),
        ),
        (b"cbuiltins\nlist\n(K\x01K\x02l\x85R.", Value::List(list())),
        (b"cbuiltins\nlist\n)R(K\x01K\x02e.", Value::List(list())),
        (b"cbuiltins\ntuple\n)R.", Value::Tuple(vec![])),
        (
            b"cbuiltins\ntuple\n(K\x01K\x02l\x85R.",
            Value::Tuple(list()),
        ),
        (
            b"cbuiltins\ntuple\n(K\x01K\x02t\x85R.",
            Value::Tuple(list()),
        ),
        (b"cbuiltins\nset\n(K\x01K\x02t\x85R.", Value::Set(list())),
        (
            b"cbuiltins\nfrozenset\n(K\x01K\x02t\x85R.",
            Value::FrozenSet(list()),
        ),
        (b"cbuiltins\ndict\n)R.", Value::Dict(vec![])),
        (
            b"cbuiltins\ndict\n(K\x01K\x02d\x85R.",
            Value::Dict(vec![(int(1), int(2))]),
        ),
        (
            b"cbuiltins\ndict\n(K\x01K\x02\x86l\x85R.",
            Value::Dict(vec![(int(1), int(2))]),
        ),
        (
            b"cbuiltins\nbytes\nC\x01a\x85R.",
            Value::Bytes(b"a".to_vec()),
        ),
        (
            b"cbuiltins\nbytes\nVa\nVlatin-1\n\x86R.",
            Value::Bytes(b"a".to_vec()),
        ),
        (b"cbuiltins\ncomplex\n)R.", Value::Complex(0.0, 0.0)),
        (b"cbuiltins\ncomplex\nK\x01\x85R.", Value::Complex(1.0, 0.0)),
        (
            b"cbuiltins\ncomplex\nK\x01F2.5\n\x86R.",
            Value::Complex(1.0, 2.5),
        ),
    ];
    for (pickle, expected) in cases {
        let shown = String::from_utf8_lossy(pickle);
        let plain: Value = pickle::from_slice(pickle).unwrap_or_else(|e| panic!("{shown}: {e}"));
        assert_eq!(
            (&plain, &read(pickle).unwrap()),
            (expected, expected),
            "{shown:?}"
        );
    }
    // A list of 100,000 that becomes a tuple again and again.
    let list = [b"(]q\0(".as_slice(), &b"N".repeat(100_000), b"e"].concat();
    let again = [
        &list[..],
        &b"cbuiltins\ntuple\nh\0\x85R".repeat(1000),
        b"t.",
    ]
    .concat();
    let error = read(&again).unwrap_err().to_string();
    assert!(error.contains("again and again"), "{error}");
}

/// Programs of random opcodes, objects among them: a value or an error, the same
/// whatever the buffer, and what is read can be shown and written or is refused.
#[test]
fn random_programs_end_cleanly() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % bound
    };
    // What each takes from the stack, and whether it leaves an object for that.
    let opcodes: &[(usize, usize, &[u8])] = &[
        (0, 1, b"N"),
        (0, 1, b"K\x01"),
        (0, 1, b"X\x01\0\0\0a"),
        (0, 1, b"C\x01b"),
        (0, 1, b"Va\\ud800\n"),
        (0, 1, b"U\x01\xff"),
        (0, 1, b")"),
        (0, 1, b"]"),
        (0, 1, b"]"),
        (0, 1, b"}"),
        (0, 1, b"\x8f"),
        (0, 1, b"ca\nB\n"),
        (0, 1, b"ca\nB\n)\x81"),
        (0, 1, b"ca\nB\n)\x81"),
        (0, 1, b"cbuiltins\nlist\n"),
        (0, 1, b"cbuiltins\ndict\n"),
        (0, 1, b"cbuiltins\nset\n"),
        (0, 1, b"Pid\n"),
        (0, 1, b"\x82\x01"),
        (0, 1, b"\x97"),
        (0, 1, b"(ia\nB\n"),
        (0, 1, b"(ca\nB\no"),
        (0, 1, b"h\0"),
        (0, 1, b"h\0"),
        (0, 1, b"h\x01"),
        (1, 1, b"q\0"),
        (1, 1, b"q\0"),
        (1, 1, b"q\x01"),
        (1, 1, b")R"),
        (1, 1, b")\x81"),
        (1, 1, b"}b"),
        (1, 1, b"h\0b"),
        (1, 1, b"h\0a"),
        (1, 1, b"Nh\0s"),
        (1, 1, b"(K\x01h\x01e"),
        (1, 1, b"(NNu"),
        (1, 1, b"(N\x90"),
        (1, 1, b"\x85"),
        (1, 1, b"Q"),
        (1, 1, b"\x98"),
        (1, 2, b"2"),
        (1, 0, b"0"),
        (2, 1, b"\x86"),
        (2, 1, b"a"),
        (2, 1, b"b"),
        (2, 1, b"b"),
        (2, 1, b"R"),
        (2, 1, b"\x81"),
        (2, 1, b"\x93"),
        (3, 1, b"\x87"),
        (3, 1, b"\x92"),
        (3, 1, b"s"),
        (0, 0, b"("),
        (1, 1, b"t"),
    ];
    let (mut read, mut cycles) = (0, 0);
    for _ in 0..10_000 {
        let mut program = b"(]q\0}q\x01".to_vec();
        let mut height = 2;
        for _ in 0..next(16) {
            let (takes, leaves, opcode) = opcodes[next(opcodes.len())];
            // Now and then one for which there is not enough.
            if takes <= height || next(50) == 0 {
                program.extend_from_slice(opcode);
                height = height.saturating_sub(takes) + leaves;
            }
        }
        program.extend_from_slice(b"t.");
        for objects in [Objects::Refuse, Objects::AsData] {
            let mut options = ReadOptions::default();
            options.objects = objects;
            let whole = records(&program, 1 << 16, &options);
            assert_eq!(whole, records(&program, 3, &options), "{program:?}");
            let piped = PickleRecords::<_, Value>::from_pipe_with(&program[..], &options);
            piped.for_each(drop);
            if objects == Objects::Refuse {
                continue;
            }
            cycles += usize::from(whole.1.is_some_and(|e| e.contains("contains itself")));
            for value in whole.0 {
                read += 1;
                drop(picklestream::literal::to_string(&value));
                drop(serde_json::to_string(&value));
                drop(pickle::to_writer(
                    &mut Vec::new(),
                    &value,
                    &WriteOptions::default(),
                ));
            }
        }
        drop(pickle::summary(&program[..]));
    }
    println!("{read} values read, {cycles} cycles");
    assert!(
        read > 1000 && cycles > 10,
        "{read} {cycles}: the programs are too dull"
    );
}

fn records(program: &[u8], buffer: usize, options: &ReadOptions) -> (Vec<Value>, Option<String>) {
    let reader = std::io::BufReader::with_capacity(buffer, Cursor::new(program));
    let (mut all, mut error) = (Vec::new(), None);
    match PickleRecords::with_options(reader, options) {
        Ok(records) => {
            for record in records.take(1000) {
                match record {
                    Ok(value) => all.push(value),
                    Err(found) => error = Some(found.to_string()),
                }
            }
        }
        Err(found) => error = Some(found.to_string()),
    }
    (all, error)
}
