//! `picklebench sizeof --tree`, `--types` and what else tells of parts: which of
//! them takes how much, in bounded memory.

use std::fs;
use std::io::Write;

use crate::command::{folder_with, json_of, run, run_within, stderr, stdout};
use picklestream::path::Path;
use serde_json::Value;
use tempfile::TempDir;

fn text(text: &str) -> Vec<u8> {
    let len = text.len() as u32;
    [b"X", &len.to_le_bytes()[..], text.as_bytes()].concat()
}

/// `{'config': {'a': 1000}, 'cache': [[17.0, …], …], 'a key': b'x…'}`: 2,000 lists of
/// 20 floats, the 18th with 2,000, and 500,000 bytes.
fn which_part() -> Vec<u8> {
    let float = b"G@1\0\0\0\0\0\0";
    let mut pickle = b"\x80\x02}(".to_vec();
    pickle.extend(
        [
            text("config"),
            b"}".to_vec(),
            text("a"),
            b"M\xe8\x03s".to_vec(),
        ]
        .concat(),
    );
    pickle.extend([text("cache"), b"](".to_vec()].concat());
    for number in 0..2000 {
        let floats = if number == 17 { 2000 } else { 20 };
        pickle.extend([b"](".to_vec(), float.repeat(floats), b"e".to_vec()].concat());
    }
    pickle.extend([b"e".to_vec(), text("a key"), b"B\x20\xa1\x07\0".to_vec()].concat());
    pickle.extend(vec![b'x'; 500_000]);
    pickle.extend(b"u.");
    pickle
}

fn lines(table: &str) -> Vec<String> {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    table.lines().map(line).collect()
}

#[test]
fn the_tree_says_which_part_takes_how_much() {
    let folder = folder_with(&[("a.pkl", &which_part())]);
    let table = stdout(&run(&folder, &["sizeof", "--tree", "--file", "a.pkl"]));
    let lines = lines(&table);
    let place = |line: &str| {
        let found = lines.iter().position(|found| found.contains(line));
        found.unwrap_or_else(|| panic!("{line}: {table}"))
    };
    let cache = place("74.6 cache list");
    assert!(
        cache < place("25.4 ['a key'] bytes"),
        "the largest first: {table}"
    );
    place("cache[…] 1,999 × list, 696 B each");
    place("cache[…][…] 39,980 × float, 24 B each");
    place("3.2 cache[17] list");
    place("cache[17][…] 2,000 × float, 24 B each");
    place("smaller parts");
    place("JSON text");
    // Fewer levels, another version.
    let shallow = [
        "sizeof", "--tree", "--depth", "1", "--file", "a.pkl", "--python", "2.7",
    ];
    let shallow = stdout(&run(&folder, &shallow));
    assert!(shallow.trim_start().starts_with("2.7 "), "{shallow}");
    assert!(!shallow.contains("cache["), "{shallow}");
    // Of a literal too.
    let table = stdout(&run(&folder, &["sizeof", "--tree", "{'a': [1000, 'bc']}"]));
    assert!(table.contains("a[1]"), "{table}");
    // It says nothing without a question.
    let output = run(&folder, &["sizeof", "[1]", "--python", "3.11"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--tree"), "{}", stderr(&output));
}

#[test]
fn types_are_told_with_counts_and_add_up() {
    let folder = folder_with(&[("a.pkl", &which_part())]);
    let table = stdout(&run(&folder, &["sizeof", "--types", "--file", "a.pkl"]));
    let lines = lines(&table);
    for start in ["type objects 2.7", "float 41,980 ", "list 2,001 ", "total "] {
        assert!(
            lines.iter().any(|line| line.starts_with(start)),
            "{start}: {table}"
        );
    }
    let told = json_of(&run(&folder, &["sizeof", "--json", "--file", "a.pkl"]));
    for build in ["cpython-2.7", "cpython-3.8", "cpython-3.14"] {
        let types = told["types"].as_array().unwrap().iter();
        let sum: u64 = types.map(|one| one["bytes"][build].as_u64().unwrap()).sum();
        let elsewhere = told["elsewhere_bytes"][build].as_u64().unwrap();
        assert_eq!(sum + elsewhere, told["total_bytes"][build], "{build}");
        assert_eq!(told["tree"]["total_bytes"][build], sum, "{build}");
    }
}

#[test]
fn json_has_all_of_it_and_paths_that_can_be_typed() {
    let folder = folder_with(&[("a.pkl", &which_part())]);
    let told = json_of(&run(&folder, &["sizeof", "--json", "--file", "a.pkl"]));
    assert_eq!(told["at_least"], false);
    let cache = &told["tree"]["parts"][0];
    assert_eq!(cache["path"], "cache");
    let large = cache["parts"].as_array().unwrap().iter();
    let large = large.clone().find(|part| part["path"] == "cache[17]");
    assert_eq!(large.unwrap()["count"], 1);
    assert_eq!(cache["parts"][0]["path"], Value::Null);
    assert_eq!(cache["parts"][0]["shown_path"], "cache[…]");
    // Exactly as `convert --path` and others read them.
    fn check(part: &Value) {
        if let Some(path) = part["path"].as_str() {
            assert_eq!(path.parse::<Path>().unwrap().to_string(), path);
        }
        part["parts"].as_array().unwrap().iter().for_each(check);
    }
    check(&told["tree"]);
    let forms = told["other_forms"].as_array().unwrap();
    let names: Vec<&str> = forms
        .iter()
        .map(|form| form["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["numpy", "arrow", "rust", "json"]);
    // 41,980 floats of 8 bytes, 2,000 arrays of 112; and the rest of the objects.
    let bytes = |form: &Value| form["bytes"]["cpython-3.12"].as_u64().unwrap();
    let total = told["total_bytes"]["cpython-3.12"].as_u64().unwrap();
    let lists = 1999 * 696 + (56 + 8 * 2000 + 24 * 2000);
    assert!((total - lists + 41_980 * 8 + 2000 * 112).abs_diff(bytes(&forms[0])) < 3000);
    let advice = told["advice"].to_string();
    assert!(advice.contains("numpy"), "{advice}");
    // It is for the newest, and 3.8 has a smaller interpreter.
    assert!(!advice.contains("load it with Python"), "{advice}");
}

/// What cannot be sized is said beside the total, in text and in JSON.
#[test]
fn figures_of_what_is_unknown_are_lower_bounds() {
    // Made with an argument: nothing shows what it is.
    let pickle =
        b"\x80\x02](cmine\nThing\nK\x05\x85\x81}X\x01\0\0\0aG@1\0\0\0\0\0\0sbcmine\nThing\nK\x05\x85\x81e.";
    let folder = folder_with(&[("a.pkl", pickle)]);
    let told = json_of(&run(&folder, &["sizeof", "--json", "--file", "a.pkl"]));
    assert_eq!(told["at_least"], true);
    assert_eq!(told["unknown"][0]["count"], 2);
    let tree = stdout(&run(&folder, &["sizeof", "--tree", "--file", "a.pkl"]));
    assert!(
        tree.contains("mine.Thing") && tree.contains("at least"),
        "{tree}"
    );
    // An object has under its own name what its state has.
    assert!(tree.contains("[…].a"), "{tree}");
}

fn one_of(folder: &TempDir, pickle: &[u8], limit: &str) -> (Option<i32>, String) {
    fs::write(folder.path().join("a.pkl"), pickle).unwrap();
    let arguments = ["sizeof", "--tree", "--types", "--file", "a.pkl"];
    let output = run_within(folder, limit, &arguments);
    let told = stdout(&output);
    assert!(told.lines().count() < 350, "{told}");
    (output.status.code(), told + &stderr(&output))
}

/// However many classes, keys and shapes there are, and however they are nested.
#[test]
#[cfg(target_os = "linux")]
fn many_of_everything_take_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let limit = "ulimit -v 131072";
    let mut classes = b"](".to_vec();
    for number in 0..400_000 {
        classes.extend(format!("cm\nC{number}\n)").as_bytes());
        classes.push(0x81);
        if number % 1000 == 999 {
            classes.extend(b"e(");
        }
    }
    classes.extend(b"e.");
    let (code, told) = one_of(&folder, &classes, limit);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("others"), "{told}");
    // A dict of dicts with no key in common, 64 lists deep at times.
    let mut shapes = b"}(".to_vec();
    for number in 0..200_000 {
        if number % 1000 == 999 {
            shapes.extend(b"u(");
        }
        shapes.extend(text(&format!("key {number}")));
        shapes.extend(b"}(");
        for part in 0..3 {
            shapes.extend(text(&format!("inner {number} {part}")));
            shapes.extend(b"](G@1\0\0\0\0\0\0e");
        }
        shapes.push(b'u');
    }
    shapes.extend(b"u.");
    let (code, told) = one_of(&folder, &shapes, limit);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("200,000 × dict"), "{told}");
    assert!(told.contains("600,000 × list"), "{told}");
    // Cut short: what was counted so far.
    let (code, told) = one_of(&folder, &shapes[..shapes.len() / 2], limit);
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("at least") && told.contains("is the file cut short?"),
        "{told}"
    );
    // Nested, and within itself.
    let nested = [b"](".repeat(100_000), b"e".repeat(100_000), b".".to_vec()].concat();
    assert_eq!(one_of(&folder, &nested, "ulimit -v 524288").0, Some(0));
    assert_eq!(one_of(&folder, b"]q\0(h\0h\0e.", limit).0, Some(0));
    assert_eq!(
        one_of(&folder, b"}q\0X\x02\0\0\0ab]q\x01h\0as.", limit).0,
        Some(0)
    );
}

/// A million records, and a str that is larger than the memory.
#[test]
#[cfg(target_os = "linux")]
fn neither_many_records_nor_long_items_take_memory() {
    let folder = tempfile::tempdir().unwrap();
    let limit = "ulimit -v 65536";
    run(
        &folder,
        &["generate", "pickle/cpython-4", "-n", "1e6", "-o", "a.pkl"],
    );
    let arguments = ["sizeof", "--tree", "--file", "a.pkl"];
    let output = run_within(&folder, limit, &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("1,000,000 × tuple"),
        "{}",
        stdout(&output)
    );
    for (opcode, what) in [(b'X', "str"), (b'B', "bytes")] {
        let path = folder.path().join("a.pkl");
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(&[b"\x80\x03", &[opcode][..], &300_000_000_u32.to_le_bytes()].concat())
            .unwrap();
        // A hole in the file: so many NULs.
        file.set_len(7 + 300_000_000).unwrap();
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b".").unwrap();
        drop(file);
        let output = run_within(&folder, limit, &["sizeof", "--json", "--file", "a.pkl"]);
        let told = json_of(&output);
        assert_eq!(told["type"], what);
        let beside = if opcode == b'X' { 41 } else { 33 };
        assert_eq!(told["total_bytes"]["cpython-3.12"], 300_000_000 + beside);
    }
}

/// What `--fits` says would take less, of pickles that each have one thing to mend.
#[test]
fn what_does_not_fit_is_told_the_way_out_that_its_figures_support() {
    let float = b"G@1\0\0\0\0\0\0";
    let list = |items: Vec<u8>| [b"\x80\x02](".to_vec(), items, b"e.".to_vec()].concat();
    let dict = [
        b"}(".to_vec(),
        text("ab"),
        float.to_vec(),
        text("cd"),
        float.to_vec(),
        b"u".to_vec(),
    ];
    let equal = [text("the very same text"), b"q\x01".to_vec()].concat();
    let different = (0..50_000).flat_map(|number| text(&format!("text number {number}")));
    for (pickle, says) in [
        (
            list(float.repeat(100_000)),
            "hold its columns of numbers and str in numpy arrays",
        ),
        (
            list(dict.concat().repeat(20_000)),
            "make its 20,000 like dicts tuples",
        ),
        (
            list(equal.repeat(100_000)),
            "99,999 are equal to another one",
        ),
        (list(different.collect()), "read its records one at a time"),
    ] {
        let folder = folder_with(&[("a.pkl", &pickle)]);
        let arguments = [
            "sizeof", "--file", "a.pkl", "--fits", "12MiB", "--python", "3.12",
        ];
        let output = run(&folder, &arguments);
        assert_eq!(output.status.code(), Some(1), "{says}");
        let told = stdout(&output);
        assert!(told.contains(says), "{says}: {told}");
        // Nothing that it does not support.
        for other in ["like dicts tuples", "equal to another one"] {
            assert!(
                says.contains(other) || !told.contains(other) || says.contains("dicts"),
                "{told}"
            );
        }
    }
}
