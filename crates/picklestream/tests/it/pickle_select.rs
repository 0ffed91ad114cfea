//! What is read by a path, or item by item, is what is there when the pickle is
//! read as a whole.

use std::io::{BufReader, Cursor};
use std::process::Command;

use crate::pickle_support::programs::program;
use crate::pickle_support::pythons::pythons;
use crate::pickle_support::{describe, goldens};
use picklestream::path::{Path, Step};
use picklestream::pickle::{
    self, ErrorKind, Objects, PickleRecords, ReadOptions, WriteMemo, WriteOptions,
};
use picklestream::value::Value;
use proptest::prelude::*;

fn options(path: &Path) -> ReadOptions {
    let mut options = ReadOptions::default();
    options.records.path = path.clone();
    options.records.items = true;
    options.objects = Objects::AsData;
    options
}

/// The records that the items of a value are.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) | Value::Tuple(items) => items.clone(),
        Value::Set(items) | Value::FrozenSet(items) => items.clone(),
        Value::Dict(pairs) => pairs
            .iter()
            .map(|(key, value)| Value::Tuple(vec![key.clone(), value.clone()]))
            .collect(),
        Value::Object(object) if !(object.items.is_empty() && object.pairs.is_empty()) => {
            let pairs = items(&Value::Dict(object.pairs.clone()));
            [object.items.clone(), pairs].concat()
        }
        other => vec![other.clone()],
    }
}

fn whole(pickle: &[u8]) -> pickle::Result<Value> {
    pickle::from_reader(Cursor::new(pickle), &options(&Path::default()))
}

fn described(values: &[Value]) -> Vec<String> {
    values.iter().map(describe).collect()
}

fn records(pickle: &[u8], path: &Path, buffer: usize) -> pickle::Result<Vec<Value>> {
    let input = BufReader::with_capacity(buffer, Cursor::new(pickle));
    PickleRecords::with_options(input, &options(path))?.collect()
}

/// All paths into a value, of up to so many steps.
fn paths(value: &Value, steps: usize) -> Vec<Vec<Step>> {
    let mut found = vec![Vec::new()];
    if steps == 0 {
        return found;
    }
    let parts: Vec<(Step, &Value)> = match value {
        Value::List(items) | Value::Tuple(items) => {
            let step = |place| Step::Index(place as i128);
            items
                .iter()
                .enumerate()
                .map(|(place, item)| (step(place), item))
                .collect()
        }
        Value::Dict(pairs) => pairs
            .iter()
            .filter_map(|(key, value)| Some((step_of(key)?, value)))
            .collect(),
        Value::Object(object) => {
            let keys = object.pairs.iter().map(|(key, _)| key);
            let fields = object.states.iter().flat_map(|state| match state {
                Value::Dict(fields) => fields.as_slice(),
                _ => &[],
            });
            let keys = keys.chain(fields.map(|(key, _)| key)).filter_map(step_of);
            let places = (0..object.items.len()).map(|place| Step::Index(place as i128));
            let steps: Vec<Step> = keys.chain(places).collect();
            let found = steps.into_iter().filter_map(|step| {
                let part = Path::from(vec![step.clone()]).find(value)?;
                Some((step, part))
            });
            found.collect()
        }
        _ => Vec::new(),
    };
    for (step, part) in parts {
        for mut rest in paths(part, steps - 1) {
            rest.insert(0, step.clone());
            found.push(rest);
        }
    }
    found
}

fn step_of(key: &Value) -> Option<Step> {
    match key {
        Value::Str(name) => Some(Step::Name(name.clone())),
        Value::Int(index) => Some(Step::Index(*index)),
        Value::Bool(bool) => Some(Step::Index(i128::from(*bool))),
        Value::Float(float) if float.fract() == 0.0 => Some(Step::Index(*float as i128)),
        Value::Bytes(bytes) => Some(Step::Bytes(bytes.clone())),
        Value::None => Some(Step::None),
        _ => None,
    }
}

/// Pairs of a dict as Python has them: each key once, in its first place and with
/// its last value. Who streams them does not know that one came before.
fn merged(pairs: Vec<Value>) -> Vec<Value> {
    let mut found: Vec<(Option<String>, Value)> = Vec::new();
    for pair in pairs {
        let Value::Tuple(mut parts) = pair else {
            panic!("{pair:?} is no pair");
        };
        let name = key_name(&parts[0]);
        match found
            .iter_mut()
            .find(|(known, _)| name.is_some() && *known == name)
        {
            Some((_, Value::Tuple(first))) => first[1] = parts.swap_remove(1),
            _ => found.push((name, Value::Tuple(parts))),
        }
    }
    found.into_iter().map(|(_, pair)| pair).collect()
}

/// The same for keys that are equal; `None` of a key that equals nothing.
fn key_name(key: &Value) -> Option<String> {
    let all = |items: &[Value]| items.iter().map(key_name).collect::<Option<Vec<_>>>();
    match key {
        Value::Object(_) => None,
        Value::Float(float) if float.is_nan() => None,
        Value::Tuple(items) => Some(format!("({})", all(items)?.join(", "))),
        Value::FrozenSet(items) => {
            let mut items = all(items)?;
            items.sort();
            Some(format!("{{{}}}", items.join(", ")))
        }
        key => match step_of(key) {
            Some(step) => Some(format!("{step:?}")),
            None => Some(describe(key)),
        },
    }
}

/// Compares what `path` gives with what is there in the whole.
fn check(pickle: &[u8], whole: &Value, path: &Path) {
    let say = || format!("{path} in {:?}", pickle.escape_ascii().to_string());
    let found = path.find(whole);
    for buffer in [1, 7, 1 << 16] {
        let streamed = records(pickle, path, buffer);
        match (found, streamed) {
            (Some(target), Ok(mut streamed)) => {
                match target {
                    Value::Dict(_) => streamed = merged(streamed),
                    Value::Set(_) | Value::FrozenSet(_) => {
                        let pairs = streamed.into_iter();
                        let pairs = pairs.map(|item| Value::Tuple(vec![item, Value::None]));
                        let items = merged(pairs.collect()).into_iter();
                        let items = items.filter_map(|pair| match pair {
                            Value::Tuple(mut pair) => Some(pair.swap_remove(0)),
                            _ => None,
                        });
                        streamed = items.collect();
                    }
                    Value::Object(object) if !object.pairs.is_empty() => {
                        let mut pairs = streamed;
                        let mut items = Vec::new();
                        for item in &object.items {
                            let same = |it: &Value| describe(it) == describe(item);
                            items.extend(pairs.iter().position(same).map(|at| pairs.remove(at)));
                        }
                        streamed = [items, merged(pairs)].concat();
                    }
                    _ => {}
                }
                let mut both = [described(&streamed), described(&items(target))];
                if let Value::Object(_) = target {
                    // Which of items and pairs came first, it does not tell.
                    both.iter_mut().for_each(|records| records.sort());
                }
                assert_eq!(both[0], both[1], "{}", say());
            }
            (None, Err(error)) => {
                assert!(
                    matches!(error.kind(), ErrorKind::NotFound(_)),
                    "{error}: {}",
                    say()
                );
            }
            (target, streamed) => panic!("{}: {streamed:?}, not {target:?}", say()),
        }
    }
    let read: pickle::Result<Value> = pickle::from_reader(Cursor::new(pickle), &options(path));
    assert_eq!(
        read.ok().as_ref().map(describe),
        found.map(describe),
        "{}",
        say()
    );
}

/// In the whole the later value counts; in parts both come, as those of a dict do.
#[test]
fn a_key_that_an_object_has_twice() {
    let pickle = b"cm\nf\n)R(K\x01\x8c\x01a\x8a\x01\x01\x8c\x01bu.";
    let whole = whole(pickle).unwrap();
    check(pickle, &whole, &Path::default());
    assert_eq!(items(&whole).len(), 1);
}

#[test]
fn every_part_of_a_golden_file_is_found() {
    for (path, pickle) in goldens() {
        let Ok(whole) = whole(&pickle) else {
            continue;
        };
        // Large files have thousands of parts alike.
        let all = paths(&whole, 4);
        let every = 1 + all.len() / 40;
        for steps in all.into_iter().step_by(every) {
            check(&pickle, &whole, &Path::from(steps));
        }
        for nowhere in ["[9999999]", "nowhere", "[0].nowhere", "[0][0][0][0][0][0]"] {
            let nowhere: Path = nowhere.parse().unwrap();
            if nowhere.find(&whole).is_none() {
                check(&pickle, &whole, &nowhere);
            }
        }
        let piped = PickleRecords::from_pipe_with(&pickle[..], &options(&Path::default()));
        let piped: Vec<Value> = piped.collect::<Result<_, _>>().unwrap();
        assert_eq!(described(&piped), described(&items(&whole)), "{path:?}");
    }
}

const PATHS: &str = "tests/golden/path";

/// Compares the files of a folder with what Python says of them.
fn check_folder(folder: &std::path::Path) {
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "pkl") {
            continue;
        }
        let pickle = std::fs::read(&file).unwrap();
        for line in std::fs::read_to_string(file.with_extension("txt"))
            .unwrap()
            .lines()
        {
            let (path, expected) = line.split_once('\t').unwrap();
            let mut options = ReadOptions::default();
            options.records.path = path.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
            let input = BufReader::with_capacity(16, Cursor::new(&pickle));
            let found = pickle::from_reader::<_, Value>(input, &options);
            let found = found.unwrap_or_else(|e| panic!("{file:?} {path}: {e}"));
            assert_eq!(describe(&found), expected, "{file:?} {path}");
            let records = records(&pickle, &options.records.path, 64).unwrap();
            assert_eq!(
                described(&records),
                described(&items(&found)),
                "{file:?} {path}"
            );
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared} paths in {folder:?}");
}

#[test]
fn committed_pickles_have_at_each_path_what_python_finds_there() {
    check_folder(std::path::Path::new(PATHS));
}

#[test]
fn random_pickles_of_every_python_have_at_each_path_what_it_finds_there() {
    for python in pythons() {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new(&python)
            .args(["-B", &format!("{PATHS}/make.py")])
            .arg(folder.path())
            .args(["7", "12"])
            .status();
        assert!(done.unwrap().success(), "{python:?}");
        check_folder(folder.path());
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        "[abk]".prop_map(Step::Name),
        (0..4_i128).prop_map(Step::Index),
        Just(Step::Bytes(b"a".to_vec())),
        Just(Step::None),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_program_gives_what_is_there_in_the_whole(
        numbers in prop::collection::vec(any::<u8>(), 0..160),
        numbered in any::<bool>(),
        steps in prop::collection::vec(step(), 0..4),
        choice in any::<prop::sample::Index>(),
    ) {
        let pickle = program(&numbers, numbered);
        let path = Path::from(steps);
        match whole(&pickle) {
            Ok(whole) => {
                check(&pickle, &whole, &path);
                let all = paths(&whole, 5);
                for steps in all.iter().skip(choice.index(all.len())).take(8) {
                    check(&pickle, &whole, &Path::from(steps.clone()));
                }
            }
            // It contains itself, or is malformed: whatever comes, it comes.
            Err(_) => drop(records(&pickle, &path, 64)),
        }
    }

    #[test]
    fn any_bytes_do_no_harm(
        mut pickle in prop::collection::vec(any::<u8>(), 0..60),
        steps in prop::collection::vec(step(), 0..4),
    ) {
        pickle.push(b'.');
        drop(records(&pickle, &Path::from(steps), 16));
    }
}

fn written(value: &Value, protocol: u8) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    options.memo = WriteMemo::CpythonInterned;
    let mut out = Vec::new();
    pickle::to_writer(&mut out, value, &options).unwrap();
    out
}

fn text(text: impl Into<String>) -> Value {
    Value::Str(text.into())
}

/// Long enough for many batches, with keys that the memo has from before.
fn many_rows() -> Value {
    let row = |number: i128| {
        Value::Dict(vec![
            (text("name"), text(format!("row {number}"))),
            (text("value"), Value::Float(number as f64 / 7.0)),
        ])
    };
    Value::Dict(vec![
        (text("head"), row(-1)),
        (text("rows"), Value::List((0..5000).map(row).collect())),
        (
            text("by number"),
            Value::Dict((0..5000).map(|n| (Value::Int(n), row(n))).collect()),
        ),
        (
            text("names"),
            Value::Set((0..5000).map(Value::Int).collect()),
        ),
        (text("pairs"), Value::Tuple((0..9000).map(row).collect())),
        (text("tail"), row(-2)),
    ])
}

#[test]
fn long_parts_come_batch_by_batch() {
    let whole = many_rows();
    for protocol in [0, 1, 2, 3, 4, 5] {
        let pickle = written(&whole, protocol);
        for path in [
            "",
            "head",
            "rows",
            "['by number']",
            "names",
            "pairs",
            "tail",
            "rows[4999]",
            "['by number'][4999].name",
            "pairs[8999]",
            "pairs[4500].value",
        ] {
            let path: Path = path.parse().unwrap();
            let target = path.find(&whole).unwrap();
            let found = records(&pickle, &path, 4096).unwrap_or_else(|e| panic!("{path}: {e}"));
            assert!(found == items(target), "protocol {protocol}: {path}");
        }
    }
}

#[test]
fn several_pickles_give_their_parts_in_turn() {
    let one = |items: &[i128]| {
        let items = items.iter().copied().map(Value::Int).collect();
        written(&Value::Dict(vec![(text("a"), Value::List(items))]), 4)
    };
    let both = [one(&[1, 2]), one(&[3])].concat();
    let path: Path = "a".parse().unwrap();
    let ints = |ints: &[i128]| ints.iter().copied().map(Value::Int).collect::<Vec<_>>();
    assert_eq!(records(&both, &path, 64).unwrap(), ints(&[1, 2, 3]));
    let read: pickle::Result<Value> = pickle::from_reader(Cursor::new(&both), &options(&path));
    assert!(matches!(read.unwrap_err().kind(), ErrorKind::Trailing(_)));

    let without = [one(&[1, 2]), written(&Value::Dict(vec![]), 4)].concat();
    let mut found =
        PickleRecords::<_, Value>::with_options(Cursor::new(&without), &options(&path)).unwrap();
    assert_eq!(
        found
            .by_ref()
            .take(2)
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
        ints(&[1, 2])
    );
    assert_eq!(
        found.next().unwrap().unwrap_err().to_string(),
        "there is nothing at a in the pickle at byte 27: the root is a dict without keys"
    );
    assert!(found.next().is_none());
}

#[test]
fn a_path_to_nothing_says_what_is_there() {
    let whole = Value::Dict(vec![
        (
            text("users"),
            Value::List(vec![
                Value::None,
                Value::Dict(vec![
                    (text("name"), text("x")),
                    (text("events"), Value::Tuple(vec![Value::Int(1)])),
                    (Value::Int(3), Value::Float(0.5)),
                ]),
            ]),
        ),
        (
            text("many"),
            Value::Dict(
                (0..2000)
                    .map(|n| (text(format!("key {n}")), Value::None))
                    .collect(),
            ),
        ),
        (text("none"), Value::List(vec![])),
    ]);
    for (path, says) in [
        (
            "user",
            "there is nothing at user: the root is a dict with 3 keys: 'users', 'many', 'none'; did you mean users?",
        ),
        (
            "users[2].name",
            "there is nothing at users[2].name: users is a list of 2 items, [0] to [1]",
        ),
        (
            "users.name",
            "there is nothing at users.name: users is a list of 2 items, [0] to [1]",
        ),
        (
            "users[-1]",
            "there is nothing at users[-1]: users is a list of 2 items, [0] to [1]",
        ),
        (
            "users[1].event[0]",
            "there is nothing at users[1].event[0]: users[1] is a dict with 3 keys: 'name', 'events', 3; did you mean users[1].events?",
        ),
        (
            "users[1]['3']",
            "there is nothing at users[1]['3']: users[1] is a dict with 3 keys: 'name', 'events', 3; did you mean users[1][3]?",
        ),
        (
            "users[1].events[1]",
            "there is nothing at users[1].events[1]: users[1].events is a tuple of one item, [0]",
        ),
        (
            "users[1].name.x",
            "there is nothing at users[1].name.x: users[1].name is of type str, in which a path leads nowhere",
        ),
        (
            "none[0]",
            "there is nothing at none[0]: none is a list without items",
        ),
        (
            "many['key 1999x']",
            "there is nothing at many['key 1999x']: many is a dict with 2,000 keys: 'key 0', 'key 1', 'key 2', 'key 3', 'key 4', 'key 5', 'key 6', 'key 7', …; did you mean many['key 1999']?",
        ),
    ] {
        for protocol in [0, 2, 4] {
            let error =
                records(&written(&whole, protocol), &path.parse().unwrap(), 100).unwrap_err();
            assert_eq!(error.to_string(), says);
        }
    }
}

#[test]
fn a_path_needs_an_input_that_can_seek() {
    let path: Path = "a".parse().unwrap();
    let pickle = written(&Value::Dict(vec![(text("a"), Value::None)]), 4);
    let mut piped = PickleRecords::<_, Value>::from_pipe_with(&pickle[..], &options(&path));
    let error = piped.next().unwrap().unwrap_err().to_string();
    assert!(
        error.contains("save what comes from a pipe first"),
        "{error}"
    );
}

/// What lies beside the part is passed over, whatever it is.
#[test]
fn what_is_refused_elsewhere_does_no_harm() {
    let pickle = b"}(\x8c\x01xcos\nsystem\n\x8c\x02ls\x85R\x8c\x01a](K\x01K\x02eu.";
    let path: Path = "a".parse().unwrap();
    assert_eq!(
        records(pickle, &path, 64).unwrap(),
        [Value::Int(1), Value::Int(2)]
    );
    assert!(pickle::from_slice::<Value>(pickle).is_err());
    let mut options = options(&"x".parse().unwrap());
    options.objects = Objects::Refuse;
    let error = PickleRecords::<_, Value>::with_options(Cursor::new(pickle), &options);
    let error = error.unwrap().next().unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{error}");
}
