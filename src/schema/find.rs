//! The schema of records, found in one pass over them in bounded memory.

use picklestream::value::Value;

use super::columns::{Columns, Room};
use super::fit::Unfit;
use super::found::Row;
use super::look::{CanHold, Look, Rules, Texts};
use super::misfit::Misfit;
use super::scalar::plain;
use super::{FieldType, Schema};

/// Looks at one record after another.
#[derive(Debug)]
pub struct Finder {
    rules: Rules,
    row: Option<Row>,
    room: Room,
    records: u64,
    loss: Option<&'static str>,
}

impl Finder {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new(unfit: Unfit, holds: CanHold, texts: Texts) -> Finder {
        Finder {
            rules: Rules {
                unfit,
                holds,
                texts,
            },
            row: None,
            room: Room::new(),
            records: 0,
            loss: None,
        }
    }

    /// Looks at a record.
    ///
    /// # Errors
    ///
    /// If it is another sort of row than those before, or no type holds the values of
    /// a field without loss, and nothing was said of what becomes of them.
    pub fn add(&mut self, record: &Value) -> Result<(), Misfit> {
        let record = plain(record);
        let mut row = match self.row.take() {
            Some(row) => row,
            None => Row::new(Columns::of_row(&record, &mut self.room)?),
        };
        let mut look = Look {
            rules: self.rules,
            room: &mut self.room,
            loss: &mut self.loss,
        };
        look.record(&mut row, &record)?;
        self.row = Some(row);
        self.records += 1;
        Ok(())
    }

    /// What is another value once it comes back, though its field holds it, if anything
    /// is.
    #[must_use]
    pub fn loss(&self) -> Option<&'static str> {
        self.loss
    }

    /// What they have in common; `None` if there were no records.
    #[must_use]
    pub fn finish(self) -> Option<Schema> {
        let row = self.row?;
        let rows = row.columns.rows();
        let mut fields = row.fields(self.rules.holds.nulls, true);
        if self.rules.texts == Texts::Guessed {
            for field in &mut fields {
                // A text without characters is one.
                field.nullable &= field.kind != FieldType::Text;
            }
        }
        Some(Schema {
            rows,
            records: Some(self.records),
            fields,
        })
    }
}

#[cfg(test)]
mod tests {
    use picklestream::literal;

    use super::*;
    use crate::schema::Field;
    use crate::schema::look::{MISSING, WIDENED};
    use crate::schema::misfit::Remedy;
    use crate::schema::path::MOST_DEPTH;

    const NPY: CanHold = CanHold {
        nulls: false,
        nested: false,
        title: "a NumPy array",
    };

    fn find(records: &str, unfit: Unfit, holds: CanHold, texts: Texts) -> Result<Schema, Misfit> {
        let mut finder = Finder::new(unfit, holds, texts);
        for line in records.lines() {
            finder.add(&literal::from_str(line).unwrap())?;
        }
        Ok(finder.finish().unwrap())
    }

    /// `name: type? (width)` of each field.
    fn told_of(fields: &[Field]) -> String {
        let fields = fields.iter().map(|field| {
            let width = field.width.map_or(String::new(), |it| format!(" ({it})"));
            let kind = told_of_type(&field.kind, field.nullable);
            format!("{}: {kind}{width}", field.name)
        });
        fields.collect::<Vec<_>>().join(", ")
    }

    fn told_of_type(kind: &FieldType, nullable: bool) -> String {
        let kind = match kind {
            FieldType::List(item) => format!("[{}]", told_of_type(&item.kind, item.nullable)),
            FieldType::Dict(fields) => format!("{{{}}}", told_of(fields)),
            kind => kind.to_string(),
        };
        format!("{kind}{}", if nullable { "?" } else { "" })
    }

    fn found(records: &str) -> Result<String, String> {
        let found = find(records, Unfit::Refuse, CanHold::ALL, Texts::AsTheyAre);
        found
            .map(|it| told_of(&it.fields))
            .map_err(|error| error.what)
    }

    #[test]
    fn types_are_widened_where_nothing_is_lost() {
        for (records, expected) in [
            (
                "{'a': 1, 'b': 'é'}\n{'b': 'xyz', 'a': -2}",
                "a: int64, b: text (3)",
            ),
            (
                "{'a': 1}\n{'b': None}\n{'a': True, 'b': 1.5}",
                "!which was int64 so far",
            ),
            ("{'a': 1}\n{'b': True}", "a: int64?, b: bool?"),
            ("(1, 0.5)\n[-1, 2]", "0: int64, 1: float64"),
            ("1\n18446744073709551615", "0: uint64"),
            ("-1\n18446744073709551615", "!which was int64 so far"),
            ("9007199254740992\n0.5", "0: float64"),
            (
                "9007199254740993\n0.5",
                "!holds a value of type float in the field \"0\"",
            ),
            ("0.5\n9007199254740993", "!holds the int 9007199254740993"),
            ("18446744073709551616", "!an int beyond 64 bits"),
            ("None\nb'ab'\nbytearray(b'a')", "0: bytes? (2)"),
            ("None", "0: text? (0)"),
            (
                "{'a': {1, 2}}",
                "!a value of type set in the field \"a\", which no field",
            ),
            (
                "(1,)\n{'a': 1}",
                "!another sort of row than the first: it is a value of type dict",
            ),
            ("(1,)\n(1, 2)", "!it has 2 items, and not 1"),
            ("{'1': 1, 1: 2}", "!has two keys that are called \"1\""),
            (
                "{'a': 1}\n{'1': 1, 1: 2}",
                "!has two keys that are called \"1\"",
            ),
            ("{(1,): 1}", "!a key of type tuple"),
            ("{}", "!is empty"),
        ] {
            match (found(records), expected.strip_prefix('!')) {
                (Ok(told), None) => assert_eq!(told, expected, "{records}"),
                (Err(told), Some(part)) => assert!(told.contains(part), "{records}: {told}"),
                (other, _) => panic!("{records}: {other:?}"),
            }
        }
    }

    #[test]
    fn lists_and_dicts_have_types_within_them() {
        for (records, expected) in [
            ("{'a': [1]}\n{'a': (2, 0.5)}\n{'a': []}", "a: [float64]"),
            ("{'a': []}\n{'a': None}", "a: [text?]?"),
            ("{'a': [[1], None, []]}", "a: [[int64]?]"),
            ("([1, None], [b'x'])", "0: [int64?], 1: [bytes]"),
            (
                "{'a': {'x': 1, 'y': 'b'}}\n{'a': {'y': 'c', 'z': []}}",
                "a: {x: int64?, y: text, z: [text?]?}",
            ),
            ("{'a': [{'x': 1}, {1: 2}]}", "a: [{x: int64?, 1: int64?}]"),
            ("{'a': {}}\n{'a': {'x': 1}}", "a: {x: int64?}"),
            // Nothing tells what is in it.
            ("{'a': {}}", "a: text (0)"),
            (
                "{'a': {'b': {'c': [{'d': True}]}}}",
                "a: {b: {c: [{d: bool}]}}",
            ),
            (
                "{'a': [1, 'x']}",
                "!holds a value of type str in the field \"a[]\", which was int64 so far",
            ),
            (
                "{'a': [1]}\n{'a': 1}",
                "!holds the int 1 in the field \"a\", which was list so far",
            ),
            (
                "{'a': {'x': 1}}\n{'a': [1]}",
                "!holds a value of type list in the field \"a\", which was dict so far",
            ),
            (
                "{'a': 1}\n{'a': [1]}",
                "!of type list in the field \"a\", which was int64 so far",
            ),
            (
                "{'a': [{'x': 1}, {'x': ''}]}",
                "!holds a value of type str in the field \"a[].x\", which was int64 so far",
            ),
            (
                "{'a': [{(1,): 1}]}",
                "!holds a value of type dict in the field \"a[]\" that has a key of type tuple, which",
            ),
            (
                "{'a': {'1': 1, 1: 2}}",
                "!in the field \"a\" that has two keys that are called \"1\"",
            ),
        ] {
            match (found(records), expected.strip_prefix('!')) {
                (Ok(told), None) => assert_eq!(told, expected, "{records}"),
                (Err(told), Some(part)) => assert!(told.contains(part), "{records}: {told}"),
                (other, _) => panic!("{records}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_smallest_thing_that_does_not_fit_becomes_null_or_text() {
        for (records, null, text) in [
            ("{'a': [1, 'x']}", "a: [int64?]", "a: [text]"),
            ("{'a': [1]}\n{'a': 'x'}", "a: [int64]?", "a: text (3)"),
            (
                "{'a': {'x': 1}}\n{'a': {'x': ''}}",
                "a: {x: int64?}",
                "a: {x: text}",
            ),
            ("{'a': {(1,): 1}}", "a: text? (0)", "a: text (9)"),
            ("{'a': [{'x': 1}, [1]]}", "a: [{x: int64}?]", "a: [text]"),
        ] {
            for (unfit, expected) in [(Unfit::Null, null), (Unfit::Text, text)] {
                let schema = find(records, unfit, CanHold::ALL, Texts::AsTheyAre).unwrap();
                assert_eq!(told_of(&schema.fields), expected, "{records}");
            }
        }
        let refused = find("{'a': []}", Unfit::Refuse, NPY, Texts::AsTheyAre).unwrap_err();
        assert_eq!(
            refused.what,
            "holds a value of type list in the field \"a\", and a NumPy array has no lists or \
             dicts in its fields"
        );
        assert_eq!(refused.remedy, Remedy::TextOrNested);
    }

    #[test]
    fn what_comes_back_as_another_value_is_told() {
        for (records, expected) in [
            ("{'a': [1, None]}\n{'a': None}", None),
            ("{'a': 1}\n{'b': 1}", Some(MISSING)),
            ("{'a': [{'b': 1}, {}]}", Some(MISSING)),
            ("{'a': [0.5, 1]}", Some(WIDENED)),
            ("1\n2\n0.5", Some(WIDENED)),
        ] {
            let mut finder = Finder::new(Unfit::Refuse, CanHold::ALL, Texts::AsTheyAre);
            for line in records.lines() {
                finder.add(&literal::from_str(line).unwrap()).unwrap();
            }
            assert_eq!(finder.loss(), expected, "{records}");
        }
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        // A list that is the record is no level.
        let deepest = found(&nested(MOST_DEPTH + 1)).unwrap();
        assert_eq!(
            deepest,
            format!(
                "0: {}text?{}",
                "[".repeat(MOST_DEPTH),
                "]".repeat(MOST_DEPTH)
            )
        );
        let told = found(&nested(MOST_DEPTH + 2)).unwrap_err();
        assert!(
            told.contains("[]\", within more than 30 lists and dicts"),
            "{told}"
        );
    }

    #[test]
    fn what_does_not_fit_becomes_null_or_text() {
        let records = "{'a': 1, 'b': 'x'}\n{'a': 'long', 'b': [1, 2]}\n{'a': 2}";
        let null = find(records, Unfit::Null, CanHold::ALL, Texts::AsTheyAre).unwrap();
        assert_eq!(told_of(&null.fields), "a: int64?, b: text? (1)");
        let text = find(records, Unfit::Text, CanHold::ALL, Texts::AsTheyAre).unwrap();
        assert_eq!(told_of(&text.fields), "a: text (4), b: text? (6)");
        let text = find(records, Unfit::Text, NPY, Texts::AsTheyAre).unwrap();
        assert_eq!(told_of(&text.fields), "a: text (4), b: text (6)");
        let refused = find("(1, None)", Unfit::Refuse, NPY, Texts::AsTheyAre).unwrap_err();
        assert_eq!(
            refused.what,
            "holds None in the field \"1\", and a NumPy array has no null"
        );
    }

    #[test]
    fn texts_are_numbers_if_all_of_a_field_are() {
        let guessed = |records, holds| {
            told_of(
                &find(records, Unfit::Refuse, holds, Texts::Guessed)
                    .unwrap()
                    .fields,
            )
        };
        let records = "{'id': '1', 'zip': '01234', 'x': '', 'y': '1', 'z': 'True', 'n': ''}\n\
                       {'id': '-2', 'zip': '99', 'x': '7', 'y': '.5', 'z': 'true', 'n': ''}";
        assert_eq!(
            guessed(records, CanHold::ALL),
            "id: int64, zip: text (5), x: int64?, y: text (2), z: bool, n: text (0)"
        );
        assert_eq!(guessed("{'a': ''}\n{'a': '7'}", NPY), "a: text (1)");
    }

    #[test]
    fn memory_is_bounded() {
        let mut finder = Finder::new(Unfit::Refuse, CanHold::ALL, Texts::AsTheyAre);
        let add = |at: u32| {
            let key = Value::Str(format!("key {at}"));
            finder.add(&Value::Dict(vec![(key, Value::None)]))
        };
        let refused = (0..10_000).map(add).find_map(Result::err).unwrap();
        assert!(refused.what.contains("more than 4096 fields"), "{refused}");
        let long = Value::Str("x".repeat(2 << 20));
        let refused = finder.add(&Value::Dict(vec![(long, Value::None)]));
        assert!(refused.is_err());
        // A dict whose keys are data, within a list.
        let map = |at: u32| {
            let key = Value::Str(format!("key {at}"));
            let map = Value::Dict(vec![(key, Value::Int(1))]);
            Value::Tuple(vec![Value::Int(1), Value::List(vec![map])])
        };
        let finder = |unfit| Finder::new(unfit, CanHold::ALL, Texts::AsTheyAre);
        let mut refusing = finder(Unfit::Refuse);
        let mut records = (0..10_000).map(map);
        let refused = records.find_map(|record| refusing.add(&record).err());
        let refused = refused.unwrap();
        let says = "in the field \"1[]\" that has more than 4096 fields";
        assert!(refused.what.contains(says), "{refused}");
        assert_eq!(refused.remedy, Remedy::NullOrText);
        for (unfit, fields) in [(Unfit::Null, 4096 - 3), (Unfit::Text, 0)] {
            let mut finder = finder(unfit);
            for at in 0..5000 {
                finder.add(&map(at)).unwrap();
            }
            let FieldType::List(item) = &finder.finish().unwrap().fields[1].kind else {
                panic!("no list");
            };
            match &item.kind {
                FieldType::Dict(found) => assert_eq!(found.len(), fields),
                kind => assert_eq!((kind, fields), (&FieldType::Text, 0)),
            }
        }
    }
}
