//! The literal codec against files that CPython made; see
//! `tests/golden/literal/make.py`.

use picklestream::literal::{self, ErrorKind};
use picklestream::value::Value;
use serde::Deserialize;

const VALUES: &str = include_str!("../golden/literal/values.txt");
const RECORDS: &str = include_str!("../golden/literal/records.txt");
const GRAMMAR: &str = include_str!("../golden/literal/grammar.jsonl");

#[test]
fn every_value_is_written_as_it_was_read() {
    assert!(VALUES.lines().count() > 100);
    for line in VALUES.lines() {
        let value: Value = literal::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert_eq!(literal::to_string(&value).unwrap(), line);
    }
}

#[test]
fn records_of_the_tutorial_are_the_same_bytes() {
    let mut writer = literal::Writer::new(Vec::new());
    let mut count = 0;
    for record in literal::LiteralRecords::<_, (f64, String, u64)>::new(RECORDS.as_bytes()) {
        writer.write(&record.unwrap()).unwrap();
        count += 1;
    }
    assert_eq!(count, 200);
    assert_eq!(String::from_utf8(writer.into_inner()).unwrap(), RECORDS);
}

#[derive(Deserialize)]
struct Case {
    text: String,
    /// What `repr(ast.literal_eval(text))` gives, if anything.
    repr: Option<String>,
}

/// Where this codec departs from `ast.literal_eval`, and what it does instead:
/// `Ok` with the repr of what it reads, or the kind of its error.
fn departures() -> Vec<(&'static str, Result<&'static str, ErrorKind>)> {
    use ErrorKind::{Syntax, Unsupported};
    vec![
        // Python 2 wrote these.
        ("1L", Ok("1")),
        ("-1L", Ok("-1")),
        ("0xFFL", Ok("255")),
        // What repr writes for them.
        ("frozenset()", Ok("frozenset()")),
        ("frozenset({1})", Ok("frozenset({1})")),
        // The signs of zeros are kept as complex('…') keeps them.
        ("-1j", Ok("-1j")),
        // Parentheses group values, not parts of numbers.
        ("(1)+2j", Err(Syntax)),
        // White space before a literal is passed over, line ends too.
        (" \n 1", Ok("1")),
        // Brackets are needed around a tuple.
        ("1,2", Err(Syntax)),
        ("1,", Err(Syntax)),
        ("'a',", Err(Syntax)),
        ("1, 2, 3", Err(Syntax)),
        // Joined strings, names of characters, lone surrogates.
        ("'a' 'b'", Err(Unsupported)),
        ("('a' 'b')", Err(Unsupported)),
        ("'a'\"b\"", Err(Unsupported)),
        ("b'a' b'b'", Err(Syntax)),
        ("r'a'u'b'", Err(Syntax)),
        ("'\\N{DIGIT ONE}'", Err(Unsupported)),
        ("'\\ud800'", Ok("'\\ud800'")),
        ("'\\ud83d\\ude00'", Ok("'\\ud83d\\ude00'")),
        ("'\\udfff'", Ok("'\\udfff'")),
        // Ellipsis has no place in the data model; comments are refused.
        ("...", Err(Syntax)),
        ("'a'#b", Err(Unsupported)),
    ]
}

#[test]
fn the_grammar_is_that_of_python() {
    let departures = departures();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for line in GRAMMAR.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let ours = literal::from_str::<Value>(&case.text);
        let departure = departures.iter().find(|(text, _)| *text == case.text);
        seen += usize::from(departure.is_some());
        let ours = match &ours {
            Ok(value) => Ok(literal::to_string(value).unwrap()),
            Err(error) => Err(error.kind()),
        };
        let right = match (departure, &case.repr) {
            (Some((_, expected)), _) => ours == expected.map(str::to_owned),
            (None, Some(repr)) => ours.as_ref() == Ok(repr),
            (None, None) => ours.is_err(),
        };
        if !right {
            wrong.push(format!(
                "{:?}: Python {:?}, ours {ours:?}",
                case.text, case.repr
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, departures.len(), "a departure is not in the file");
}
