//! Which part of a pickle takes how much.

use std::io::Cursor;

use picklestream::path::Path;
use pysizeof::{Build, Detail, Label, Memory, Part, Parts, Sizing};

const BUILD: Build = Build::Cpython312;

fn size(pickle: &[u8]) -> Sizing {
    let reader = Cursor::new(pickle);
    pysizeof::of_pickle_in_detail(reader, Memory::Requested, Detail::Parts).unwrap()
}

fn parts(sizing: &Sizing) -> &Parts {
    sizing.parts().unwrap()
}

/// The part that a path leads to.
fn at<'p>(part: &'p Part, path: &str) -> &'p Part {
    let path: Path = path.parse().unwrap();
    path.steps().iter().fold(part, |part, step| {
        let its = |found: &&Part| *found.label() == Label::At(step.clone());
        part.parts()
            .iter()
            .find(its)
            .unwrap_or_else(|| panic!("{step:?} in {part:#?}"))
    })
}

fn labelled<'p>(part: &'p Part, label: &Label, type_name: &str) -> &'p Part {
    let its = |found: &&Part| found.label() == label && found.type_name() == type_name;
    let found = part.parts().iter().find(its);
    found.unwrap_or_else(|| panic!("{label:?} in {part:#?}"))
}

/// What every tree keeps: each part is the sum of its own and of what is below, and
/// nothing is counted twice or left out.
fn check(sizing: &Sizing) {
    fn below(part: &Part) -> usize {
        for build in Build::ALL {
            let parts: u64 = part.parts().iter().map(|part| part.bytes().of(build)).sum();
            assert!(parts <= part.bytes().of(build), "{part:#?}");
        }
        1 + part.parts().iter().map(below).sum::<usize>()
    }
    assert!(below(parts(sizing).root()) < 5_000);
    for build in Build::ALL {
        let total = sizing.total().of(build);
        let placed = parts(sizing).root().bytes().of(build);
        assert_eq!(placed + parts(sizing).elsewhere().of(build), total);
        let types = parts(sizing).types().iter();
        let typed: u64 = types.map(|one| one.bytes.of(build)).sum();
        assert_eq!(typed + parts(sizing).untyped().of(build), total);
        assert_eq!(typed, placed);
    }
    // No more than all small ints, and what else the interpreter has but one of.
    let elsewhere = parts(sizing).elsewhere().of(BUILD);
    assert!(elsewhere < 262 * 32 + 500, "{elsewhere}");
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![b'X'];
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

#[test]
fn like_items_are_one_part_and_their_fields_too() {
    // [{'id': 1000 + i, 'name': 'name i'}, …], the keys from the memo.
    let mut pickle = b"\x80\x02](".to_vec();
    for number in 0..1000_u32 {
        pickle.extend(b"}(");
        match number {
            0 => pickle.extend([text("id"), b"q\x01".to_vec()].concat()),
            _ => pickle.extend(b"h\x01"),
        }
        pickle.push(b'J');
        pickle.extend((1000 + number).to_le_bytes());
        match number {
            0 => pickle.extend([text("a name"), b"q\x02".to_vec()].concat()),
            _ => pickle.extend(b"h\x02"),
        }
        pickle.extend(text(&format!("name {number:04}")));
        pickle.push(b'u');
    }
    pickle.extend(b"e.");
    let sizing = size(&pickle);
    check(&sizing);
    let root = parts(&sizing).root();
    assert_eq!(root.parts().len(), 1);
    let dicts = labelled(root, &Label::Items(None), "dict");
    assert_eq!((dicts.count(), dicts.shared()), (1000, 0));
    let keys = labelled(dicts, &Label::Keys, "str");
    assert_eq!((keys.count(), keys.shared()), (2, 1998));
    let ids = at(dicts, "id");
    assert_eq!((ids.count(), ids.bytes().of(BUILD)), (1000, 28_000));
    let names = at(dicts, "['a name']");
    assert_eq!((names.count(), names.bytes().of(BUILD)), (1000, 50_000));
    assert_eq!(dicts.own_bytes().of(BUILD), 184_000);
    let types = parts(&sizing).types();
    let counts: Vec<(&str, u64)> = types
        .iter()
        .map(|one| (&*one.type_name, one.count))
        .collect();
    assert_eq!(
        counts,
        [("dict", 1000), ("str", 1002), ("int", 1000), ("list", 1)]
    );
}

#[test]
fn a_large_item_among_small_ones_has_its_own_path() {
    // {'cache': [[], …, ['…' * 9000], …]}
    let mut pickle = [b"\x80\x02}".to_vec(), text("cache"), b"](".to_vec()].concat();
    for number in 0..50 {
        pickle.extend(b"](");
        if number == 17 {
            pickle.extend(text(&"x".repeat(9000)));
        }
        pickle.push(b'e');
    }
    pickle.extend(b"es.");
    let sizing = size(&pickle);
    check(&sizing);
    let cache = at(parts(&sizing).root(), "cache");
    let large = at(cache, "[17]");
    assert!(large.bytes().of(BUILD) > 9000);
    assert_eq!(labelled(cache, &Label::Items(None), "list").count(), 49);
}

#[test]
fn what_is_shared_is_counted_where_it_occurs_first() {
    // {'a': l, 'b': l}
    let pickle = [
        b"\x80\x02}(".to_vec(),
        text("a"),
        b"](G?\xf8\0\0\0\0\0\0G?\xf8\0\0\0\0\0\0eq\x01".to_vec(),
        text("b"),
        b"h\x01u.".to_vec(),
    ]
    .concat();
    let sizing = size(&pickle);
    check(&sizing);
    let root = parts(&sizing).root();
    assert_eq!((at(root, "a").count(), at(root, "a").shared()), (1, 0));
    assert_eq!((at(root, "b").count(), at(root, "b").shared()), (0, 1));
    assert_eq!(at(root, "b").bytes().of(BUILD), 0);
    // What contains itself.
    check(&size(b"]q\0h\0a."));
    check(&size(b"\x80\x02]q\0h\0\x85q\x01a0h\x01."));
}

#[test]
fn many_shapes_and_many_keys_stay_a_small_tree() {
    // A dict of 30,000 dicts, no two with the same key.
    let mut pickle = b"\x80\x02}(".to_vec();
    for number in 0..30_000_u32 {
        pickle.extend(text(&format!("key {number}")));
        pickle.extend(b"}");
        pickle.extend(text(&format!("inner {number}")));
        pickle.extend(b"G?\xf8\0\0\0\0\0\0s");
    }
    pickle.extend(b"u.");
    let sizing = size(&pickle);
    check(&sizing);
    let others = labelled(parts(&sizing).root(), &Label::Values, "dict");
    assert_eq!(others.count(), 30_000);
    // 60,000 tuples that are not yet part of anything, and lists within lists.
    let tuples = [
        b"(".to_vec(),
        b"NG?\xf8\0\0\0\0\0\0\x86".repeat(60_000),
        b"t.".to_vec(),
    ]
    .concat();
    let sizing = size(&tuples);
    check(&sizing);
    let tuples: u64 = parts(&sizing).root().parts().iter().map(Part::count).sum();
    assert_eq!(tuples, 60_000);
    check(&size(
        &[b"](".repeat(100_000), b"e".repeat(100_000), b".".to_vec()].concat(),
    ));
}

#[test]
fn what_is_cut_short_has_parts_as_far_as_it_goes() {
    let whole = [
        b"\x80\x02}(".to_vec(),
        text("a"),
        b"](G?\xf8\0\0\0\0\0\0".to_vec(),
    ]
    .concat();
    let sizing = size(&whole);
    assert!(sizing.cut_short().is_some());
    check(&sizing);
    assert!(
        parts(&sizing)
            .root()
            .parts()
            .iter()
            .any(|part| *part.label() == Label::Loose)
    );
}

#[test]
fn arguments_of_calls_are_no_part() {
    // {1.5, 2.5} and b'\xe9\xe8' as protocol 2 writes them.
    let set = b"\x80\x02c__builtin__\nset\n](G?\xf8\0\0\0\0\0\0G@\x04\0\0\0\0\0\0e\x85R.";
    let sizing = size(set);
    check(&sizing);
    assert_eq!(
        labelled(parts(&sizing).root(), &Label::Items(None), "float").count(),
        2
    );
    let bytes = b"\x80\x02](c_codecs\nencode\nX\x04\0\0\0\xc3\xa9\xc3\xa8X\x06\0\0\0latin1\x86Re.";
    let sizing = size(bytes);
    check(&sizing);
    assert_eq!(parts(&sizing).root().parts().len(), 1);
}

/// Values of many kinds, as literals and as every protocol has them.
#[test]
fn trees_of_all_kinds_of_values_add_up() {
    let literals = include_str!("golden/sizeof/literals.txt");
    for literal in literals.lines() {
        check(&pysizeof::of_literal(literal, Memory::Requested).unwrap());
        check(&pysizeof::of_literal(literal, Memory::Allocated).unwrap());
    }
    let script = "
import pickle, struct, sys
for line in open(sys.argv[1], encoding='utf8'):
    for protocol in range(5):
        # Twice the same, so that there is something to share.
        value = eval(line)
        data = pickle.dumps([value, [value, line], {line: value}], protocol)
        sys.stdout.buffer.write(struct.pack('<I', len(data)) + data)
";
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sizeof/literals.txt");
    let made = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(path)
        .output();
    let Some(made) = made.ok().filter(|made| made.status.success()) else {
        eprintln!("SKIPPED: no python3 here, so trees of its pickles were not added up");
        return;
    };
    let mut rest = &made.stdout[..];
    let mut count = 0;
    while let Some((len, after)) = rest.split_first_chunk() {
        let (pickle, after) = after.split_at(u32::from_le_bytes(*len) as usize);
        check(&size(pickle));
        rest = after;
        count += 1;
    }
    assert_eq!(count, 5 * literals.lines().count());
}

/// Objects of classes, and of the standard library.
#[test]
fn trees_of_objects_add_up() {
    let script = "
import collections, datetime, decimal, pickle, struct, sys, uuid
class Point:
    def __init__(self, i):
        self.x, self.name, self.parts = i + 1000, 'name %d' % i, [i / 7, (i, 'ab')]
class Other:
    def __init__(self, i):
        self.one, self.two = Point(i), [i / 7]
class Slots:
    __slots__ = 'a', 'b'
    def __init__(self, i):
        self.a, self.b = i / 7, 'slot %d' % i
Pair = collections.namedtuple('Pair', 'first second')
def objects(i):
    return [Point(i), Slots(i), Pair(i / 7, [i / 3]), collections.OrderedDict(a=i / 7),
            collections.defaultdict(list, b=[i / 7]), datetime.date(2020, 1, 1),
            datetime.datetime(2020, 1, 2, 3), decimal.Decimal('1.25'), uuid.UUID(int=i + 1),
            collections.deque([i / 7] * 3), collections.Counter('abca')]
def write(value, protocol):
    data = pickle.dumps(value, protocol)
    sys.stdout.buffer.write(struct.pack('<I', len(data)) + data)
for protocol in range(2, 5):
    for only in range(12):
        values = [objects(i)[only] if only < 11 else objects(i) for i in range(1000, 1200)]
        write({'all': values}, protocol)
    # The first instances of a class have room for more values than all have in the end.
    for count in [1, 5, 40]:
        points = [Point(i) for i in range(count)]
        others = [Other(i) for i in range(count)]
        write([points, others, {'point': Point(1)}, (others[0], Other(0))], protocol)
";
    let made = std::process::Command::new("python3")
        .args(["-c", script])
        .output();
    let Some(made) = made.ok().filter(|made| made.status.success()) else {
        eprintln!("SKIPPED: no python3 here, so trees of its objects were not added up");
        return;
    };
    let mut rest = &made.stdout[..];
    let mut count = 0;
    while let Some((len, after)) = rest.split_first_chunk() {
        let (pickle, after) = after.split_at(u32::from_le_bytes(*len) as usize);
        let sizing = size(pickle);
        for build in Build::ALL {
            let parts = parts(&sizing);
            let (total, placed) = (sizing.total().of(build), parts.root().bytes().of(build));
            assert_eq!(placed + parts.elsewhere().of(build), total, "{count}");
            // 2.7 has more than one of a text of one character, which a Counter is made of.
            let typed: u64 = parts.types().iter().map(|one| one.bytes.of(build)).sum();
            assert!(typed == placed || build.name().contains("2.7"), "{count}");
        }
        rest = after;
        count += 1;
    }
    assert_eq!(count, 3 * (12 + 3));
}
