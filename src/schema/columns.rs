//! Where a record has the values of its fields.

use std::collections::{HashMap, HashSet};

use picklestream::literal;
use picklestream::value::Value;

use super::misfit::{Misfit, Remedy};
use super::{Field, RowKind, twice};

/// More fields than these are data, and no fields.
const MOST_FIELDS: usize = 4096;

/// Bytes of all their names together.
const MOST_NAME_BYTES: usize = 1 << 20;

/// How many fields more there may be, those within lists and dicts counted.
#[derive(Debug, Clone)]
pub(super) struct Room {
    fields: usize,
    name_bytes: usize,
}

impl Room {
    /// For all of a table.
    pub(super) fn new() -> Room {
        Room {
            fields: MOST_FIELDS,
            name_bytes: MOST_NAME_BYTES,
        }
    }

    /// An error unless there is room for so many fields.
    fn check(&self, fields: usize) -> Result<(), Misfit> {
        self.clone().take(fields, 0)
    }

    /// Takes some of it, for so many fields with names of so many bytes together.
    ///
    /// # Errors
    ///
    /// If there is not so much.
    pub(super) fn take(&mut self, fields: usize, name_bytes: usize) -> Result<(), Misfit> {
        let left = self.fields.checked_sub(fields);
        match left.zip(self.name_bytes.checked_sub(name_bytes)) {
            Some((fields, name_bytes)) => {
                *self = Room { fields, name_bytes };
                Ok(())
            }
            None => Err(Misfit::no_row(format!(
                "has more than {MOST_FIELDS} fields, or names of more than {MOST_NAME_BYTES} bytes \
                 together, which are data and no fields"
            ))),
        }
    }

    /// Gives back what was taken.
    pub(super) fn give_back(&mut self, fields: usize, name_bytes: usize) {
        self.fields += fields;
        self.name_bytes += name_bytes;
    }
}

/// The names of fields, and where the record at hand has them.
#[derive(Debug, Clone)]
pub struct Columns {
    rows: RowKind,
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// What the records are compared with, and what helps, for errors.
    than: (&'static str, Remedy),
    /// For each field, which part of the record at hand it is.
    parts: Vec<Option<usize>>,
}

impl Columns {
    /// Those of a record, to which the others are held.
    ///
    /// # Errors
    ///
    /// If it is empty, or has too many fields, or keys that name none.
    pub fn of_first(record: &Value) -> Result<Columns, Misfit> {
        Columns::of_row(record, &mut Room::new())
    }

    /// The same, in what room there is.
    pub(super) fn of_row(record: &Value, room: &mut Room) -> Result<Columns, Misfit> {
        let columns = Columns::of_value(record, room)?;
        match columns.names.is_empty() {
            false => Ok(columns),
            true => Err(Misfit::no_row("is empty, which is no row".to_owned())),
        }
    }

    /// Those of a record, or of a dict within one, which may be empty.
    ///
    /// # Errors
    ///
    /// If it has more fields than there is room for, or keys that name none.
    pub(super) fn of_value(value: &Value, room: &mut Room) -> Result<Columns, Misfit> {
        let mut columns = Columns::new(row_kind(value), ("the first", Remedy::Shape));
        let names = match value {
            Value::Dict(pairs) => {
                room.check(pairs.len())?;
                let names = pairs.iter().map(|(key, _)| name(key));
                names.collect::<Result<_, _>>()?
            }
            Value::List(items) | Value::Tuple(items) => {
                room.check(items.len())?;
                (0..items.len()).map(|at| at.to_string()).collect()
            }
            _ => vec!["0".to_owned()],
        };
        columns.add(names, room)?;
        Ok(columns)
    }

    /// Those of a schema, or of dicts within its records.
    #[must_use]
    pub(super) fn of_fields(rows: RowKind, fields: &[Field]) -> Columns {
        let mut columns = Columns::new(rows, ("the schema's", Remedy::Schema));
        for field in fields {
            let at = columns.names.len();
            columns.places.entry(field.name.clone()).or_insert(at);
            columns.names.push(field.name.clone());
        }
        columns
    }

    fn new(rows: RowKind, than: (&'static str, Remedy)) -> Columns {
        Columns {
            rows,
            names: Vec::new(),
            places: HashMap::new(),
            than,
            parts: Vec::new(),
        }
    }

    /// How a record holds them.
    #[must_use]
    pub fn rows(&self) -> RowKind {
        self.rows
    }

    /// Their names, in their order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Adds some at the end, or none of them.
    fn add(&mut self, names: Vec<String>, room: &mut Room) -> Result<(), Misfit> {
        let known = names.iter().find(|name| self.places.contains_key(*name));
        let again = known.map(String::as_str);
        if let Some(name) = again.or_else(|| twice(names.iter().map(String::as_str))) {
            return Err(Misfit::no_row(format!(
                "has two keys that are called {name:?}"
            )));
        }
        room.take(names.len(), names.iter().map(String::len).sum())?;
        for name in names {
            self.places.insert(name.clone(), self.names.len());
            self.names.push(name);
        }
        Ok(())
    }

    /// Moves on to a record. Fields that it does not have are absent in
    /// [`part`](Columns::part).
    ///
    /// # Errors
    ///
    /// If it is another sort of row, or has more fields.
    pub fn look_at(&mut self, record: &Value) -> Result<(), Misfit> {
        match self.locate(record)? {
            None => Ok(()),
            Some(more) => {
                let more = name(more)?;
                Err(self.other_row(&match self.missing(record)? {
                    Some(missing) => format!("it has no key {missing:?}, but a key {more:?}"),
                    None => format!("it has a key {more:?} as well"),
                }))
            }
        }
    }

    /// A field that a dict lacks, if there is one.
    fn missing(&self, record: &Value) -> Result<Option<&str>, Misfit> {
        let mut there = HashSet::new();
        if let Value::Dict(pairs) = record {
            for (key, _) in pairs {
                there.insert(name(key)?);
            }
        }
        let missing = self.names.iter().find(|name| !there.contains(*name));
        Ok(missing.map(String::as_str))
    }

    /// The same, but what it has more of is a field from now on. Gives how many
    /// fields there were.
    ///
    /// # Errors
    ///
    /// If it is another sort of row, or there is no room for so many fields.
    pub(super) fn widen_to(&mut self, record: &Value, room: &mut Room) -> Result<usize, Misfit> {
        let before = self.names.len();
        if self.locate(record)?.is_some()
            && let Value::Dict(pairs) = record
        {
            let mut new = Vec::new();
            for (key, _) in pairs {
                let name = name(key)?;
                if !self.places.contains_key(&name) {
                    new.push(name);
                    room.check(new.len())?;
                }
            }
            self.add(new, room)?;
            if let Some(twice) = self.locate(record)? {
                let twice = name(twice)?;
                let what = format!("it has two keys that are called {twice:?}");
                return Err(self.other_row(&what));
            }
        }
        Ok(before)
    }

    /// The value of a field in the record that was [looked at](Columns::look_at).
    #[must_use]
    pub fn part<'v>(&self, record: &'v Value, at: usize) -> Option<&'v Value> {
        let part = (*self.parts.get(at)?)?;
        match record {
            Value::Dict(pairs) => pairs.get(part).map(|(_, value)| value),
            Value::List(items) | Value::Tuple(items) => items.get(part),
            value => Some(value),
        }
    }

    /// The error of a record that lacks a field.
    #[must_use]
    pub fn lacks(&self, at: usize) -> Misfit {
        let name = self.names.get(at).map_or("", String::as_str);
        self.other_row(&format!("it has no key {name:?}"))
    }

    /// The record has other parts than it should have.
    fn other_row(&self, what: &str) -> Misfit {
        Misfit {
            what: format!("is another sort of row than {}: {what}", self.than.0),
            remedy: self.than.1,
        }
    }

    /// Notes where the record has each field; gives a key that is none of them, or
    /// the same as another, if there is one.
    fn locate<'v>(&mut self, record: &'v Value) -> Result<Option<&'v Value>, Misfit> {
        if row_kind(record) != self.rows {
            let what = format!("it is a value of type {}", record.type_name());
            return Err(self.other_row(&what));
        }
        let count = self.names.len();
        self.parts.clear();
        match record {
            Value::Dict(pairs) => {
                self.parts.resize(count, None);
                for (at, (key, _)) in pairs.iter().enumerate() {
                    match self.place(at, key)? {
                        Some(place) if self.parts[place].is_none() => {
                            self.parts[place] = Some(at);
                        }
                        _ => return Ok(Some(key)),
                    }
                }
            }
            Value::List(items) | Value::Tuple(items) if items.len() != count => {
                let what = format!("it has {} items, and not {count}", items.len());
                return Err(self.other_row(&what));
            }
            _ => self.parts.extend((0..count).map(Some)),
        }
        Ok(None)
    }

    /// The field of a key, which is nearly always the one in its place.
    fn place(&self, at: usize, key: &Value) -> Result<Option<usize>, Misfit> {
        match key {
            Value::Str(name) if self.names.get(at) == Some(name) => Ok(Some(at)),
            Value::Str(name) => Ok(self.places.get(name).copied()),
            key => Ok(self.places.get(&name(key)?).copied()),
        }
    }
}

/// How a record holds its fields.
fn row_kind(record: &Value) -> RowKind {
    match record {
        Value::Dict(_) => RowKind::Dicts,
        Value::List(_) | Value::Tuple(_) => RowKind::Items,
        _ => RowKind::Values,
    }
}

/// The field that a key names.
fn name(key: &Value) -> Result<String, Misfit> {
    let refused = || {
        let type_name = key.type_name();
        Misfit::no_row(format!(
            "has a key of type {type_name}, which names no column"
        ))
    };
    match key {
        Value::Str(name) => Ok(name.clone()),
        Value::Int(_) => literal::to_string(key).map_err(|_| refused()),
        _ => Err(refused()),
    }
}
