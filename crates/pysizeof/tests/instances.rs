//! Objects of classes that the pickle does not define: what is taken for known, and
//! what stays a lower bound.

#[path = "support/hex.rs"]
mod hex;

use std::io::Cursor;

use hex::bytes_of;
use pysizeof::{Build, Memory, Sizing};

fn size(pickle: &[u8]) -> Sizing {
    pysizeof::of_pickle(Cursor::new(pickle), Memory::Requested).unwrap()
}

type Counts<'s> = Vec<(&'s str, u64)>;

/// The classes that are taken for known and those that are not, with how many.
fn told(sizing: &Sizing) -> (Counts<'_>, Counts<'_>) {
    let instances = sizing.instances().iter();
    let unknown = sizing.unknown().iter();
    (
        instances
            .map(|instances| (&*instances.class, instances.count))
            .collect(),
        unknown
            .map(|unknown| (&*unknown.name, unknown.count))
            .collect(),
    )
}

/// An object of `a.B` made without arguments, and what follows it.
fn object(rest: &[u8]) -> Vec<u8> {
    [b"\x80\x02ca\nB\n)\x81", rest, b"."].concat()
}

#[test]
fn a_state_shows_what_an_object_is() {
    for (rest, bytes, total) in [
        // Nothing: an object, whose dict is not there yet.
        (&b""[..], 48, 48),
        // {'xx': 1.5}: with a dict of 29 values, the first key and the float.
        (b"}U\x02xxG?\xf8\0\0\0\0\0\0sb", 48, 48 + 296 + 43 + 24),
        // (None, {'xx': 1.5}): a slot, and no key.
        (b"N}U\x02xxG?\xf8\0\0\0\0\0\0s\x86b", 40, 40 + 24),
        // SETITEM: a dict of its own.
        (b"U\x02xxG?\xf8\0\0\0\0\0\0s", 200, 200 + 43 + 24),
    ] {
        let sizing = size(&object(rest));
        assert_eq!(told(&sizing), (vec![("a.B", 1)], vec![]), "{rest:?}");
        assert!(!sizing.is_at_least());
        assert_eq!(sizing.root().bytes().of(Build::Cpython312), bytes);
        assert_eq!(sizing.total().of(Build::Cpython312), total, "{rest:?}");
        assert_eq!(sizing.rust_total(), None);
    }
}

#[test]
fn any_other_state_leaves_a_lower_bound() {
    for rest in [
        // A state that only __setstate__ could take.
        &b"G?\xf8\0\0\0\0\0\0b"[..],
        b"]b",
        b"K\x01K\x02\x86b",
        // Items of a list.
        b"K\x01a",
    ] {
        let sizing = size(&object(rest));
        assert_eq!(told(&sizing), (vec![], vec![("a.B", 1)]), "{rest:?}");
        assert!(sizing.is_at_least());
    }
    // An argument: of a base in C, or of __getnewargs__.
    let sizing = size(b"\x80\x02ca\nB\nG?\xf8\0\0\0\0\0\0\x85\x81.");
    assert_eq!(told(&sizing), (vec![], vec![("a.B", 1)]));
    // What makes something else of its state.
    let sizing = size(b"\x80\x02cpandas.core.frame\nDataFrame\n)\x81}b.");
    let name = "pandas.core.frame.DataFrame";
    assert_eq!(told(&sizing), (vec![], vec![(name, 1)]));
}

#[test]
fn keys_of_pickles_without_a_memo_are_interned() {
    // [B(), B()] with {'xx': 1} each, written twice.
    let one = b"ca\nB\n)\x81}U\x02xxK\x01sb";
    let pickle = [b"\x80\x02](", &one[..], &one[..], b"e."].concat();
    let sizing = size(&pickle);
    // The list, two objects with dicts of 28 values, one key, one int.
    let total = 88 + 2 * (48 + 64 + 8 * 28) + 43 + 28;
    assert_eq!(sizing.total().of(Build::Cpython312), total + 32);
    assert_eq!(told(&sizing), (vec![("a.B", 2)], vec![]));
}

/// `array.array('d', [1.5, 2.5])` as protocol 2 has it, and what follows it.
fn array(rest: &[u8]) -> Vec<u8> {
    let list = b"carray\narray\nq\0X\x01\0\0\0dq\x01]q\x02(G?\xf8\0\0\0\0\0\0G@\x04\0\0\0\0\0\0e";
    [list, rest].concat()
}

#[test]
fn what_an_array_is_made_of_is_garbage() {
    let call = array(b"\x86q\x03R.");
    let sizing = size(&call);
    assert!(!sizing.is_at_least());
    assert_eq!(sizing.total().of(Build::Cpython312), 80 + 16);
    let arguments = sizing.cost().unwrap().arguments();
    assert!(arguments.of(Build::Cpython312) > 0);
    // The same beside each other, called by nobody: a class, a str, a list with floats.
    let list = [b"\x80\x02](", &array(b"e.")[..]].concat();
    let sizing = size(&list);
    assert_eq!(told(&sizing), (vec![], vec![("array.array", 1)]));
    let parts = 120 + 42 + 120 + 2 * 24;
    assert_eq!(sizing.total().of(Build::Cpython312), parts);
}

#[test]
fn an_array_of_what_is_not_told_is_a_lower_bound() {
    for call in [
        // Characters, of which the memo keeps some.
        &b"carray\narray\nU\x01u](X\x02\0\0\0\xd0\x96e\x86R."[..],
        // No type code, no format, another class.
        b"carray\narray\nU\x01x](K\x01e\x86R.",
        b"carray\n_array_reconstructor\n(carray\narray\nU\x01dK\x63C\x01xtR.",
        b"carray\n_array_reconstructor\n(ca\nB\nU\x01dK\x10C\x08xxxxxxxxtR.",
    ] {
        let sizing = size(call);
        let count: u64 = sizing.unknown().iter().map(|unknown| unknown.count).sum();
        assert!(sizing.is_at_least() && count > 0, "{call:?}");
    }
}

#[test]
fn bytes_of_another_machine_become_as_many_items_as_there_are() {
    // '>d' by its format 17, two of them: without room for more.
    let call = b"carray\n_array_reconstructor\n(carray\narray\nU\x01dK\x11C\x10xxxxxxxxxxxxxxxxtR.";
    let sizing = size(call);
    assert!(!sizing.is_at_least());
    assert_eq!(sizing.total().of(Build::Cpython312), 80 + 16);
    let own = [&call[..call.len() - 22], &[0x10], &call[call.len() - 21..]].concat();
    assert_eq!(size(&own).total().of(Build::Cpython312), 80 + 5 * 8);
}

#[test]
fn odd_objects_are_no_panic() {
    for rest in [
        &b"0"[..],
        b"2}b",
        b"}b}b",
        b"}U\x02xxK\x01sbU\x02xxK\x01s",
        b"N}\x86q\0b",
        b"N}\x86q\0h\0b",
        b"}}\x86b",
        b"q\0}U\x01sh\0sb",
        b"q\0}h\0h\0sb",
        b"}N\x86b",
        b"N}\x86N}\x86b",
        b"cnumpy\ndtype\nU\x02f8\x89\x88\x87RN}\x86b",
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87R(K\x01K\x02\x85NNNtb",
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87Rb",
        b"cnumpy.core.multiarray\n_reconstruct\nNNN\x87R}b",
        b"ccollections\nCounter\n}\x85R}b",
        b"ccollections\ndeque\n)R}b",
        b"cfractions\nFraction\nU\x021/\x85R",
        b"c__builtin__\nxrange\nJ\0\0\0\x80J\xff\xff\xff\x7fK\0\x87R",
        b"cuuid\nUUID\n)\x81N}\x86b",
        b"carray\narray\nU\x01d](N}K\x01e\x86R",
        b"carray\narray\n(U\x01dq\0](h\0G?\xf8\0\0\0\0\0\0etR}b",
        b"carray\narray\nU\x01dcarray\narray\nU\x01d](K\x01e\x86Ra\x86R",
        b"carray\narray\nU\x01d](K\x01e\x862RR",
        b"carray\n_array_reconstructor\n(carray\narray\nU\x01dK\xffC\0tR",
    ] {
        for opcodes in [object(rest), [b"(", &object(rest)[2..]].concat()] {
            for bytes in [&opcodes[..], &opcodes[..opcodes.len() - 1]] {
                let reader = Cursor::new(bytes);
                let _ = pysizeof::of_pickle(reader.clone(), Memory::Requested);
                let _ = pysizeof::of_pickle_pipe(reader, Memory::Allocated);
            }
        }
    }
}

/// The pickles of the golden folder with bytes changed, left out and doubled.
#[test]
fn damaged_objects_are_no_panic() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/sizeof/objects");
    let mut random = 1u64;
    let mut below = |limit: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % limit
    };
    for file in ["cpython-2.7", "cpython-3.11"] {
        let lines = std::fs::read_to_string(format!("{folder}/{file}.jsonl")).unwrap();
        for line in lines.lines() {
            let told: serde_json::Value = serde_json::from_str(line).unwrap();
            let whole = bytes_of(told["pickle"].as_str().unwrap());
            for _ in 0..10 {
                let mut pickle = whole.clone();
                for _ in 0..=below(3).min(pickle.len() - 1) {
                    let (at, from) = (below(pickle.len()), below(pickle.len()));
                    match below(4) {
                        0 => pickle[at] = below(256) as u8,
                        1 => pickle[at] = whole[from % whole.len()],
                        2 => drop(pickle.remove(at)),
                        _ => {
                            let end = pickle.len().min(from + below(12) + 1);
                            let piece = pickle[from..end].to_vec();
                            pickle.splice(at..at, piece);
                        }
                    }
                }
                let _ = pysizeof::of_pickle(Cursor::new(&pickle), Memory::Requested);
                let _ = pysizeof::of_pickle_pipe(Cursor::new(&pickle), Memory::Allocated);
            }
        }
    }
}
