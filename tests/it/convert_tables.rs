//! `picklebench convert` to and from formats whose files are tables: the fields are
//! found or told, and what does not fit is named.

use std::fs;

use picklebench::formats::Formats;
use tempfile::TempDir;

use crate::command::{folder_with, run, stderr, stdout};
#[cfg(target_os = "linux")]
use crate::convert_support::peak_of;
use crate::convert_support::{assert_refused, convert, cpython, read, through_pipe};

/// Records of each sort of row, and what comes back of them.
const ROWS: [(&str, &str); 5] = [
    (
        "{'id': 1, 'name': 'é', 'x': 0.5, 'ok': True, 'raw': b'a\\xff'}\n\
         {'name': 'long', 'id': -2, 'x': 3, 'ok': False, 'raw': b''}\n",
        "{'id': 1, 'name': 'é', 'x': 0.5, 'ok': True, 'raw': b'a\\xff'}\n\
         {'id': -2, 'name': 'long', 'x': 3.0, 'ok': False, 'raw': b''}\n",
    ),
    (
        "(1, 18446744073709551615)\n[2, 0]\n",
        "(1, 18446744073709551615)\n(2, 0)\n",
    ),
    ("'a'\n'bc'\n", "'a'\n'bc'\n"),
    ("nan\n-0.0\ninf\n", "nan\n-0.0\ninf\n"),
    ("(7,)\n", "(7,)\n"),
];

/// All formats of tables, by the ending of their files, and whether they have nulls.
fn tables() -> Vec<(&'static str, bool)> {
    let formats = Formats::built_in();
    let tables = formats.iter().filter_map(|format| {
        let has_nulls = format.table()?.has_nulls();
        Some((format.extensions()[0], has_nulls))
    });
    tables.collect()
}

/// Any records, as lines that do not tell tuples from lists.
fn lines(folder: &TempDir, name: &str) -> String {
    let words = [
        name,
        "-",
        "--to=json-lines",
        "--bytes=latin1",
        "--non-finite=string",
    ];
    stdout(&convert(folder, &words))
}

#[test]
fn rows_of_each_sort_come_back_from_every_table() {
    let folder = folder_with(&[]);
    for (end, _) in tables() {
        let name = format!("a.{end}");
        for (text, back) in ROWS {
            fs::write(folder.path().join("a.txt"), text).unwrap();
            fs::write(folder.path().join("back.txt"), back).unwrap();
            convert(&folder, &["a.txt", &name]);
            let expected = lines(&folder, "back.txt");
            assert_eq!(lines(&folder, &name), expected, "{name}");
            // In place; and by the schema that was found.
            convert(&folder, &[&name, &name]);
            assert_eq!(lines(&folder, &name), expected, "{name}");
            convert(&folder, &["a.txt", "a.json", "--find-schema"]);
            let other = format!("b.{end}");
            convert(&folder, &["a.txt", &other, "--schema=a.json"]);
            assert_eq!(lines(&folder, &other), expected, "{name}");
            // Through a pipe, which is read once.
            let third = format!("c.{end}");
            let words = ["-", &third, "--schema=a.json", "--from=text"];
            let output = through_pipe(&folder, &words, text.as_bytes());
            assert!(output.status.success(), "{name}: {}", stderr(&output));
            assert_eq!(lines(&folder, &third), expected, "{name}");
        }
    }
}

#[test]
fn nulls_come_back_from_every_table_that_has_them() {
    let text = "{'a': 1, 'b': None, 'c': 'x'}\n{'b': 0.5, 'd': b'y'}\n{'a': 'no', 'e': True}\n";
    let folder = folder_with(&[("a.txt", text.as_bytes())]);
    for (end, has_nulls) in tables() {
        let name = format!("a.{end}");
        let output = run(&folder, &["convert", "a.txt", &name, "--unfit=null"]);
        if !has_nulls {
            assert_refused(&folder, &output, &["has no null"], &["a.txt"]);
            continue;
        }
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let rows: Vec<serde_json::Value> = lines(&folder, &name)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(
            rows,
            [
                serde_json::json!({"a": 1, "b": null, "c": "x", "d": null, "e": null}),
                serde_json::json!({"a": null, "b": 0.5, "c": null, "d": "y", "e": null}),
                serde_json::json!({"a": null, "b": null, "c": null, "d": null, "e": true}),
            ],
            "{name}"
        );
        fs::remove_file(folder.path().join(&name)).unwrap();
        // Nothing is lost unless it was said.
        let output = run(&folder, &["convert", "a.txt", &name]);
        let says = [
            "record 3 holds a value of type str",
            "--unfit null",
            "--unfit text",
        ];
        assert_refused(&folder, &output, &says, &["a.txt"]);
    }
}

/// NumPy reads them as what they were, and what it writes is read.
#[test]
fn numpy_agrees() {
    let folder = folder_with(&[("a.txt", ROWS[0].0.as_bytes()), ("b.txt", b"('a', 1)\n")]);
    convert(&folder, &["a.txt", "a.npy"]);
    convert(&folder, &["b.txt", "b.npy"]);
    let script = "\
try:
    import numpy
except ImportError:
    print('no numpy')
else:
    a, b = numpy.load('a.npy'), numpy.load('b.npy')
    print(a.dtype.names, a.tolist(), b.dtype.names, b.tolist())
    numpy.save('c.npy', a)
    numpy.save('d.npy', numpy.array([3, 4], dtype='>i2'))
    numpy.save('e.npy', numpy.zeros(2, dtype=[('x', 'f4'), ('y', 'U3')]))
";
    let told = cpython(folder.path(), script).unwrap_or_default();
    if told.is_empty() || told == "no numpy\n" {
        eprintln!("SKIPPED: there is no NumPy to compare with");
        return;
    }
    assert_eq!(
        told,
        "('id', 'name', 'x', 'ok', 'raw') [(1, 'é', 0.5, True, b'a\\xff'), \
         (-2, 'long', 3.0, False, b'')] ('f0', 'f1') [('a', 1)]\n"
    );
    for (name, text) in [
        ("c", ROWS[0].1),
        ("d", "3\n4\n"),
        ("e", "{'x': 0.0, 'y': ''}\n{'x': 0.0, 'y': ''}\n"),
    ] {
        let output = convert(&folder, &[&format!("{name}.npy"), "-", "--to=text"]);
        assert_eq!(stdout(&output), text, "{name}");
    }
}

#[test]
fn what_is_found_is_told() {
    let text = "{'a': 1, 'b': 'xyz'}\n{'a': None, 'c': 0.5}\n{'a': 2.5, 'b': 'x'}\n";
    let folder = folder_with(&[("a.txt", text.as_bytes()), ("empty.txt", b"")]);
    let output = convert(&folder, &["a.txt", "-", "--find-schema"]);
    let found: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let expected = serde_json::json!({
        "rows": "dicts",
        "records": 3,
        "fields": [
            { "name": "a", "type": "float64", "nullable": true },
            { "name": "b", "type": "text", "nullable": true, "width": 3 },
            { "name": "c", "type": "float64", "nullable": true },
        ]
    });
    assert_eq!(found, expected);
    // A pipe is read once, which is enough for that.
    let output = through_pipe(&folder, &["-", "-", "--find-schema"], text.as_bytes());
    let piped: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(piped, expected, "{}", stderr(&output));
    let output = run(&folder, &["convert", "empty.txt", "-", "--find-schema"]);
    let left = ["a.txt", "empty.txt"];
    assert_refused(
        &folder,
        &output,
        &["it has no records", "--schema FILE"],
        &left,
    );
    let output = run(&folder, &["convert", ".", "out", "--find-schema"]);
    assert_refused(&folder, &output, &["--find-schema is for a file"], &left);
}

#[test]
fn what_does_not_fit_is_named_or_becomes_what_was_asked_for() {
    let folder = folder_with(&[]);
    for (text, words, says) in [
        (
            "{'a': 1}\n{'a': 2}\n{'a': 'x'}",
            &[][..],
            "cannot convert a.txt: record 3 holds a value of type str in the field \"a\", which was \
             int64 so far; say --unfit text",
        ),
        (
            "(1,)\n(None,)",
            &[],
            "record 2 holds None in the field \"0\", and a NumPy array has no null; say --unfit text",
        ),
        ("{'a': 1}\n{'b': 1}", &[], "record 2 has nothing"),
        (
            "(1,)\n(1, 2)",
            &[],
            "record 2 is another sort of row than the first: it has 2 items, and not 1; --to \
             json-lines or text",
        ),
        (
            "([1],)",
            &[],
            "a value of type list in the field \"0\", and a NumPy array has no lists or dicts in its \
             fields; say --unfit text to have the field as text, or --to parquet, arrow-ipc or avro",
        ),
        ("('a\\x00',)", &[], "record 1 holds a NUL at the end"),
        ("18446744073709551616", &[], "an int beyond 64 bits"),
        ("{'': 1}", &[], "has a field without a name"),
        (
            "1",
            &["--unfit=null"],
            "a NumPy array has no null: say --unfit text",
        ),
        (
            "{'a': 1}",
            &["--schema=s.json"],
            "which the schema has as text; say --unfit text",
        ),
        (
            "{'b': 1}",
            &["--schema=s.json"],
            "record 1 is another sort of row than the schema's: it has no key \"a\", but a key \"b\"; \
             change the schema",
        ),
        (
            "1",
            &["--schema=missing.json"],
            "cannot read missing.json: ",
        ),
        (
            "1",
            &["--schema=a.txt"],
            "cannot read a.txt: it is no schema: invalid type: integer `1`, expected struct Schema \
             at line 1 column 1",
        ),
        (
            "1",
            &["--schema=s.json", "--guess-types"],
            "cannot be used with",
        ),
        ("1", &["--guess-types"], "--guess-types is for CSV"),
    ] {
        let schema = r#"{"fields": [{"name": "a", "type": "text"}]}"#;
        fs::write(folder.path().join("s.json"), schema).unwrap();
        fs::write(folder.path().join("a.txt"), text).unwrap();
        let output = run(&folder, &[&["convert", "a.txt", "a.npy"], words].concat());
        assert_refused(&folder, &output, &[says], &["a.txt", "s.json"]);
    }
    for (text, words, back) in [
        ("{'a': 1}\n{'a': 'x'}", &[][..], "{'a': '1'}\n{'a': 'x'}\n"),
        ("(1, None)\n(2, [0])", &[], "(1, 'None')\n(2, '[0]')\n"),
        (
            "{'a': 1}\n{'b': 1}",
            &[],
            "{'a': '1', 'b': 'None'}\n{'a': 'None', 'b': '1'}\n",
        ),
        (
            "{'a': (1, 'x')}",
            &["--schema=s.json"],
            "{'a': \"(1, 'x')\"}\n",
        ),
    ] {
        fs::write(folder.path().join("a.txt"), text).unwrap();
        let words = [&["a.txt", "a.npy", "--unfit=text"], words].concat();
        convert(&folder, &words);
        let output = convert(&folder, &["a.npy", "-", "--to=text"]);
        assert_eq!(stdout(&output), back, "{text}");
    }
}

#[test]
fn a_pipe_needs_a_schema_that_tells_all() {
    let folder = folder_with(&[]);
    let piped = |words: &[&str]| {
        let words = [&["-", "a.npy", "--from=text"], words].concat();
        through_pipe(&folder, &words, b"('a', 1)\n")
    };
    let says = [
        "standard input is read once",
        "save it to a file, or say --schema FILE",
    ];
    assert_refused(&folder, &piped(&[]), &says, &[]);
    for (width, records, says) in [
        (
            "",
            "",
            "cannot convert standard input: its schema does not tell how wide the field \"0\"",
        ),
        (
            r#", "width": 1"#,
            "",
            "does not tell how many records there are",
        ),
        (r#", "width": 1"#, r#""records": 2,"#, "and 2 were promised"),
        (r#", "width": 0"#, r#""records": 1,"#, ""),
    ] {
        let schema = format!(
            r#"{{"rows": "items", {records} "fields": [
                {{"name": "0", "type": "text"{width}}}, {{"name": "1", "type": "int64"}}]}}"#
        );
        fs::write(folder.path().join("s.json"), schema).unwrap();
        let output = piped(&["--schema=s.json"]);
        match says {
            "" => assert!(output.status.success(), "{}", stderr(&output)),
            says => assert_refused(&folder, &output, &[says], &["s.json"]),
        }
    }
    let long = through_pipe(
        &folder,
        &["-", "b.npy", "--from=text", "--schema=s.json"],
        b"('ab', 1)\n",
    );
    assert_refused(
        &folder,
        &long,
        &["holds more in the field \"0\" than its \"width\" of 0"],
        &["a.npy", "s.json"],
    );
}

#[test]
fn the_types_of_csv_are_guessed_only_when_asked() {
    let rows = "id,zip,x,when,ok\n1,01234,0.5,,True\n-2,99,7,2024-01-01,False\n";
    let folder = folder_with(&[("a.csv", rows.as_bytes())]);
    let text = |words: &[&str]| {
        let words = [&["a.csv", "-", "--to=text"], words].concat();
        stdout(&convert(&folder, &words))
    };
    let plain = text(&[]);
    assert!(
        plain.starts_with("{'id': '1', 'zip': '01234', 'x': '0.5', 'when': '', 'ok': 'True'}\n")
    );
    assert_eq!(
        text(&["--guess-types"]),
        "{'id': 1, 'zip': '01234', 'x': 0.5, 'when': '', 'ok': True}\n\
         {'id': -2, 'zip': '99', 'x': 7.0, 'when': '2024-01-01', 'ok': False}\n"
    );
    // All of it is text in a table, too.
    convert(&folder, &["a.csv", "a.npy"]);
    assert_eq!(
        stdout(&convert(&folder, &["a.npy", "-", "--to=text"])),
        plain
    );
    convert(&folder, &["a.csv", "a.npy", "--guess-types"]);
    let typed = stdout(&convert(&folder, &["a.npy", "-", "--to=text"]));
    assert_eq!(typed, text(&["--guess-types"]));
    // By a schema, which says more than a guess can.
    convert(
        &folder,
        &["a.csv", "s.json", "--find-schema", "--guess-types"],
    );
    let schema = String::from_utf8(read(&folder, "s.json")).unwrap();
    assert!(schema.contains("\"float64\""), "{schema}");
    let schema = schema.replace("\"bool\"", "\"text\"");
    fs::write(folder.path().join("s.json"), schema).unwrap();
    let output = through_pipe(
        &folder,
        &["-", "-", "--from=csv", "--to=text", "--schema=s.json"],
        rows.as_bytes(),
    );
    assert_eq!(
        stdout(&output).lines().next().unwrap(),
        "{'id': 1, 'zip': '01234', 'x': 0.5, 'when': '', 'ok': 'True'}",
        "{}",
        stderr(&output)
    );
    fs::write(folder.path().join("b.csv"), rows.replace("-2", "two")).unwrap();
    let output = run(&folder, &["convert", "b.csv", "b.txt", "--schema=s.json"]);
    let says =
        ["record 2 holds the text \"two\" in the field \"id\", which the schema has as int64"];
    assert_refused(
        &folder,
        &output,
        &says,
        &["a.csv", "a.npy", "b.csv", "s.json"],
    );
    let piped = through_pipe(
        &folder,
        &["-", "-", "--from=csv", "--to=text", "--guess-types"],
        rows.as_bytes(),
    );
    assert!(stderr(&piped).contains("standard input is read once"));
}

#[test]
fn flags_of_fields_are_refused_where_there_are_none() {
    let folder = folder_with(&[("a.txt", b"1\n"), ("s.json", b"")]);
    for flag in ["--schema=s.json", "--unfit=text"] {
        let output = run(&folder, &["convert", "a.txt", "a.jsonl", flag]);
        let name = flag.split('=').next().unwrap();
        let says = [format!("{name} is for tables").leak(), "npy"];
        assert_refused(&folder, &output, &[says[0], says[1]], &["a.txt", "s.json"]);
    }
}

/// Objects become what they are where there are no classes, and rows of tables rows.
#[test]
fn known_data_has_fields() {
    let folder = folder_with(&[]);
    let script = "\
import collections, datetime, pickle
Point = collections.namedtuple('Point', 'x y')
rows = [collections.OrderedDict(a=datetime.date(2024, 1, day), b=day) for day in (1, 2)]
pickle.dump(rows, open('a.pkl', 'wb'))
";
    if cpython(folder.path(), script).is_none() {
        return;
    }
    convert(&folder, &["a.pkl", "a.npy"]);
    let output = convert(&folder, &["a.npy", "-", "--to=text"]);
    assert_eq!(
        stdout(&output),
        "{'a': '2024-01-01', 'b': 1}\n{'a': '2024-01-02', 'b': 2}\n"
    );
    convert(&folder, &["a.pkl", "a.csv"]);
    assert_eq!(read(&folder, "a.csv"), b"a,b\n2024-01-01,1\n2024-01-02,2\n");
}

#[test]
fn every_file_of_a_folder_has_fields_of_its_own() {
    let folder = folder_with(&[]);
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/a.txt"), "(1, 2)\n").unwrap();
    fs::write(folder.path().join("in/b.txt"), "'x'\n").unwrap();
    convert(&folder, &["in", "out", "--to=npy"]);
    for (name, text) in [("a", "(1, 2)\n"), ("b", "'x'\n")] {
        let output = convert(&folder, &[&format!("out/{name}.npy"), "-", "--to=text"]);
        assert_eq!(stdout(&output), text);
    }
}

/// From some batches of rows on; a group of Parquet's rows is larger than all of these.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_depend_on_the_number_of_records() {
    let folder = folder_with(&[]);
    let formats = Formats::built_in();
    // Of dicts a field holds lists.
    for (dataset, is_nested) in [("tuples", false), ("dicts", true)] {
        let file = |records| format!("{dataset}-{records}");
        for records in ["20_000", "200_000"] {
            let (dataset, file) = (format!("--dataset={dataset}"), file(records));
            let words = [
                "generate",
                "pickle/cpython-2",
                "-n",
                records,
                &dataset,
                "-o",
                &file,
            ];
            assert!(run(&folder, &words).status.success());
        }
        let tables = formats
            .iter()
            .filter_map(|format| Some((format, format.table()?)));
        for (format, _) in tables.filter(|(_, table)| table.has_nested() || !is_nested) {
            let end = format.extensions()[0];
            let to = |records| {
                let file = file(records);
                peak_of(&folder, &[&file, &format!("{file}.{end}")])
            };
            let back = |records| {
                let table = format!("{}.{end}", file(records));
                peak_of(&folder, &[&table, "out.txt"])
            };
            let peaks = [
                (to("20_000"), to("200_000")),
                (back("20_000"), back("200_000")),
            ];
            for (few, many) in peaks {
                match end {
                    "parquet" => assert!(many <= 128 << 20, "{dataset} {end}: {many}"),
                    _ => assert_eq!(few, many, "{dataset} {end}"),
                }
            }
        }
    }
}

#[test]
fn formats_of_other_builds_are_named_with_their_feature() {
    let folder = folder_with(&[("a.txt", b"1\n")]);
    for (name, end, feature) in [
        ("json-lines+zstd-19", "jsonl.zst", "more-formats"),
        ("parquet", "parquet", "parquet"),
        ("arrow-ipc", "arrow", "arrow-ipc"),
        ("avro", "avro", "avro"),
    ] {
        if Formats::built_in().find(name).is_some() {
            continue;
        }
        let says = [
            "is not in this build",
            &format!("cargo install picklebench --features {feature}"),
        ];
        let output = run(&folder, &["convert", "a.txt", &format!("a.{end}")]);
        assert_refused(&folder, &output, &says, &["a.txt"]);
        let output = run(&folder, &["convert", "a.txt", "a", "--to", name]);
        assert_refused(&folder, &output, &says, &["a.txt"]);
        // What is compressed is read through, in every build.
        if !name.contains('+') {
            let output = run(&folder, &["convert", "a.txt", "a.jsonl", "--from", name]);
            assert_refused(&folder, &output, &says, &["a.txt"]);
        }
    }
}
