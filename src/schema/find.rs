//! The schema of records, found in one pass over them in bounded memory.

use picklestream::value::Value;

use super::columns::Columns;
use super::fit::Unfit;
use super::guess::{Guess, guess};
use super::misfit::{Misfit, Remedy};
use super::scalar::{Scalar, exact_float, plain, told, written};
use super::{Field, FieldType, Schema};

/// Whether what is written can have nulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// It can.
    Allowed,
    /// It cannot. This is what it is called in a sentence.
    Absent(&'static str),
}

impl Nulls {
    /// What something that is called `title` in a sentence has.
    #[must_use]
    pub fn of(has_nulls: bool, title: &'static str) -> Nulls {
        match has_nulls {
            true => Nulls::Allowed,
            false => Nulls::Absent(title),
        }
    }
}

/// What texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// Texts.
    AsTheyAre,
    /// Numbers, bools and nulls, if all values of a field are written as such: what a
    /// file is read as that has nothing but text.
    Guessed,
}

/// Looks at one record after another.
#[derive(Debug)]
pub struct Finder {
    unfit: Unfit,
    nulls: Nulls,
    texts: Texts,
    columns: Option<Columns>,
    found: Vec<Found>,
    records: u64,
}

/// What was seen of a field so far.
#[derive(Debug, Default)]
struct Found {
    seen: Option<Seen>,
    is_nullable: bool,
    /// Of the longest text or bytes.
    width: u64,
    /// Of the longest value, if all become text.
    text_width: u64,
}

/// What all values of a field were so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Bool,
    Int {
        least: i128,
        most: i128,
    },
    Float,
    Text,
    Bytes,
    /// Several types, which become text.
    Mixed,
}

impl Seen {
    /// Of a value by itself, if a field can hold it.
    fn of(scalar: Scalar<'_>) -> Option<Seen> {
        Some(match scalar {
            Scalar::Bool(_) => Seen::Bool,
            Scalar::Int(int) => Seen::int(int, int)?,
            Scalar::Float(_) => Seen::Float,
            Scalar::Text(_) => Seen::Text,
            Scalar::Bytes(_) => Seen::Bytes,
            Scalar::None | Scalar::Other => return None,
        })
    }

    fn int(least: i128, most: i128) -> Option<Seen> {
        int_type(least, most).map(|_| Seen::Int { least, most })
    }

    /// Of all so far and one more, if one type holds them without loss.
    fn with(self, scalar: Scalar<'_>) -> Option<Seen> {
        match (self, Seen::of(scalar)?) {
            (
                Seen::Int { least, most },
                Seen::Int {
                    least: low,
                    most: high,
                },
            ) => Seen::int(least.min(low), most.max(high)),
            (Seen::Int { least, most }, Seen::Float) | (Seen::Float, Seen::Int { least, most }) => {
                exact_float(least)
                    .and(exact_float(most))
                    .map(|_| Seen::Float)
            }
            (Seen::Mixed, _) => Some(Seen::Mixed),
            (so_far, new) => (so_far == new).then_some(so_far),
        }
    }

    fn kind(self) -> FieldType {
        match self {
            Seen::Bool => FieldType::Bool,
            Seen::Int { least, most } => int_type(least, most).unwrap_or(FieldType::Text),
            Seen::Float => FieldType::Float64,
            Seen::Text | Seen::Mixed => FieldType::Text,
            Seen::Bytes => FieldType::Bytes,
        }
    }
}

/// The type of ints in a range, if there is one.
fn int_type(least: i128, most: i128) -> Option<FieldType> {
    if i64::try_from(least).is_ok() && i64::try_from(most).is_ok() {
        return Some(FieldType::Int64);
    }
    (least >= 0 && u64::try_from(most).is_ok()).then_some(FieldType::UInt64)
}

impl Finder {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new(unfit: Unfit, nulls: Nulls, texts: Texts) -> Finder {
        Finder {
            unfit,
            nulls,
            texts,
            columns: None,
            found: Vec::new(),
            records: 0,
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
        let mut columns = match self.columns.take() {
            Some(columns) => columns,
            None => Columns::of_first(&record)?,
        };
        let before = columns.widen_to(&record)?;
        for at in before..columns.names().len() {
            // The records before lack it.
            self.found.push(Found::default());
            self.null(&columns, at, None)?;
        }
        self.found
            .resize_with(columns.names().len(), Found::default);
        for at in 0..columns.names().len() {
            match columns.part(&record, at) {
                None => self.null(&columns, at, None)?,
                Some(value) => self.value(&columns, at, &plain(value))?,
            }
        }
        self.columns = Some(columns);
        self.records += 1;
        Ok(())
    }

    /// Whether a value of another type makes its field one of text.
    fn makes_text(&self) -> bool {
        self.unfit == Unfit::Text || self.texts == Texts::Guessed
    }

    fn value(&mut self, columns: &Columns, at: usize, value: &Value) -> Result<(), Misfit> {
        let mut scalar = Scalar::of(value);
        let width = match scalar {
            Scalar::Text(text) => text.chars().count() as u64,
            Scalar::Bytes(bytes) => bytes.len() as u64,
            _ => 0,
        };
        let text_width = match scalar {
            Scalar::Text(_) => width,
            _ if self.makes_text() => written(value).chars().count() as u64,
            _ => 0,
        };
        if let (Scalar::Text(text), Texts::Guessed) = (scalar, self.texts) {
            scalar = match guess(text) {
                Guess::Nothing => Scalar::None,
                Guess::Bool(bool) => Scalar::Bool(bool),
                Guess::Int(int) => Scalar::Int(int),
                Guess::Float(float) => Scalar::Float(float),
                Guess::Text => scalar,
            };
        }
        let makes_text = self.makes_text();
        let found = &mut self.found[at];
        found.width = found.width.max(width);
        found.text_width = found.text_width.max(text_width);
        if scalar == Scalar::None {
            return self.null(columns, at, Some(value));
        }
        let with = match found.seen {
            Some(seen) => seen.with(scalar),
            None => Seen::of(scalar),
        };
        match (with, self.unfit) {
            (Some(with), _) => found.seen = Some(with),
            _ if makes_text => found.seen = Some(Seen::Mixed),
            (None, Unfit::Null) => return self.null(columns, at, Some(value)),
            (None, _) => {
                let why = match found.seen {
                    Some(seen) if Seen::of(scalar).is_some() => {
                        format!("which was {} so far", seen.kind())
                    }
                    _ => "which no field of a table holds".to_owned(),
                };
                return Err(Misfit {
                    what: format!(
                        "holds {} in the field {:?}, {why}",
                        told(value),
                        columns.names()[at]
                    ),
                    remedy: match self.nulls {
                        Nulls::Allowed => Remedy::NullOrText,
                        Nulls::Absent(_) => Remedy::Text,
                    },
                });
            }
        }
        Ok(())
    }

    /// A record has nothing there, or something that becomes nothing.
    fn null(&mut self, columns: &Columns, at: usize, value: Option<&Value>) -> Result<(), Misfit> {
        let makes_text = self.makes_text();
        let found = &mut self.found[at];
        match self.nulls {
            Nulls::Allowed => found.is_nullable = true,
            Nulls::Absent(_) if makes_text => {
                found.seen = Some(Seen::Mixed);
                if value.is_none() {
                    let none = written(&Value::None).len() as u64;
                    found.text_width = found.text_width.max(none);
                }
            }
            Nulls::Absent(title) => {
                let what = match value {
                    Some(value) => format!("holds {}", told(value)),
                    None => "has nothing, or one before it,".to_owned(),
                };
                return Err(Misfit {
                    what: format!(
                        "{what} in the field {:?}, and {title} has no null",
                        columns.names()[at]
                    ),
                    remedy: Remedy::Text,
                });
            }
        }
        Ok(())
    }

    /// What they have in common; `None` if there were no records.
    #[must_use]
    pub fn finish(self) -> Option<Schema> {
        let columns = self.columns?;
        let texts = self.texts;
        let fields = self.found.into_iter().zip(columns.names());
        let fields = fields.map(|(found, name)| {
            let kind = found.seen.map_or(FieldType::Text, Seen::kind);
            let width = match (kind, found.seen) {
                (FieldType::Text, Some(Seen::Mixed)) => Some(found.text_width),
                (FieldType::Text | FieldType::Bytes, _) => Some(found.width),
                _ => None,
            };
            Field {
                name: name.clone(),
                kind,
                // A text without characters is one.
                nullable: found.is_nullable
                    && !(kind == FieldType::Text && texts == Texts::Guessed),
                width,
            }
        });
        Some(Schema {
            rows: columns.rows(),
            records: Some(self.records),
            fields: fields.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use picklestream::literal;

    use super::*;

    fn find(records: &str, unfit: Unfit, nulls: Nulls, texts: Texts) -> Result<Schema, Misfit> {
        let mut finder = Finder::new(unfit, nulls, texts);
        for line in records.lines() {
            finder.add(&literal::from_str(line).unwrap())?;
        }
        Ok(finder.finish().unwrap())
    }

    /// `name: type? (width)` of each field.
    fn told_of(schema: &Schema) -> String {
        let fields = schema.fields.iter().map(|field| {
            let null = if field.nullable { "?" } else { "" };
            let width = field.width.map_or(String::new(), |it| format!(" ({it})"));
            format!("{}: {}{null}{width}", field.name, field.kind)
        });
        fields.collect::<Vec<_>>().join(", ")
    }

    fn found(records: &str) -> Result<String, String> {
        let found = find(records, Unfit::Refuse, Nulls::Allowed, Texts::AsTheyAre);
        found.map(|it| told_of(&it)).map_err(|error| error.what)
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
                "{'a': [1]}",
                "!holds a value of type list in the field \"a\", which no field",
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
    fn what_does_not_fit_becomes_null_or_text() {
        let records = "{'a': 1, 'b': 'x'}\n{'a': 'long', 'b': [1, 2]}\n{'a': 2}";
        let null = find(records, Unfit::Null, Nulls::Allowed, Texts::AsTheyAre).unwrap();
        assert_eq!(told_of(&null), "a: int64?, b: text? (1)");
        let text = find(records, Unfit::Text, Nulls::Allowed, Texts::AsTheyAre).unwrap();
        assert_eq!(told_of(&text), "a: text (4), b: text? (6)");
        let npy = Nulls::Absent("a NumPy array");
        let text = find(records, Unfit::Text, npy, Texts::AsTheyAre).unwrap();
        assert_eq!(told_of(&text), "a: text (4), b: text (6)");
        let refused = find("(1, None)", Unfit::Refuse, npy, Texts::AsTheyAre).unwrap_err();
        assert_eq!(
            refused.what,
            "holds None in the field \"1\", and a NumPy array has no null"
        );
    }

    #[test]
    fn texts_are_numbers_if_all_of_a_field_are() {
        let guessed =
            |records, nulls| told_of(&find(records, Unfit::Refuse, nulls, Texts::Guessed).unwrap());
        let records = "{'id': '1', 'zip': '01234', 'x': '', 'y': '1', 'z': 'True', 'n': ''}\n\
                       {'id': '-2', 'zip': '99', 'x': '7', 'y': '.5', 'z': 'true', 'n': ''}";
        assert_eq!(
            guessed(records, Nulls::Allowed),
            "id: int64, zip: text (5), x: int64?, y: text (2), z: bool, n: text (0)"
        );
        assert_eq!(
            guessed("{'a': ''}\n{'a': '7'}", Nulls::Absent("it")),
            "a: text (1)"
        );
    }

    #[test]
    fn memory_is_bounded() {
        let mut finder = Finder::new(Unfit::Refuse, Nulls::Allowed, Texts::AsTheyAre);
        let add = |at: u32| {
            let key = Value::Str(format!("key {at}"));
            finder.add(&Value::Dict(vec![(key, Value::None)]))
        };
        let refused = (0..10_000).map(add).find_map(Result::err).unwrap();
        assert!(refused.what.contains("more than 4096 fields"), "{refused}");
        let long = Value::Str("x".repeat(2 << 20));
        let refused = finder.add(&Value::Dict(vec![(long, Value::None)]));
        assert!(refused.is_err());
    }
}
