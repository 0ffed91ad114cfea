//! `picklebench convert` to and from tables whose fields hold lists and dicts: they are
//! found, come back as they were, and what does not fit is named by its place.

use std::fs;

use picklebench::formats::Formats;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{folder_with, run, stderr, stdout};
use crate::convert_support::{assert_refused, convert, cpython, through_pipe};

/// Records with lists and dicts in their fields, each its own equal once it came back.
const NESTED: &str = "\
{'id': 1, 'tags': ['a', None, 'é'], 'at': {'x': 0.5, 'in': {'u': 18446744073709551615}}, \
'rows': [{'x': 1, 'b': b'\\xff'}, None], 'll': [[1, 2], [], None], 'u': [18446744073709551615, 0]}
{'id': 2, 'tags': [], 'at': None, 'rows': [], 'll': [], 'u': None}
{'id': 3, 'tags': None, 'at': {'x': -1.5, 'in': None}, 'rows': None, 'll': [[3, None]], 'u': []}
";

/// The formats of tables, by the ending of their files: those whose fields hold lists and
/// dicts, or the others.
fn tables(are_nested: bool) -> Vec<&'static str> {
    let formats = Formats::built_in();
    let tables = formats.iter().filter_map(|format| {
        let is_one = format.table()?.has_nested() == are_nested;
        is_one.then(|| format.extensions()[0])
    });
    tables.collect()
}

fn text(folder: &TempDir, name: &str) -> String {
    stdout(&convert(folder, &[name, "-", "--to=text"]))
}

#[test]
fn lists_and_dicts_in_fields_come_back() {
    let folder = folder_with(&[("a.txt", NESTED.as_bytes())]);
    convert(&folder, &["a.txt", "a.json", "--find-schema"]);
    for end in tables(true) {
        let name = format!("a.{end}");
        convert(&folder, &["a.txt", &name]);
        assert_eq!(text(&folder, &name), NESTED, "{name}");
        // In place; by the schema that was found; and from a pipe, which is read once.
        convert(&folder, &[&name, &name]);
        assert_eq!(text(&folder, &name), NESTED, "{name}");
        let other = format!("b.{end}");
        let words = ["-", &other, "--schema=a.json", "--from=text"];
        let output = through_pipe(&folder, &words, NESTED.as_bytes());
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert_eq!(text(&folder, &other), NESTED, "{name}");
        // From each to each.
        for to in tables(true) {
            let other = format!("c.{to}");
            convert(&folder, &[&name, &other]);
            assert_eq!(text(&folder, &other), NESTED, "{name} to {other}");
        }
    }
}

#[test]
fn formats_without_them_say_what_to_do() {
    let folder = folder_with(&[(
        "a.txt",
        b"{'a': [1, 'x'], 'b': {'c': 1}}\n{'a': 1, 'b': 2}\n",
    )]);
    let schema = r#"{"records": 1, "fields": [{"name": "a", "type": {"list": {"type": "bool"}}}]}"#;
    fs::write(folder.path().join("s.json"), schema).unwrap();
    for end in tables(false) {
        let name = format!("a.{end}");
        let output = run(&folder, &["convert", "a.txt", &name]);
        let says = [
            "record 1 holds a value of type list in the field \"a\"",
            "no lists or dicts in its fields",
            "--unfit text",
            "parquet",
        ];
        assert_refused(&folder, &output, &says, &["a.txt", "s.json"]);
        let output = through_pipe(
            &folder,
            &["-", &name, "--schema=s.json"],
            b"{'a': [True]}\n",
        );
        let says = ["its schema has a list in the field \"a\"", "make it text"];
        assert_refused(&folder, &output, &says, &["a.txt", "s.json"]);
        convert(&folder, &["a.txt", &name, "--unfit=text"]);
        assert_eq!(
            text(&folder, &name),
            "{'a': \"[1, 'x']\", 'b': \"{'c': 1}\"}\n{'a': '1', 'b': '2'}\n"
        );
        fs::remove_file(folder.path().join(&name)).unwrap();
    }
}

#[test]
fn what_is_found_within_lists_and_dicts_is_told() {
    let records = "{'a': [1], 'b': {'x': 'y'}}\n{'a': (None, 0.5), 'b': {'z': [[]]}}\n";
    let folder = folder_with(&[("a.txt", records.as_bytes())]);
    let output = convert(&folder, &["a.txt", "-", "--find-schema"]);
    let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let lists = json!({"list": {"type": "text", "nullable": true}});
    assert_eq!(
        found["fields"],
        json!([
            {
                "name": "a",
                "type": {"list": {"type": "float64", "nullable": true}},
                "nullable": false,
            },
            {
                "name": "b",
                "type": {"dict": [
                    {"name": "x", "type": "text", "nullable": true},
                    {"name": "z", "type": {"list": {"type": lists, "nullable": false}}, "nullable": true},
                ]},
                "nullable": false,
            },
        ])
    );
}

#[test]
fn what_does_not_fit_within_them_is_named_or_becomes_what_was_asked_for() {
    let Some(end) = tables(true).pop() else {
        return;
    };
    let name = format!("a.{end}");
    let deep = |depth: usize| format!("({}1{},)", "[".repeat(depth), "]".repeat(depth));
    let map: String = (0..5000)
        .map(|at| format!("{{'m': {{'k{at}': 1}}}}\n"))
        .collect();
    let folder = folder_with(&[]);
    for (records, words, says) in [
        (
            "{'a': [1, 'x']}",
            &[][..],
            "record 1 holds a value of type str in the field \"a[]\", which was int64 so far; say \
             --unfit null",
        ),
        (
            "{'a': {'b': [{'c': 1}]}}\n{'a': {'b': [{'c': None}, {'c': ''}]}}",
            &[],
            "record 2 holds a value of type str in the field \"a.b[].c\", which was int64 so far",
        ),
        (
            "{'a': [1]}\n{'a': {}}",
            &[],
            "an empty dict in the field \"a\", which was list so far",
        ),
        (
            "{'a': {}}",
            &[],
            "an empty dict in the field \"a\", which the schema has as text",
        ),
        (
            map.as_str(),
            &[],
            "record 4096 holds a value of type dict in the field \"m\" that has more than 4096",
        ),
        (
            deep(31).as_str(),
            &[],
            "[][]\", within more than 30 lists and dicts; say --unfit null",
        ),
        (
            "{'a': [1.5]}",
            &["--schema=s.json"],
            "a value of type float in the field \"a[]\", which the schema has as int64",
        ),
        (
            "{'a': 1}",
            &["--schema=deep.json"],
            "cannot read deep.json: it is no schema: recursion limit exceeded",
        ),
    ] {
        let schema = r#"{"fields": [{"name": "a", "type": {"list": {"type": "int64"}}}]}"#;
        fs::write(folder.path().join("s.json"), schema).unwrap();
        let schema = schema.replace("\"int64\"", &"{\"list\": {\"type\": ".repeat(100_000));
        fs::write(folder.path().join("deep.json"), schema).unwrap();
        fs::write(folder.path().join("a.txt"), records).unwrap();
        let output = run(&folder, &[&["convert", "a.txt", &name], words].concat());
        assert_refused(&folder, &output, &[says], &["a.txt", "deep.json", "s.json"]);
    }
    let records = "{'a': [1, 'x'], 'b': {'y': 1}}\n{'a': 2, 'b': {'y': {'z': 2}}}\n";
    fs::write(folder.path().join("a.txt"), records).unwrap();
    for (unfit, back) in [
        (
            "--unfit=null",
            "{'a': [1, None], 'b': {'y': 1}}\n{'a': None, 'b': {'y': None}}\n",
        ),
        (
            "--unfit=text",
            "{'a': \"[1, 'x']\", 'b': {'y': '1'}}\n{'a': '2', 'b': {'y': \"{'z': 2}\"}}\n",
        ),
    ] {
        convert(&folder, &["a.txt", &name, unfit]);
        assert_eq!(text(&folder, &name), back);
    }
    // A dict whose keys are data.
    fs::write(folder.path().join("a.txt"), map).unwrap();
    convert(&folder, &["a.txt", &name, "--unfit=text"]);
    assert!(text(&folder, &name).starts_with("{'m': \"{'k0': 1}\"}\n{'m': \"{'k1': 1}\"}\n"));
}

/// People's records: the made ones, and what `--objects fields` makes of objects.
#[test]
fn made_records_and_objects_become_tables() {
    let folder = folder_with(&[]);
    let words = [
        "generate",
        "pickle/cpython-2",
        "--dataset=dicts",
        "-n=1000",
        "-o=d.pkl",
    ];
    assert!(run(&folder, &words).status.success());
    // An object within a list within an object: GLOBAL, and state by BUILD.
    let object = "cm\nC\n(tR(dS'x'\nI1\nsS'in'\n(lcm\nD\n(tR(dS'y'\nI2\nsbasb";
    fs::write(
        folder.path().join("o.pkl"),
        format!("(l{object}a{object}a."),
    )
    .unwrap();
    for end in tables(true) {
        for (from, more) in [("d.pkl", &[][..]), ("o.pkl", &["--objects=fields"])] {
            let name = format!("{from}.{end}");
            convert(&folder, &[&[from, &name], more].concat());
            let expected = stdout(&convert(
                &folder,
                &[&[from, "-", "--to=text"], more].concat(),
            ));
            assert_eq!(text(&folder, &name), expected, "{name}");
        }
    }
}

/// What others read of our files, and we of theirs.
#[test]
fn others_agree() {
    let folder = folder_with(&[("a.txt", NESTED.as_bytes())]);
    if tables(true).len() < 3 {
        return;
    }
    for name in ["a.parquet", "a.arrow", "a.avro"] {
        convert(&folder, &["a.txt", name]);
    }
    let script = "\
import ast
try:
    import fastavro, pyarrow, pyarrow.parquet
except ImportError:
    print('no libraries')
else:
    rows = [ast.literal_eval(line) for line in open('a.txt', encoding='utf-8')]
    parquet = pyarrow.parquet.read_table('a.parquet')
    parquet.validate(full=True)
    assert parquet.to_pylist() == rows, parquet.to_pylist()
    arrow = pyarrow.ipc.open_stream('a.arrow').read_all()
    arrow.validate(full=True)
    assert arrow.to_pylist() == rows, arrow.to_pylist()
    pyarrow.parquet.write_table(parquet, 'b.parquet', compression='none')
    with pyarrow.ipc.new_file('b.arrow', arrow.schema) as file:
        file.write_table(arrow)
    with open('a.avro', 'rb') as file:
        reader = fastavro.reader(file)
        avro, schema = list(reader), reader.writer_schema
    with open('b.avro', 'wb') as file:
        fastavro.writer(file, schema, avro)
    def unsigned(value):
        # Avro has no such ints: fastavro gives their bytes.
        return value and [int.from_bytes(item, 'little') for item in value]
    for row in avro:
        row['u'] = unsigned(row['u'])
        if row['at'] and row['at']['in']:
            row['at']['in']['u'], = unsigned([row['at']['in']['u']])
    assert avro == rows, avro
    print('agreed')
";
    match cpython(folder.path(), script).as_deref() {
        Some("agreed\n") => {}
        None | Some("no libraries\n") => {
            eprintln!("SKIPPED: there are no libraries to compare with");
            return;
        }
        told => panic!("{told:?}"),
    }
    for name in ["b.parquet", "b.arrow", "b.avro"] {
        assert_eq!(text(&folder, name), NESTED, "{name}");
    }
}
