//! What was seen of the values of a field so far, and which type holds them all.

use super::columns::{Columns, Room};
use super::scalar::{Scalar, exact_float};
use super::{Field, FieldType, Item};

/// What was seen of a field, or of the items of lists, so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of those that are no null.
    pub(super) seen: Option<Seen>,
    pub(super) is_nullable: bool,
    /// Of the longest text or bytes.
    pub(super) width: u64,
    /// Of the longest value, if all become text.
    pub(super) text_width: u64,
}

/// The fields of a record, or of dicts within records.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) columns: Columns,
    /// Of each what was seen.
    pub(super) found: Vec<Found>,
}

/// What all values of a field were so far.
#[derive(Debug)]
pub(super) enum Seen {
    Bool,
    Int {
        least: i128,
        most: i128,
    },
    Float,
    Text,
    Bytes,
    /// Lists and tuples, of such items.
    List(Box<Found>),
    Dict(Box<Row>),
    /// Several types, which become text.
    Mixed,
}

impl Seen {
    /// Of a value by itself, if a field can hold it.
    pub(super) fn of(scalar: Scalar<'_>) -> Option<Seen> {
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
    pub(super) fn with(&self, scalar: Scalar<'_>) -> Option<Seen> {
        match (self, Seen::of(scalar)?) {
            (
                Seen::Int { least, most },
                Seen::Int {
                    least: low,
                    most: high,
                },
            ) => Seen::int(*least.min(&low), *most.max(&high)),
            (&Seen::Int { least, most }, Seen::Float)
            | (Seen::Float, Seen::Int { least, most }) => exact_float(least)
                .and(exact_float(most))
                .map(|_| Seen::Float),
            (Seen::Mixed, _) => Some(Seen::Mixed),
            (Seen::Bool, Seen::Bool) => Some(Seen::Bool),
            (Seen::Float, Seen::Float) => Some(Seen::Float),
            (Seen::Text, Seen::Text) => Some(Seen::Text),
            (Seen::Bytes, Seen::Bytes) => Some(Seen::Bytes),
            _ => None,
        }
    }

    /// The type of values by themselves; none of lists and dicts.
    fn simple(&self) -> Option<FieldType> {
        Some(match self {
            Seen::Bool => FieldType::Bool,
            Seen::Int { least, most } => int_type(*least, *most).unwrap_or(FieldType::Text),
            Seen::Float => FieldType::Float64,
            Seen::Text | Seen::Mixed => FieldType::Text,
            Seen::Bytes => FieldType::Bytes,
            Seen::List(_) | Seen::Dict(_) => return None,
        })
    }

    /// What it is in a sentence.
    pub(super) fn name(&self) -> String {
        match (self, self.simple()) {
            (_, Some(kind)) => kind.to_string(),
            (Seen::List(_), None) => "list".to_owned(),
            (_, None) => "dict".to_owned(),
        }
    }

    /// How many fields there are within it, and bytes of their names.
    fn extent(&self) -> (usize, usize) {
        match self {
            Seen::List(items) => {
                let (fields, name_bytes) = items.extent();
                (fields + 1, name_bytes)
            }
            Seen::Dict(row) => {
                let names = row.columns.names();
                let own = (names.len(), names.iter().map(String::len).sum());
                row.found
                    .iter()
                    .map(Found::extent)
                    .fold(own, |all, one| (all.0 + one.0, all.1 + one.1))
            }
            _ => (0, 0),
        }
    }
}

impl Found {
    /// From now on it is text, whatever it was.
    pub(super) fn become_text(&mut self, room: &mut Room) {
        let (fields, name_bytes) = self.extent();
        room.give_back(fields, name_bytes);
        self.seen = Some(Seen::Mixed);
    }

    fn extent(&self) -> (usize, usize) {
        self.seen.as_ref().map_or((0, 0), Seen::extent)
    }

    /// The type, and whether there may be null. Of what no value tells there may be, where
    /// there are `nulls` at all.
    fn item(self, nulls: bool) -> Item {
        let is_known = self.seen.is_some();
        let kind = match self.seen {
            Some(Seen::List(items)) => FieldType::List(Box::new(items.item(nulls))),
            // No record tells a field of it.
            Some(Seen::Dict(row)) if row.found.is_empty() => FieldType::Text,
            Some(Seen::Dict(row)) => FieldType::Dict(row.fields(nulls, false)),
            simple => simple
                .and_then(|seen| seen.simple())
                .unwrap_or(FieldType::Text),
        };
        Item {
            kind,
            nullable: self.is_nullable || nulls && !is_known,
        }
    }

    /// The field of this name. Its width is told only where `is_wide`.
    fn field(self, name: String, nulls: bool, is_wide: bool) -> Field {
        let widths = (self.width, self.text_width);
        let is_mixed = matches!(self.seen, Some(Seen::Mixed));
        let Item { kind, nullable } = self.item(nulls);
        let width = match (&kind, is_mixed) {
            (FieldType::Text, true) => Some(widths.1),
            (FieldType::Text | FieldType::Bytes, _) => Some(widths.0),
            _ => None,
        };
        Field {
            name,
            kind,
            nullable,
            width: width.filter(|_| is_wide),
        }
    }
}

impl Row {
    /// Of these columns, of which nothing was seen yet.
    pub(super) fn new(columns: Columns) -> Row {
        let mut found = Vec::new();
        found.resize_with(columns.names().len(), Found::default);
        Row { columns, found }
    }

    /// What the values have in common, which can be null where there are `nulls`. How wide
    /// they are is told only of those that `are_wide`.
    pub(super) fn fields(self, nulls: bool, are_wide: bool) -> Vec<Field> {
        let names = self.columns.names().to_vec();
        let fields = self.found.into_iter().zip(names);
        fields
            .map(|(found, name)| found.field(name, nulls, are_wide))
            .collect()
    }
}

/// The type of ints in a range, if there is one.
fn int_type(least: i128, most: i128) -> Option<FieldType> {
    if i64::try_from(least).is_ok() && i64::try_from(most).is_ok() {
        return Some(FieldType::Int64);
    }
    (least >= 0 && u64::try_from(most).is_ok()).then_some(FieldType::UInt64)
}
