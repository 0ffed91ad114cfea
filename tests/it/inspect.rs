//! `picklebench inspect`: what a pickle holds, whatever it is.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::command::{
    files, folder_with, json_of, picklebench, run, run_json, run_within, stderr, stdout,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What `--json` prints, and the exit code.
fn inspect(folder: &TempDir, name: &str) -> (Option<i32>, Value) {
    run_json(folder, &["inspect", name, "--json"])
}

/// `pickle.dumps([(1, "ab"), "ab"], 4)` with the second `"ab"` fetched, and one
/// more pickle.
const TWO: &[u8] =
    b"\x80\x04\x95\x10\0\0\0\0\0\0\0]\x94(K\x01\x8c\x02ab\x94\x86\x94h\x01e.(K\x01K\x02t.";

#[test]
fn a_small_file_is_told_to_the_byte() {
    let folder = folder_with(&[("a.pkl", TWO)]);
    let (code, found) = inspect(&folder, "a.pkl");
    let expected = json!({
        "file": "a.pkl",
        "bytes": TWO.len(),
        "ignored_bytes": 0,
        "protocol": 4,
        "pickles": 2,
        "records": 3,
        "largest_record_bytes": 9,
        "depth": 2,
        "most_objects": 3,
        "frames": 1,
        "memo_puts": 3,
        "memo_fetches": 1,
        "memo_ids_fetched": 1,
        "opcodes": {
            "MEMOIZE": 3, "BININT1": 3, "STOP": 2, "MARK": 2, "PROTO": 1, "FRAME": 1,
            "EMPTY_LIST": 1, "SHORT_BINUNICODE": 1, "TUPLE2": 1, "BINGET": 1, "APPENDS": 1,
            "TUPLE": 1,
        },
        "known": [],
        "refused_count": 0,
        "refused": [],
        "pipe": true,
        "pipe_problem": null,
        "error": null,
    });
    assert_eq!(found, expected);
    assert_eq!(code, Some(0));

    let output = run(&folder, &["inspect", "a.pkl"]);
    let table = stdout(&output);
    for line in [
        "file              a.pkl",
        "protocol          4",
        "records           3",
        "memo              3 puts, 1 fetches",
        "from a file       two passes; 1 object of the memo is kept",
        "from a pipe       one pass; the default of convert's --memo-budget, 1.0 MiB, is enough",
        "MEMOIZE           3",
        "SHORT_BINUNICODE  1",
    ] {
        assert!(
            table.lines().any(|found| found == line),
            "{line:?}: {table}"
        );
    }
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_pipe_is_inspected_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = picklebench(&folder)
        .args(["inspect", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(TWO).unwrap();
    let output = child.wait_with_output().unwrap();
    let found = json_of(&output);
    assert_eq!(
        (&found["records"], &found["file"]),
        (&json!(3), &json!("standard input"))
    );
    assert_eq!(found["pipe"], Value::Null, "it cannot be read again to try");
}

#[test]
fn refused_globals_are_named_and_no_error() {
    let folder = folder_with(&[(
        "a.pkl",
        b"\x80\x04](\x8c\x08builtins\x8c\x04eval\x93cos\nsystem\nK\x01Qe.",
    )]);
    let (code, found) = inspect(&folder, "a.pkl");
    assert_eq!(code, Some(0));
    let refused = json!([
        {"name": "builtins.eval", "count": 1, "offset": 20, "dangerous": true},
        {"name": "os.system", "count": 1, "offset": 21, "dangerous": true},
        {"name": "opcode BINPERSID", "count": 1, "offset": 34, "dangerous": false},
    ]);
    assert_eq!(found["refused"], refused);
    assert_eq!(found["refused_count"], 3);
    let table = stdout(&run(&folder, &["inspect", "a.pkl"]));
    assert!(
        table.contains("refused           would call: builtins.eval at byte 20\n"),
        "{table}"
    );
    assert!(
        table.contains("                  would call: os.system at byte 21\n"),
        "{table}"
    );
    assert!(
        table.contains("from a file       refused, see below\n"),
        "{table}"
    );
    // Where inspect says that it is refused, it is.
    let output = run(&folder, &["convert", "a.pkl", "a.txt"]);
    assert!(
        stderr(&output).contains("refused: builtins.eval at byte 20"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn only_the_first_hundred_are_listed() {
    let globals: String = (0..250).map(|i| format!("cm\nC{i}\n")).collect();
    let folder = folder_with(&[("a.pkl", &[b"](", globals.as_bytes(), b"e."].concat())]);
    let (_, found) = inspect(&folder, "a.pkl");
    assert_eq!(found["refused"].as_array().unwrap().len(), 100);
    assert_eq!(found["refused_count"], 250);
    let table = stdout(&run(&folder, &["inspect", "a.pkl"]));
    assert!(
        table.contains("                  and 150 more\n"),
        "{table}"
    );
}

/// What CPython writes for 200 instances of a class, and of two classes: a line
/// for each class, however often it fetches one from the memo.
#[test]
fn a_class_is_listed_once() {
    // `class Plain` with two attributes, as protocols 2 and 4 have it.
    let instance = |class: &[u8], i: u8| {
        let state = [b"}(X\x01\0\0\0iK", &[i][..], b"X\x01\0\0\0sX\x01\0\0\0xub"].concat();
        [class, b")\x81", &state].concat()
    };
    let instances = |first: &[u8], next: &[u8]| {
        let more: Vec<u8> = (1..200).flat_map(|i| instance(next, i)).collect();
        [instance(first, 0), more].concat()
    };
    let two = instances(b"c__main__\nPlain\nq\x01", b"h\x01");
    let four = instances(b"\x8c\x08__main__\x94\x8c\x05Plain\x94\x93\x94", b"h\x02");
    for (protocol, instances, first) in [(b'\x02', two, 4), (b'\x04', four, 23)] {
        let pickle = [&[0x80, protocol][..], b"](", &instances, b"e."].concat();
        let folder = folder_with(&[("a.pkl", &pickle)]);
        let (code, found) = inspect(&folder, "a.pkl");
        assert_eq!(code, Some(0));
        let plain = json!({
            "name": "__main__.Plain", "count": 200, "offset": first, "dangerous": false,
        });
        assert_eq!(
            (&found["refused"], &found["refused_count"]),
            (&json!([plain]), &json!(200))
        );
        let table = stdout(&run(&folder, &["inspect", "a.pkl"]));
        let row = format!("refused           __main__.Plain, 200 times, first at byte {first}\n");
        assert!(table.contains(&row), "{table}");
    }
}

#[test]
fn what_was_seen_before_the_damage() {
    let folder = folder_with(&[("a.pkl", b"\x80\x02](K\x01K\x02eK")]);
    let (code, found) = inspect(&folder, "a.pkl");
    assert_eq!(code, Some(2));
    assert_eq!(
        (&found["records"], &found["protocol"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(found["error"]["offset"], 10);
    let output = run(&folder, &["inspect", "a.pkl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stdout(&output).contains("records           2\n"),
        "{}",
        stdout(&output)
    );
    let message = "error: cannot read a.pkl: the input ends at byte 10, before the pickle does";
    assert!(stderr(&output).starts_with(message), "{}", stderr(&output));

    for (content, says) in [
        (&b""[..], "the input ends at byte 0"),
        (b"%PDF-1.7\n", "at byte 0"),
        (b"\x80\x04K\x01\xfe", "at byte 4"),
        (b"e.", "at byte 0: an opcode without a mark"),
    ] {
        fs::write(folder.path().join("a.pkl"), content).unwrap();
        let output = run(&folder, &["inspect", "a.pkl"]);
        assert_eq!(output.status.code(), Some(2), "{content:?}");
        assert!(
            stderr(&output).contains(says),
            "{says}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn files_that_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    for (name, says) in [
        ("none.pkl", "cannot read none.pkl: No such file"),
        (".", "cannot read .: "),
    ] {
        let output = run(&folder, &["inspect", name]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains(says), "{}", stderr(&output));
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn what_a_pipe_would_need_is_tried() {
    // 4000 strs of 500 bytes, and the last one again after its batch.
    let mut pickle = b"]q\0(".to_vec();
    for id in 1..=4000_u32 {
        pickle.extend(b"X\xf4\x01\0\0");
        pickle.extend([b'a'; 500]);
        pickle.push(b'r');
        pickle.extend(id.to_le_bytes());
    }
    pickle.extend(b"e(j\xa0\x0f\0\0e.");
    let folder = folder_with(&[("a.pkl", &pickle)]);
    let (code, found) = inspect(&folder, "a.pkl");
    assert_eq!((code, &found["pipe"]), (Some(0), &json!(false)));
    assert_eq!(found["largest_record_bytes"], 510);
    let table = stdout(&run(&folder, &["inspect", "a.pkl"]));
    let problem = "memo id 4000 was not kept; read from a file, or with a larger memo budget, \
         which keeps objects that cannot change, of up to 1/256 of it each";
    assert_eq!(found["pipe_problem"], problem);
    let line = format!(
        "from a pipe       not with the default of convert's --memo-budget, 1.0 MiB: {problem}"
    );
    assert!(table.lines().any(|found| found == line), "{table}");
    // And so it is.
    let pipe = "cat a.pkl | \"$0\" convert - a.txt";
    let script = |options: &str| {
        let output = Command::new("sh")
            .args([
                "-c",
                &format!("{pipe}{options}"),
                env!("CARGO_BIN_EXE_picklebench"),
            ])
            .current_dir(&folder)
            .output();
        output.unwrap().status.code()
    };
    assert_eq!(script(""), Some(2));
    assert_eq!(script(" --memo-budget 4MiB"), Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_million_records_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for variant in ["pickle/cpython-0", "pickle/cpython-4", "pickle/protocol-5"] {
        run(&folder, &["generate", variant, "-n", "1e6", "-o", "a.pkl"]);
        let output = run_within(&folder, "ulimit -v 32768", &["inspect", "a.pkl", "--json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let found = json_of(&output);
        assert_eq!(found["records"], 1_000_000, "{variant}");
        let size = fs::metadata(folder.path().join("a.pkl")).unwrap().len();
        assert_eq!(found["bytes"], size);
    }
}

/// Counts what `pickletools` sees, for every protocol.
#[test]
fn cpython_counts_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
import collections, json, pickle, pickletools, random
random.seed(3)
text = 'shared'
records = [(random.random(), text, str(n), {n % 7: [n]}, None, b'x', {1}, -n) for n in range(2500)]
told = {}
for protocol in range(6):
    data = pickle.dumps(records, protocol) + pickle.dumps({'more': 1}, protocol)
    open(f'{protocol}.pkl', 'wb').write(data)
    first = pickletools.genops(data[:data.index(pickle.dumps({'more': 1}, protocol))])
    ops = list(first) + list(pickletools.genops(pickle.dumps({'more': 1}, protocol)))
    counts = collections.Counter(op.name for op, _, _ in ops)
    told[protocol] = {
        'opcodes': counts,
        'bytes': len(data),
        'records': len(records) + 1,
        'memo_puts': sum(counts[n] for n in ['PUT', 'BINPUT', 'LONG_BINPUT', 'MEMOIZE']),
        'memo_fetches': sum(counts[n] for n in ['GET', 'BINGET', 'LONG_BINGET']),
        'memo_ids_fetched': len({str(arg) for op, arg, _ in ops if op.name.endswith('GET')}),
    }
print(json.dumps(told))
"#;
    let python = Command::new("python3")
        .args(["-c", script])
        .current_dir(&folder)
        .output();
    let Ok(python) = python else {
        eprintln!("SKIPPED: there is no python3 to compare with");
        return;
    };
    assert!(python.status.success(), "{}", stderr(&python));
    let told: Value = serde_json::from_slice(&python.stdout).unwrap();
    for protocol in 0..6 {
        let (code, found) = inspect(&folder, &format!("{protocol}.pkl"));
        assert_eq!(code, Some(0), "{found}");
        for (name, expected) in told[protocol.to_string()].as_object().unwrap() {
            assert_eq!(&found[name], expected, "protocol {protocol}: {name}");
        }
        assert_eq!(
            (&found["pickles"], &found["refused_count"]),
            (&json!(2), &json!(0))
        );
    }
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(&folder, &["inspect", "--help"]));
    assert!(help.contains("Examples:\n  picklebench inspect "), "{help}");
}

/// What is read as data is not called refused, and stops nothing.
#[test]
fn known_data_is_told_apart_from_what_is_refused() {
    // [OrderedDict([]), OrderedDict([]), os.system], as protocol 2 has it.
    let pickle = b"\x80\x02](ccollections\nOrderedDict\n)Rccollections\nOrderedDict\n)R\
        cos\nsystem\ne.";
    let folder = folder_with(&[("a.pkl", pickle)]);
    let output = run(&folder, &["inspect", "a.pkl", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["known"][0]["name"], "collections.OrderedDict");
    assert_eq!(found["known"][0]["count"], 2);
    assert_eq!(found["known"][0]["offset"], 4);
    assert_eq!(found["refused"][0]["name"], "os.system");
    assert_eq!(found["refused_count"], 1);
    let told = stdout(&run(&folder, &["inspect", "a.pkl"]));
    assert!(
        told.contains("collections.OrderedDict, 2 times, first at byte 4"),
        "{told}"
    );
}
