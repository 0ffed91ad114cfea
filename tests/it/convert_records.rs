//! `picklebench convert --items` and `--path`: what the records of a pickle are.

use std::fs::File;
use std::io::BufWriter;

use picklestream::pickle::{self, WriteMemo, WriteOptions};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use tempfile::TempDir;

use crate::command::{folder_with, run, stderr, stdout};
use crate::convert_support::{assert_refused, convert, read, through_pipe};

/// A dict of so many items, made while it is written.
struct Items(u32);

impl Serialize for Items {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0 as usize))?;
        for number in 0..self.0 {
            map.serialize_entry(&format!("key {number}"), &(number, "value"))?;
        }
        map.end()
    }
}

fn write(folder: &TempDir, name: &str, value: &impl Serialize) {
    let mut options = WriteOptions::default();
    options.memo = WriteMemo::Cpython;
    let file = BufWriter::new(File::create(folder.path().join(name)).unwrap());
    pickle::to_writer(file, value, &options).unwrap();
}

/// A dict that holds what records are made of, as `data.pkl`.
fn folder() -> TempDir {
    let folder = folder_with(&[(
        "data.txt",
        b"{'users': [{'name': 'a', 'sign ins': [1, 2]}, {'name': 'b', 'sign ins': [3]}], \
          'ratio': 0.5, 3: {'x': (1, 2), 'y': [None]}}\n",
    )]);
    convert(&folder, &["data.txt", "list.pkl"]);
    convert(
        &folder,
        &["list.pkl", "data.pkl", "--path", "[0]", "--items"],
    );
    folder
}

fn text_of(folder: &TempDir, input: &str, flags: &[&str]) -> String {
    let output = convert(folder, &[&[input, "-", "--to", "text"], flags].concat());
    stdout(&output)
}

#[test]
fn items_of_any_container_are_records() {
    let folder = folder_with(&[]);
    write(&folder, "dict.pkl", &Items(3));
    let pairs = "('key 0', (0, 'value'))\n('key 1', (1, 'value'))\n('key 2', (2, 'value'))\n";
    assert_eq!(text_of(&folder, "dict.pkl", &["--items"]), pairs);
    let dict = std::fs::read(folder.path().join("dict.pkl")).unwrap();
    let piped = through_pipe(&folder, &["-", "-", "--to", "text", "--items"], &dict);
    assert_eq!(stdout(&piped), pairs);
    convert(&folder, &["dict.pkl", "pairs.jsonl", "--items"]);
    assert!(read(&folder, "pairs.jsonl").starts_with(b"[\"key 0\",[0,\"value\"]]\n"));
    write(&folder, "tuple.pkl", &(1, "a"));
    assert_eq!(text_of(&folder, "tuple.pkl", &["--items"]), "1\n'a'\n");
    assert_eq!(text_of(&folder, "tuple.pkl", &[]), "(1, 'a')\n");
    write(&folder, "one.pkl", &7);
    assert_eq!(text_of(&folder, "one.pkl", &["--items"]), "7\n");
}

#[test]
fn a_path_chooses_whose_items_are_records() {
    let folder = folder();
    let found = |path: &str| text_of(&folder, "list.pkl", &["--path", path]);
    assert_eq!(found("[0].users[1]['sign ins']"), "3\n");
    assert_eq!(
        found("[0].users[0]"),
        "('name', 'a')\n('sign ins', [1, 2])\n"
    );
    assert_eq!(found("[0].ratio"), "0.5\n");
    assert_eq!(found("[0][3].x"), "1\n2\n");
    let all = found("[0]");
    assert!(all.starts_with("('users', [{'name': 'a'"), "{all}");
    let both = [read(&folder, "list.pkl"), read(&folder, "list.pkl")].concat();
    std::fs::write(folder.path().join("both.pkl"), both).unwrap();
    let twice = text_of(&folder, "both.pkl", &["--path", "[0].ratio"]);
    assert_eq!(twice, "0.5\n0.5\n");
}

#[test]
fn what_is_wrong_with_a_path_is_said() {
    let folder = folder();
    let left = ["data.pkl", "data.txt", "list.pkl"];
    let refused = |arguments: &[&str], says: &[&str]| {
        let output = run(&folder, &[&["convert"], arguments].concat());
        assert_refused(&folder, &output, says, &left);
    };
    refused(
        &["list.pkl", "out.txt", "--path", "[0].user[1]"],
        &[
            "cannot read list.pkl: there is nothing at [0].user[1]: [0] is a dict with 3 keys: \
           'users', 'ratio', 3; did you mean [0].users?",
        ],
    );
    refused(
        &["list.pkl", "out.txt", "--path", "[1"],
        &["--path", "column 3: expected ] after the index"],
    );
    for flags in [&["--path", "a"][..], &["--items"]] {
        refused(
            &[&["data.txt", "out.pkl"], flags].concat(),
            &[flags[0], "in data.txt, which is text, each line is one"],
        );
    }
    let list = read(&folder, "list.pkl");
    let output = through_pipe(&folder, &["-", "out.txt", "--path", "[0]"], &list);
    assert_refused(
        &folder,
        &output,
        &["standard input", "save what comes from a pipe first"],
        &left,
    );
}

#[test]
fn a_large_dict_as_the_only_record_brings_up_items() {
    let folder = folder_with(&[]);
    let said = |count: u32, flags: &[&str]| {
        write(&folder, "dict.pkl", &Items(count));
        stderr(&convert(
            &folder,
            &[&["dict.pkl", "out.txt"], flags].concat(),
        ))
    };
    let advice = "the only record is a dict of 1,001 items: --items makes each of them a record";
    assert!(said(1001, &[]).contains(advice));
    for (count, flags) in [(1000, &[][..]), (1001, &["--items"])] {
        let said = said(count, flags);
        assert!(!said.contains("--items"), "{said}");
    }
}

/// The high-water mark is read while the command waits for the reader of its
/// output, with all but the end of its work done.
#[test]
#[cfg(target_os = "linux")]
fn a_dict_of_a_million_items_stays_small() {
    use crate::command::picklebench;
    use std::io::Read;
    use std::process::Stdio;

    let folder = folder_with(&[]);
    write(&folder, "items.pkl", &Items(1_000_000));
    // What comes before the part costs nothing either.
    write(&folder, "part.pkl", &(Items(1_000_000), Items(1_000_000)));
    let at_rest = at_rest_kilobytes(&folder);
    for arguments in [["items.pkl", "--items"], ["part.pkl", "--path=[1]"]] {
        let mut child = picklebench(&folder)
            .args(["convert", arguments[0], "-", "--to", "text", arguments[1]])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut most = vec![0; 64 * 1024];
        let mut left = 25_000_000_usize;
        let mut high = 0;
        while left > 0 {
            let count = output.read(&mut most[..left.min(64 * 1024)]).unwrap();
            high = high_water_kilobytes(child.id()).unwrap_or(high);
            left -= count;
            if count == 0 {
                break;
            }
        }
        drop(output);
        child.wait().unwrap();
        // What the program itself takes is a matter of how it was compiled.
        let most = match cfg!(debug_assertions) {
            true => at_rest + 4 * 1024,
            false => 8 * 1024,
        };
        assert!(
            high > 0 && high < most,
            "{arguments:?}: {high} KiB, at rest {at_rest}"
        );
    }
}

/// The high-water mark of a process that runs.
#[cfg(target_os = "linux")]
fn high_water_kilobytes(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What the command takes while it waits for its input.
#[cfg(target_os = "linux")]
fn at_rest_kilobytes(folder: &TempDir) -> u64 {
    use std::process::Stdio;
    let mut child = crate::command::picklebench(folder)
        .args(["convert", "-", "-", "--from", "text", "--to", "text"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let found = high_water_kilobytes(child.id()).expect("it waits");
    drop(child.stdin.take());
    child.wait().unwrap();
    found
}
