//! `picklebench sizeof`: how many bytes a value takes, whatever it is.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::command::{folder_with, json_of, picklebench, run, run_within, stderr, stdout};
use pysizeof::{Build, Memory};
use serde_json::{Value, json};

/// What `--json` prints for a pickle.
fn sizeof_pickle(pickle: &[u8], options: &[&str]) -> Value {
    let folder = folder_with(&[("a.pkl", pickle)]);
    let arguments = [&["sizeof", "--json", "--file", "a.pkl"], options].concat();
    let output = run(&folder, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    json_of(&output)
}

const EIGHTY_ONE_DIGITS: &str =
    "102947298469128649161972364837164102947298469128649161972364837164102947298469128";

/// The twelve objects of `show_sizeof`, and their sizes: 2.7 on Windows as the
/// tutorial has them, the others measured.
#[test]
fn the_objects_of_the_tutorial() {
    let eels = "'My hovercraft is full of eels'";
    for (literal, bytes) in [
        ("None", [16, 16, 16, 16, 16, 16]),
        ("3", [24, 24, 28, 28, 28, 28]),
        ("2.5", [24, 24, 24, 24, 24, 24]),
        ("9223372036854775808", [36, 36, 36, 36, 36, 36]),
        (
            "102947298469128649161972364837164",
            [40, 40, 40, 40, 40, 40],
        ),
        (EIGHTY_ONE_DIGITS, [60, 60, 60, 60, 60, 60]),
        ("''", [37, 33, 49, 49, 41, 41]),
        (eels, [66, 62, 78, 78, 70, 70]),
        ("[]", [72, 64, 56, 56, 56, 56]),
        ("[4, 'toaster', 230.1]", [96, 88, 80, 88, 88, 88]),
        ("{}", [280, 272, 64, 64, 64, 64]),
        ("{'a': 35, 'b': 36}", [280, 272, 232, 184, 184, 184]),
        ("('a', 35)", [72, 64, 56, 56, 56, 64]),
        ("'a'", [38, 34, 50, 50, 42, 42]),
        ("0", [24, 24, 24, 28, 28, 28]),
    ] {
        let sizing = pysizeof::of_literal(literal, Memory::Requested).unwrap();
        let told = Build::ALL.map(|build| sizing.root().bytes().of(build));
        assert_eq!(told, bytes, "{literal}");
    }
}

#[test]
fn json_is_as_the_contract_says() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["sizeof", "--json", "[4, 'toaster', 230.1]"]);
    let told = json_of(&output);
    assert_eq!(told["type"], "list");
    assert_eq!(told["repr"], "[4, 'toaster', 230.1]");
    let value = size_of::<picklestream::value::Value>();
    let bytes = json!({
        "cpython-2.7": 96, "cpython-2.7-windows": 88, "cpython-3.8": 80, "cpython-3.11": 88,
        "cpython-3.12": 88, "cpython-3.14": 88, "rust": value,
    });
    assert_eq!(told["bytes"], bytes);
    let total = json!({
        "cpython-2.7": 188, "cpython-2.7-windows": 176, "cpython-3.8": 188,
        "cpython-3.11": 196, "cpython-3.12": 188, "cpython-3.14": 188, "rust": 4 * value + 7,
    });
    assert_eq!(told["total_bytes"], total);
    let children = told["children"].as_array().unwrap();
    let types: Vec<&Value> = children.iter().map(|child| &child["type"]).collect();
    assert_eq!(types, ["int", "str", "float"]);
    assert_eq!(children[1]["bytes"]["cpython-3.12"], 48);
    assert_eq!(told["made"], "compiled");
}

#[test]
fn a_table_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let table = stdout(&run(&folder, &["sizeof", "[(0.5, 'x', 3), 3]"]));
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "list 88 80 72 72 72 72 32 [(0.5, 'x', 3), 3]",
        "tuple 80 72 64 64 64 72 32 (0.5, 'x', 3)",
        "float 24 24 24 24 24 24 32 0.5",
        "int 24 24 28 28 28 28 32 3 (counted above)",
        "total 254 234 238 238 230 238 193 each object once",
        "a literal as CPython compiles it; sys.getsizeof",
    ] {
        assert!(lines.iter().any(|found| found == line), "{line}: {table}");
    }
    let table = stdout(&run(
        &folder,
        &["sizeof", "--depth", "1", "[(0.5, 'x', 3), 3]"],
    ));
    assert!(
        table.contains("  tuple") && !table.contains("float"),
        "{table}"
    );
    let records = stdout(&run(&folder, &["sizeof", "[(0.5, 'x', 3)]"]));
    let total = records
        .lines()
        .find(|line| line.starts_with("total"))
        .unwrap();
    // The vector, the tuple, one byte of text.
    assert!(total.contains(" 65  each"), "{records}");
}

#[test]
fn a_pickle_is_counted_as_it_is_built() {
    // pickle.dumps(['a'] + [1.5] * 2, 4) with the float made twice.
    let told = sizeof_pickle(
        b"\x80\x04](K\x01G?\xf8\0\0\0\0\0\0G?\xf8\0\0\0\0\0\0e.",
        &[],
    );
    assert_eq!(told["made"], "unpickled");
    // Appending leaves room: 3 items in 8 slots, or in 6 by the old rule.
    assert_eq!(told["bytes"]["cpython-3.11"], 56 + 8 * 8);
    assert_eq!(told["bytes"]["cpython-3.8"], 56 + 8 * 6);
    assert_eq!(told["total_bytes"]["cpython-3.11"], 120 + 28 + 24 + 24);
    // One more str, fetched from the memo: counted once, marked.
    let told = sizeof_pickle(b"](X\x02\0\0\0abq\x01h\x01h\x01e.", &[]);
    assert_eq!(told["total_bytes"]["cpython-3.11"], 120 + 51);
    let before: Vec<&Value> = told["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| &child["counted_before"])
        .collect();
    assert_eq!(before, [&json!(false), &json!(true), &json!(true)]);
    // An object that many batches share is still one.
    let mut pickle = b"](X\x02\0\0\0abq\x01e".to_vec();
    pickle.extend(b"(h\x01h\x01e".repeat(5000));
    pickle.push(b'.');
    let told = sizeof_pickle(&pickle, &["--depth", "0"]);
    assert_eq!(told["parts"], 10_001);
    let list = told["bytes"]["cpython-3.12"].as_u64().unwrap();
    assert_eq!(told["total_bytes"]["cpython-3.12"], list + 43);
}

#[test]
fn standard_input_is_a_literal_or_a_pickle() {
    let folder = tempfile::tempdir().unwrap();
    for (input, made) in [
        (&b"[1, 2]\n"[..], "compiled"),
        (b"](K\x01K\x02e.", "unpickled"),
    ] {
        let mut child = picklebench(&folder)
            .args(["sizeof", "-", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let told = json_of(&child.wait_with_output().unwrap());
        assert_eq!((&told["made"], &told["parts"]), (&json!(made), &json!(2)));
    }
    fs::write(folder.path().join("a.txt"), "{'a': 1}\n").unwrap();
    let told = json_of(&run(&folder, &["sizeof", "--json", "--file", "a.txt"]));
    assert_eq!(told["type"], "dict");
}

#[test]
fn the_caret_is_under_the_column() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["sizeof", "[1, 2; 3]"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    assert_eq!(
        stderr(&output),
        "error: cannot read this literal: line 1, column 6: expected ',' or ']', found ';'\n  \
         [1, 2; 3]\n       ^\n"
    );
    for (literal, says) in [
        ("", "expected a value"),
        ("[1", "line 1, column 3"),
        ("x", "found the name 'x'"),
        ("{[]: 1}", "unhashable type: 'list'"),
        ("{1, {2}}", "unhashable type: 'set'"),
    ] {
        let output = run(&folder, &["sizeof", literal]);
        assert_eq!(output.status.code(), Some(2), "{literal}");
        assert!(
            stderr(&output).contains(says),
            "{says}: {}",
            stderr(&output)
        );
    }
    let deep = "[".repeat(100_000);
    let output = run(&folder, &["sizeof", &deep]);
    assert!(
        stderr(&output).contains("nested deeper"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_would_run_code_is_listed_as_unknown_and_its_parts_are_counted() {
    // [decimal.Decimal(b'…'), 'ab', os.system]
    let pickle = b"](cdecimal\nDecimal\nq\0C\x04\x07\xe8\x01\x01\x85Rh\0C\x04\x07\xe8\x01\x02\x85R\
        X\x02\0\0\0abcos\nsystem\ne.";
    let folder = folder_with(&[("a.pkl", pickle)]);
    let told = sizeof_pickle(pickle, &[]);
    assert_eq!(told, sizeof_pickle(pickle, &["--allow-opaque"]));
    assert_eq!(told["at_least"], true);
    assert_eq!(
        told["unknown"],
        json!([{"name": "decimal.Decimal", "count": 2}, {"name": "os.system", "count": 1}])
    );
    // The list of 4 in 8 slots, two tuples of one bytes object of 4 each, the str.
    assert_eq!(
        told["total_bytes"]["cpython-3.11"],
        120 + 2 * (48 + 37) + 51
    );
    assert_eq!(told["total_bytes"]["rust"], Value::Null);
    let table = stdout(&run(&folder, &["sizeof", "--file", "a.pkl"]));
    let line = "unknown, not counted but for its parts: decimal.Decimal (2)";
    assert!(table.lines().any(|found| found == line), "{table}");
    let total = table.lines().find(|line| line.starts_with("total"));
    assert!(total.unwrap().contains("at least"), "{table}");
    let plain = sizeof_pickle(b"](K\x01K\x02e.", &[]);
    assert_eq!(
        (&plain["at_least"], &plain["unknown"]),
        (&json!(false), &json!([]))
    );
}

#[test]
fn the_peak_of_loading_is_told_for_every_python_that_can() {
    let folder = tempfile::tempdir().unwrap();
    for (variant, python_2) in [("pickle/cpython-2", true), ("pickle/cpython-4", false)] {
        run(&folder, &["generate", variant, "-n", "1e5", "-o", "a.pkl"]);
        let output = run(
            &folder,
            &["sizeof", "--file", "a.pkl", "--json", "--depth", "0"],
        );
        let told = json_of(&output);
        for figure in ["kept_bytes", "load_peak_bytes", "dump_extra_bytes"] {
            assert_eq!(told[figure]["cpython-2.7"].is_u64(), python_2, "{variant}");
            assert!(told[figure]["cpython-3.14"].is_u64(), "{variant}");
        }
        let kept = told["kept_bytes"]["cpython-3.12"].as_u64().unwrap();
        let peak = told["load_peak_bytes"]["cpython-3.12"].as_u64().unwrap();
        // The memo: 200,001 objects in 262,144 slots; and a batch on the stack.
        assert_eq!(peak - kept, 8 * 262_144 + 8 * 1_001, "{variant}");
        let table = stdout(&run(&folder, &["sizeof", "--file", "a.pkl"]));
        for row in ["kept", "load peak", "dump extra"] {
            assert!(table.lines().any(|line| line.starts_with(row)), "{table}");
        }
    }
    // A literal is loaded by no unpickler.
    let told = json_of(&run(&folder, &["sizeof", "--json", "[1]"]));
    assert_eq!(told["load_peak_bytes"], Value::Null);
}

#[test]
fn a_pickle_cut_short_is_counted_as_far_as_it_goes() {
    let folder = folder_with(&[("a.pkl", b"](X\x02\0\0\0abe(X\x05\0\0\0abc")]);
    let output = run(&folder, &["sizeof", "--file", "a.pkl", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        (&told["at_least"], &told["cut_short_at"]),
        (&json!(true), &json!(19))
    );
    assert_eq!(told["total_bytes"]["cpython-3.11"], 56 + 8 * 4 + 51);
    let error = stderr(&output);
    assert!(
        error.contains("the input ends at byte 19, before the pickle does: is the file cut short?"),
        "{error}"
    );
    let table = stdout(&run(&folder, &["sizeof", "--file", "a.pkl"]));
    assert!(table.contains("at least"), "{table}");
}

#[test]
fn whether_it_fits_is_an_exit_code_and_a_sentence_for_each_version() {
    let folder = tempfile::tempdir().unwrap();
    run(
        &folder,
        &["generate", "pickle/cpython-4", "-n", "1e5", "-o", "a.pkl"],
    );
    let sizeof = |options: &[&str]| {
        let arguments = [&["sizeof", "--file", "a.pkl", "--fits"], options].concat();
        run(&folder, &arguments)
    };
    let fits = sizeof(&["1GiB"]);
    assert_eq!(fits.status.code(), Some(0), "{}", stdout(&fits));
    for line in [
        "2.7 cannot read it: protocol 4",
        "loads in 3.12: peak 34.7 MiB of 1,024.0 MiB",
    ] {
        assert!(
            stdout(&fits).lines().any(|found| found == line),
            "{}",
            stdout(&fits)
        );
    }
    // Who asks for a version by name wants it to count.
    let asked = sizeof(&["1GiB", "--python", "2.7,3.12"]);
    assert_eq!(asked.status.code(), Some(1), "{}", stdout(&asked));
    let small = sizeof(&["30MiB", "--python", "3.13,3.8"]);
    assert_eq!(small.status.code(), Some(1));
    let told = stdout(&small);
    assert!(told.starts_with("does not load in 3.12: peak "), "{told}");
    assert!(told.contains("does not load in 3.8"), "{told}");
    assert!(told.contains("  read its records one at a time"), "{told}");
    let told = json_of(&sizeof(&["30MiB", "--json"]));
    assert_eq!(told["fits"]["limit_bytes"], 30 << 20);
    assert_eq!(told["fits"]["versions"][5]["python"], "3.14");
    assert_eq!(told["fits"]["versions"][5]["fits"], false);
    // What is unknown does not fit, however much memory there is.
    fs::write(folder.path().join("a.pkl"), b"cos\nsystem\n.").unwrap();
    let unknown = sizeof(&["1GiB"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        stdout(&unknown).contains("may not load in 3.12"),
        "{}",
        stdout(&unknown)
    );
    // Neither a literal nor a version without a column has an answer.
    let literal = run(&folder, &["sizeof", "[1]", "--fits", "1GiB"]);
    assert_eq!(literal.status.code(), Some(2));
    let version = sizeof(&["1GiB", "--python", "3.2"]);
    assert_eq!(version.status.code(), Some(2));
    assert!(
        stderr(&version).contains("3.8, 3.11, 3.12, 3.14 and 3.13"),
        "{}",
        stderr(&version)
    );
}

#[test]
fn what_contains_itself_is_counted_once() {
    for (pickle, total) in [
        // l = []; l.append(l)
        (&b"]q\0h\0a."[..], 88),
        // l = []; t = (l,); l.append(t): as CPython writes t, then l.
        (b"\x80\x02]q\0h\0\x85q\x01a0h\x01.", 88 + 48),
        (b"\x80\x02]q\0h\0\x85q\x01a.", 88 + 48),
        // d = {}; d['ab'] = [d]
        (b"}q\0X\x02\0\0\0ab]q\x01h\0as.", 184 + 51 + 88),
    ] {
        let told = sizeof_pickle(pickle, &[]);
        assert_eq!(told["recursive"], true);
        assert_eq!(told["total_bytes"]["cpython-3.11"], total);
        assert_eq!(told["total_bytes"]["rust"], Value::Null);
    }
    let folder = folder_with(&[("a.pkl", b"]q\0h\0a.")]);
    let table = stdout(&run(&folder, &["sizeof", "--file", "a.pkl"]));
    assert!(table.contains("(itself: counted above)"), "{table}");
    // Twice beside each other is not within itself.
    let told = sizeof_pickle(b"](]q\x01h\x01e.", &[]);
    assert_eq!(told["recursive"], false);
    let told = sizeof_pickle(b"(]q\x01h\x01l.", &[]);
    assert_eq!(told["recursive"], false);
}

#[test]
fn long_lists_are_shown_by_their_first_parts() {
    let folder = tempfile::tempdir().unwrap();
    run(
        &folder,
        &["generate", "pickle/cpython-4", "-n", "2e4", "-o", "a.pkl"],
    );
    let table = stdout(&run(&folder, &["sizeof", "--file", "a.pkl"]));
    assert!(table.lines().count() < 30, "{table}");
    assert!(
        table.lines().any(|line| line.ends_with("19,997 more")),
        "{table}"
    );
    // Protocol 0 appends one by one.
    run(
        &folder,
        &["generate", "pickle/cpython-0", "-n", "2e4", "-o", "b.pkl"],
    );
    let table = stdout(&run(&folder, &["sizeof", "--file", "b.pkl"]));
    assert!(
        table.lines().any(|line| line.ends_with("19,997 more")),
        "{table}"
    );
}

#[test]
fn hostile_pickles_end_in_an_error_or_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let nested = |open: &[u8], close: &[u8]| {
        [open.repeat(200_000), close.repeat(199_999), b".".to_vec()].concat()
    };
    for (pickle, code) in [
        (nested(b"]", b"a"), 0),
        (
            [b"](".repeat(200_000), b"e".repeat(200_000), b".".to_vec()].concat(),
            0,
        ),
        ([b"(".repeat(2_000_000), b".".to_vec()].concat(), 2),
        ([b"N".repeat(2_000_000), b".".to_vec()].concat(), 2),
        (
            [b"]".to_vec(), b"2".repeat(2_000_000), b".".to_vec()].concat(),
            2,
        ),
        // Doubled by the memo: 2^70 lists in Rust, 71 in Python.
        (
            [b"]q\0".to_vec(), b"0(h\0h\0lq\0".repeat(70), b".".to_vec()].concat(),
            0,
        ),
        (b"\x8b\xff\xff\xff\x7f".to_vec(), 2),
        (b"B\xff\xff\xff\xffabc".to_vec(), 2),
        (b"cbuiltins\nset\ncbuiltins\nset\n\x85\x85R.".to_vec(), 2),
        (b"h\0.".to_vec(), 2),
        (b"K\x01a.".to_vec(), 2),
        (b"](K\x01u.".to_vec(), 2),
        (b"K\x01.K\x02.".to_vec(), 2),
        (b"cbuiltins\nset\n.".to_vec(), 2),
        (b"".to_vec(), 2),
    ] {
        fs::write(folder.path().join("a.pkl"), &pickle).unwrap();
        let arguments = ["sizeof", "--allow-opaque", "--file", "a.pkl"];
        let output = run_within(&folder, "ulimit -v 1048576", &arguments);
        let start = String::from_utf8_lossy(&pickle[..pickle.len().min(20)]).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{start:?}: {}",
            stderr(&output)
        );
        assert!(stdout(&output).lines().count() < 300, "{start:?}");
    }
}

#[test]
#[cfg(unix)]
fn paths_need_not_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"a\xff.pkl");
    fs::write(folder.path().join(name), b"](K\x01e.").unwrap();
    let output = picklebench(&folder)
        .args(["sizeof", "--file"])
        .arg(name)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    fs::write(folder.path().join(name), b"](K\x01").unwrap();
    let output = picklebench(&folder)
        .args(["sizeof", "--file"])
        .arg(name)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("cannot read a\u{FFFD}.pkl to its end"),
        "{}",
        stderr(&output)
    );
    // As a literal it is wrong usage.
    let output = picklebench(&folder)
        .arg("sizeof")
        .arg(name)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
#[cfg(target_os = "linux")]
fn a_million_records_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for variant in ["pickle/cpython-0", "pickle/cpython-2", "pickle/cpython-4"] {
        run(&folder, &["generate", variant, "-n", "1e6", "-o", "a.pkl"]);
        let arguments = ["sizeof", "--file", "a.pkl", "--json", "--allocated"];
        let output = run_within(&folder, "ulimit -v 49152", &arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        let told = json_of(&output);
        assert_eq!(told["parts"], 1_000_000, "{variant}");
        assert_eq!(told["children"].as_array().unwrap().len(), 10);
        // 222.1 MiB were measured with 3.11, 221.1 with 3.14.
        for (build, mib) in [("cpython-3.11", 222.1), ("cpython-3.14", 221.1)] {
            let bytes = told["total_bytes"][build].as_f64().unwrap();
            let ratio = bytes / (mib * 1024.0 * 1024.0);
            assert!((0.98..1.02).contains(&ratio), "{variant} {build}: {ratio}");
        }
        let record = told["total_bytes"]["rust-record"].as_u64().unwrap();
        assert_eq!(record, 24 + 1_000_000 * (40 + 20), "{variant}");
    }
}

/// A limit that has no flag here can only be named: `convert` has flags for the
/// limits, these two commands have none.
#[test]
fn no_message_about_a_limit_names_a_flag_that_is_not_there() {
    let long_int = [b"L".as_slice(), &[b'1'; 100_001], b"L\n."].concat();
    let folder = folder_with(&[
        ("item_bytes", b"\x80\x04\x8d\0\0\0\0\0\x01\0\0x"),
        ("integer_digits", &long_int),
        ("line_bytes", b"V"),
    ]);
    // The rest is a hole in the file: a shorter one is said to be cut short.
    for (name, bytes) in [("item_bytes", 256 << 20), ("line_bytes", 64 << 20)] {
        let path = folder.path().join(name);
        let file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.set_len(bytes + 16).unwrap();
    }
    for limit in ["item_bytes", "integer_digits", "line_bytes"] {
        for command in [vec!["sizeof", "--file", limit], vec!["inspect", limit]] {
            let output = run(&folder, &command);
            let message = stderr(&output);
            if command[0] == "sizeof" {
                assert_eq!(output.status.code(), Some(2), "{message}");
                // Only of an int in digits all has to be there.
                let says = match limit {
                    "integer_digits" => "more than integer_digits = ",
                    _ => "is the file cut short?",
                };
                assert!(message.contains(says), "{message}");
            }
            let help = stdout(&run(&folder, &[command[0], "--help"]));
            for flag in flags(&message) {
                assert!(flags(&help).any(|known| known == flag), "{flag}: {message}");
            }
        }
    }
}

/// The flags that a text names, such as `--depth`.
fn flags(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    text.split(ends)
        .filter(|word| word.len() > 2 && word.starts_with("--"))
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(&folder, &["sizeof", "--help"]));
    assert!(help.contains("Examples:\n  picklebench sizeof "), "{help}");
}
