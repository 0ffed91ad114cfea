//! `picklebench convert`: any format to any other, without loss, in constant
//! memory.

use std::fs::{self, File};
use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::command::{files, folder_with, picklebench, run, stderr, stdout};
use crate::convert_support::{
    COMMON, PYTHON_ONLY, assert_refused, convert, cpython, read, through_pipe,
};
#[cfg(target_os = "linux")]
use crate::convert_support::{MOST_ADDRESS_SPACE, peak_of};

#[test]
fn every_pair_of_formats_there_and_back() {
    let all = format!("{COMMON}{PYTHON_ONLY}");
    let folder = folder_with(&[
        ("all.txt", all.as_bytes()),
        ("common.txt", COMMON.as_bytes()),
    ]);
    for protocol in ["0", "1", "2", "3", "4", "5"] {
        for memo in ["none", "cpython"] {
            convert(
                &folder,
                &["all.txt", "a.pkl", "--protocol", protocol, "--memo", memo],
            );
            convert(&folder, &["a.pkl", "b.txt"]);
            assert_eq!(String::from_utf8(read(&folder, "b.txt")).unwrap(), all);
            convert(
                &folder,
                &["a.pkl", "b.pkl", "--protocol", protocol, "--memo", memo],
            );
            assert!(read(&folder, "a.pkl") == read(&folder, "b.pkl"));
        }
    }
    convert(&folder, &["common.txt", "c.jsonl"]);
    let json = String::from_utf8(read(&folder, "c.jsonl")).unwrap();
    assert!(
        json.starts_with("[0.5,\"text\",18446744073709551615]\n"),
        "{json}"
    );
    convert(&folder, &["c.jsonl", "c.txt"]);
    assert_eq!(String::from_utf8(read(&folder, "c.txt")).unwrap(), COMMON);
    convert(&folder, &["c.jsonl", "c.pkl"]);
    convert(&folder, &["common.txt", "d.pkl"]);
    assert!(read(&folder, "c.pkl") == read(&folder, "d.pkl"));
    convert(&folder, &["c.pkl", "d.jsonl"]);
    assert_eq!(String::from_utf8(read(&folder, "d.jsonl")).unwrap(), json);
    convert(&folder, &["d.jsonl", "e.jsonl"]);
    assert_eq!(String::from_utf8(read(&folder, "e.jsonl")).unwrap(), json);
}

#[test]
fn the_dataset_goes_through_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for format in [
        "text",
        "json-lines",
        "pickle/protocol-4",
        "pickle/cpython-0",
    ] {
        let name = format.replace('/', "-");
        run(&folder, &["generate", format, "-n", "3000", "-o", &name]);
    }
    let text = read(&folder, "text");
    for (from, arguments) in [
        ("pickle-protocol-4", &["--to", "text"][..]),
        ("pickle-cpython-0", &["--to", "text"]),
        ("pickle-cpython-0", &["--to", "text", "--from", "pickle"]),
        ("text", &["--to", "text"]),
    ] {
        convert(&folder, &[&[from, "out"], arguments].concat());
        assert!(read(&folder, "out") == text, "{from}");
    }
    convert(&folder, &["text", "out", "--to", "json-lines"]);
    assert!(read(&folder, "out") == read(&folder, "json-lines"));
    convert(&folder, &["text", "out.pkl"]);
    assert!(read(&folder, "out.pkl") == read(&folder, "pickle-protocol-4"));
    convert(
        &folder,
        &["text", "out.pkl", "--protocol=0", "--memo=cpython"],
    );
    assert!(read(&folder, "out.pkl") == read(&folder, "pickle-cpython-0"));
}

#[test]
fn a_root_that_is_no_list_is_one_record_and_pickles_follow_one_another() {
    let folder = folder_with(&[("a.pkl", b"}(K\x01K\x02u.](K\x03K\x04e.N.")]);
    convert(&folder, &["a.pkl", "a.txt"]);
    assert_eq!(read(&folder, "a.txt"), b"{1: 2}\n3\n4\nNone\n");
}

#[test]
fn no_records_are_a_file_as_well() {
    let folder = folder_with(&[("a.txt", b""), ("b.jsonl", b"\n"), ("c.pkl", b"].")]);
    convert(&folder, &["a.txt", "a.pkl", "--protocol", "2"]);
    assert_eq!(read(&folder, "a.pkl"), b"\x80\x02].");
    convert(&folder, &["b.jsonl", "b.txt"]);
    assert_eq!(read(&folder, "b.txt"), b"");
    let output = convert(&folder, &["c.pkl", "c.jsonl"]);
    assert_eq!(stderr(&output), "c.jsonl: 0 records\n");
    let output = through_pipe(&folder, &["-", "-", "--to", "text"], b"");
    let left = ["a.pkl", "a.txt", "b.jsonl", "b.txt", "c.jsonl", "c.pkl"];
    assert_refused(
        &folder,
        &output,
        &["standard input, which is empty; say --from pickle, text, json, json-lines, csv"],
        &left,
    );
}

#[test]
fn content_goes_before_names() {
    let folder = folder_with(&[
        ("pickle.txt", b"(lp0\nI1\na."),
        ("text.jsonl", b"[1]\n(2,)\n"),
        ("json.pkl", b"{\"a\": null}\n"),
        ("either.txt", b"[1, 2]\n"),
    ]);
    for (name, text) in [
        ("pickle.txt", "1\n"),
        ("text.jsonl", "[1]\n(2,)\n"),
        ("json.pkl", "{'a': None}\n"),
        ("either.txt", "[1, 2]\n"),
    ] {
        let output = convert(&folder, &[name, "-", "--to", "text"]);
        assert_eq!(stdout(&output), text, "{name}");
        assert_eq!(stderr(&output), "", "nothing but data goes into a pipe");
    }
}

#[test]
fn pipes_carry_all_formats() {
    let folder = tempfile::tempdir().unwrap();
    let text = through_pipe(&folder, &["-", "-", "--to", "text"], COMMON.as_bytes());
    assert_eq!(stdout(&text), COMMON);
    let pickle = through_pipe(&folder, &["-", "-", "--to", "pickle"], &text.stdout);
    let json = through_pipe(&folder, &["-", "-", "--to", "json-lines"], &pickle.stdout);
    let back = through_pipe(&folder, &["-", "-", "--to", "text"], &json.stdout);
    assert_eq!(stdout(&back), COMMON, "{}", stderr(&json));
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_record_is_there_as_soon_as_its_line_is() {
    // A pipe whose writer waits: the format has to be told from what is there.
    let folder = tempfile::tempdir().unwrap();
    let mut child = picklebench(&folder)
        .args(["convert", "-", "out.txt"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for part in ["(1, ", "2)", "\n(3,", ")\n"] {
        stdin.write_all(part.as_bytes()).unwrap();
        stdin.flush().unwrap();
        thread::sleep(Duration::from_millis(20));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(read(&folder, "out.txt"), b"(1, 2)\n(3,)\n");
}

#[test]
fn shared_objects_need_a_file_or_a_budget() {
    // ['a' * 100, 1000 numbers, ..., the same 'a' * 100]
    let mut pickle = b"]q\0(X\x64\0\0\0".to_vec();
    pickle.extend([b'a'; 100]);
    pickle.extend(b"q\x01e");
    for _ in 0..5 {
        pickle.push(b'(');
        pickle.extend([b'N'; 1000]);
        pickle.push(b'e');
    }
    pickle.extend(b"h\x01a.");
    let folder = folder_with(&[("a.pkl", &pickle)]);
    convert(&folder, &["a.pkl", "a.txt"]);
    let text = String::from_utf8(read(&folder, "a.txt")).unwrap();
    assert_eq!(text.lines().count(), 5002);
    assert_eq!(text.lines().next(), text.lines().last());
    // A pipe has a budget, which is enough here, or it is not.
    let output = through_pipe(&folder, &["-", "-", "--to=text"], &pickle);
    assert_eq!(stdout(&output), text);
    let output = through_pipe(&folder, &["-", "out.txt", "--memo-budget=50"], &pickle);
    let says = [
        "standard input: memo id 1 was not kept",
        "raise --memo-budget",
    ];
    assert_refused(&folder, &output, &says, &["a.pkl", "a.txt"]);
    // A file on standard input is no pipe.
    let output = picklebench(&folder)
        .args(["convert", "-", "-", "--to=text", "--memo-budget=50"])
        .stdin(File::open(folder.path().join("a.pkl")).unwrap())
        .output()
        .unwrap();
    assert_eq!(stdout(&output), text);
}

#[test]
fn the_input_can_be_the_output() {
    let folder = folder_with(&[("a", COMMON.as_bytes())]);
    for to in ["pickle", "json-lines", "text"] {
        convert(&folder, &["a", "a", "--to", to]);
    }
    assert_eq!(String::from_utf8(read(&folder, "a")).unwrap(), COMMON);
    // And it is untouched when something goes wrong.
    fs::write(folder.path().join("a"), "(1, 2)\n(3, 4\n").unwrap();
    let output = run(&folder, &["convert", "a", "a", "--to=pickle"]);
    assert_refused(
        &folder,
        &output,
        &["cannot read a: line 2, column 6"],
        &["a"],
    );
    assert_eq!(read(&folder, "a"), b"(1, 2)\n(3, 4\n");
}

#[test]
#[cfg(unix)]
fn what_is_replaced_keeps_its_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = folder_with(&[("a.txt", b"1\n"), ("secret.pkl", b"")]);
    let secret = folder.path().join("secret.pkl");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    symlink("secret.pkl", folder.path().join("link.pkl")).unwrap();
    convert(&folder, &["a.txt", "link.pkl"]);
    assert!(
        fs::symlink_metadata(folder.path().join("link.pkl"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::metadata(&secret).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(!read(&folder, "secret.pkl").is_empty());
    // A device is not replaced by a file.
    convert(&folder, &["a.txt", "/dev/null", "--to", "pickle"]);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_depend_on_the_number_of_records() {
    let folder = tempfile::tempdir().unwrap();
    for records in ["1000", "1_000_000"] {
        run(
            &folder,
            &["generate", "pickle/cpython-2", "-n", records, "-o", records],
        );
    }
    // 48 MB of pickle, whose tree takes 360 MB elsewhere.
    for to in [
        "text",
        "json-lines",
        "pickle",
        "json",
        "messagepack",
        "cbor",
        "csv",
        "npy",
    ] {
        let few = peak_of(&folder, &["1000", "out", "--to", to]);
        let many = peak_of(&folder, &["1_000_000", "out", "--to", to]);
        assert_eq!(few, many, "{to}");
        assert!(many <= MOST_ADDRESS_SPACE, "{to}: {many}");
    }
}

#[test]
fn cpython_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let make = r#"
import json, pickle, random
random.seed(7)
def value(depth, plain):
    kinds = ['none', 'bool', 'int', 'float', 'str', 'list', 'dict']
    if not plain:
        kinds += ['bytes', 'tuple', 'keys', 'bytearray', 'set', 'complex', 'odd']
    kind = random.choice(kinds if depth else kinds[:5])
    items = lambda: [value(depth - 1, plain) for _ in range(random.randrange(4))]
    text = lambda: ''.join(random.choice('aé\'"\\\n\x00\u2028🦀') for _ in range(random.randrange(6)))
    return {
        'none': lambda: None,
        'bool': lambda: random.random() < 0.5,
        'int': lambda: random.getrandbits(random.choice([8, 64, 200])) * random.choice([1, -1]),
        'float': lambda: random.choice([0.1, -0.0, 1e16, 5e-324]) * random.random(),
        'str': text,
        'list': items,
        'dict': lambda: {text(): value(depth - 1, plain) for _ in range(3)},
        'bytes': lambda: random.randbytes(5),
        'tuple': lambda: tuple(items()),
        'keys': lambda: {(1, text()): 1, None: 2, 3: []},
        'bytearray': lambda: bytearray(b'ab\xff'),
        'set': lambda: {random.randrange(9)},
        'complex': lambda: complex(random.random(), -0.0),
        'odd': lambda: random.choice([float('inf'), float('-inf'), float('nan')]),
    }[kind]()
any = [value(3, False) for _ in range(3000)]
plain = [value(3, True) for _ in range(3000)]
for protocol in range(6):
    pickle.dump(any, open(f'any{protocol}.pkl', 'wb'), protocol)
pickle.dump(plain, open('plain.pkl', 'wb'), 4)
open('any.txt', 'w', encoding='utf-8').writelines(repr(r) + '\n' for r in any)
open('plain.jsonl', 'w', encoding='utf-8').writelines(json.dumps(r) + '\n' for r in plain)
"#;
    if cpython(folder.path(), make).is_none() {
        return;
    }
    let text = String::from_utf8(read(&folder, "any.txt")).unwrap();
    for protocol in 0..6 {
        convert(&folder, &[&format!("any{protocol}.pkl"), "out.txt"]);
        assert_eq!(String::from_utf8(read(&folder, "out.txt")).unwrap(), text);
        let to = format!("out{protocol}.pkl");
        convert(
            &folder,
            &["any.txt", &to, "--protocol", &protocol.to_string()],
        );
    }
    convert(&folder, &["plain.pkl", "out.jsonl"]);
    convert(&folder, &["plain.jsonl", "plain-out.pkl"]);
    let check = r#"
import json, pickle
any = pickle.load(open('any4.pkl', 'rb'))
plain = pickle.load(open('plain.pkl', 'rb'))
for protocol in range(6):
    assert repr(pickle.load(open(f'out{protocol}.pkl', 'rb'))) == repr(any), protocol
assert repr([json.loads(line) for line in open('out.jsonl', encoding='utf-8')]) == repr(plain)
assert repr(pickle.load(open('plain-out.pkl', 'rb'))) == repr(plain)
"#;
    cpython(folder.path(), check);
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(&folder, &["convert", "--help"]));
    assert!(help.contains("Examples:\n  picklebench convert "), "{help}");
    for flag in [
        "--from",
        "--to",
        "--protocol",
        "--memo",
        "--memo-budget",
        "--memo-bytes",
        "--item-bytes",
        "--batch-bytes",
        "--shared-nodes",
        "--depth",
        "--line-bytes",
        "--integer-digits",
        "--keys <FORM>",
        "--bytes <FORM>",
        "--non-finite <FORM>",
        "--sets <FORM>",
        "--encoding",
        "--entry",
        "--expand-limit",
    ] {
        assert!(help.contains(flag), "{flag}: {help}");
    }
    assert!(help.contains("[default: 256MiB]"), "{help}");
}
