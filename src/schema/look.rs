//! A look at a record: what its values add to what was seen of their fields before.

use picklestream::value::Value;

use super::columns::{Columns, Room};
use super::fit::Unfit;
use super::found::{Found, Row, Seen};
use super::guess::{Guess, guess};
use super::misfit::{Misfit, Remedy};
use super::path::{MOST_DEPTH, Path};
use super::scalar::{Scalar, plain, told, written};

/// What fields can hold of what is written, beside values by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanHold {
    /// Null in the place of a value.
    pub nulls: bool,
    /// Lists and dicts.
    pub nested: bool,
    /// What it is called in a sentence.
    pub title: &'static str,
}

impl CanHold {
    /// All of it.
    pub const ALL: CanHold = CanHold {
        nulls: true,
        nested: true,
        title: "a table",
    };
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

/// What comes back of a key that some lack.
pub(super) const MISSING: &str =
    "a key that only some of the dicts have comes back as None in the others";

/// What comes back of ints beside floats.
pub(super) const WIDENED: &str = "ints in a field that has floats, too, come back as floats";

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) unfit: Unfit,
    pub(super) holds: CanHold,
    pub(super) texts: Texts,
}

/// A look at a record.
pub(super) struct Look<'l> {
    pub(super) rules: Rules,
    pub(super) room: &'l mut Room,
    /// What comes back as another value, if anything does.
    pub(super) loss: &'l mut Option<&'static str>,
}

impl Look<'_> {
    /// At a record.
    ///
    /// # Errors
    ///
    /// If it is another sort of row than those before, or no type holds the values of
    /// a field without loss, and nothing was said of what becomes of them.
    pub(super) fn record(&mut self, row: &mut Row, record: &Value) -> Result<(), Misfit> {
        let before = row.columns.widen_to(record, self.room)?;
        self.values(row, before, record, &Path::Record)
    }

    /// At the values of a record, or of a dict within one. There were so many fields
    /// `before`.
    fn values(
        &mut self,
        row: &mut Row,
        before: usize,
        record: &Value,
        path: &Path<'_>,
    ) -> Result<(), Misfit> {
        let Row { columns, found } = row;
        for name in &columns.names()[before..] {
            // Those before lack it.
            let mut new = Found::default();
            self.null(&mut new, &Path::Field(path, name), None)?;
            found.push(new);
        }
        for (at, (found, name)) in found.iter_mut().zip(columns.names()).enumerate() {
            let path = Path::Field(path, name);
            match columns.part(record, at) {
                None => self.null(found, &path, None)?,
                Some(value) => self.value(found, &path, &plain(value))?,
            }
        }
        Ok(())
    }

    /// At the value of a field, or at an item of a list.
    fn value(&mut self, found: &mut Found, path: &Path<'_>, value: &Value) -> Result<(), Misfit> {
        let mut scalar = Scalar::of(value);
        // Only fields of the record itself have a width.
        if path.depth() == 0 {
            self.measure(found, value, scalar);
        }
        if let Value::List(_) | Value::Tuple(_) | Value::Dict(_) = value {
            return self.nested(found, path, value);
        }
        if let (Scalar::Text(text), Texts::Guessed) = (scalar, self.rules.texts) {
            scalar = match guess(text) {
                Guess::Nothing => Scalar::None,
                Guess::Bool(bool) => Scalar::Bool(bool),
                Guess::Int(int) => Scalar::Int(int),
                Guess::Float(float) => Scalar::Float(float),
                Guess::Text => scalar,
            };
        }
        if scalar == Scalar::None {
            return self.null(found, path, Some(value));
        }
        let with = match &found.seen {
            Some(seen) => seen.with(scalar),
            None => Seen::of(scalar),
        };
        if let Some(with) = with {
            let are_ints = matches!(found.seen, Some(Seen::Int { .. }));
            if matches!(with, Seen::Float) && (are_ints || matches!(scalar, Scalar::Int(_))) {
                self.loss.get_or_insert(WIDENED);
            }
            found.seen = Some(with);
            return Ok(());
        }
        self.unfit(found, path, value, |seen| match seen {
            Some(seen) if Seen::of(scalar).is_some() => so_far(value, path, seen),
            _ => holds(value, path, "which no field of a table holds"),
        })
    }

    /// At a list, a tuple or a dict within a record.
    fn nested(&mut self, found: &mut Found, path: &Path<'_>, value: &Value) -> Result<(), Misfit> {
        let CanHold { nested, title, .. } = self.rules.holds;
        if !nested {
            let why = format!("and {title} has no lists or dicts in its fields");
            return self.unfit(found, path, value, |_| holds(value, path, &why));
        }
        if path.depth() >= MOST_DEPTH {
            let why = format!("within more than {MOST_DEPTH} lists and dicts");
            return self.unfit(found, path, value, |_| holds(value, path, &why));
        }
        if found.seen.is_none() {
            match self.first(value) {
                Ok(seen) => found.seen = Some(seen),
                Err(misfit) => return self.unfit_dict(found, path, value, misfit),
            }
        }
        match (&mut found.seen, value) {
            (Some(Seen::List(items)), Value::List(list) | Value::Tuple(list)) => {
                let path = Path::Item(path);
                let mut list = list.iter();
                list.try_for_each(|item| self.value(items, &path, &plain(item)))
            }
            (Some(Seen::Dict(row)), Value::Dict(_)) => {
                match row.columns.widen_to(value, self.room) {
                    Ok(before) => self.values(row, before, value, path),
                    Err(misfit) => self.unfit_dict(found, path, value, misfit),
                }
            }
            _ => self.unfit(found, path, value, |seen| match seen {
                Some(seen) => so_far(value, path, seen),
                None => String::new(),
            }),
        }
    }

    /// What the first list or dict in its place is, of whose values nothing was seen yet.
    fn first(&mut self, value: &Value) -> Result<Seen, Misfit> {
        Ok(match value {
            Value::Dict(_) => {
                let columns = Columns::of_value(value, self.room)?;
                Seen::Dict(Box::new(Row::new(columns)))
            }
            _ => {
                self.room.take(1, 0)?;
                Seen::List(Box::default())
            }
        })
    }

    /// Whether a value of another type makes its field one of text.
    fn makes_text(&self) -> bool {
        self.rules.unfit == Unfit::Text || self.rules.texts == Texts::Guessed
    }

    /// Notes how wide a value is.
    fn measure(&self, found: &mut Found, value: &Value, scalar: Scalar<'_>) {
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
        found.width = found.width.max(width);
        found.text_width = found.text_width.max(text_width);
    }

    /// A value does not fit: `what` tells why, of what was seen so far.
    fn unfit(
        &mut self,
        found: &mut Found,
        path: &Path<'_>,
        value: &Value,
        what: impl FnOnce(Option<&Seen>) -> String,
    ) -> Result<(), Misfit> {
        if self.makes_text() {
            found.become_text(self.room);
            return Ok(());
        }
        if self.rules.unfit == Unfit::Null {
            return self.null(found, path, Some(value));
        }
        let is_nested = matches!(value, Value::List(_) | Value::Tuple(_) | Value::Dict(_));
        Err(Misfit {
            what: what(found.seen.as_ref()),
            remedy: match self.rules.holds {
                CanHold { nested: false, .. } if is_nested => Remedy::TextOrNested,
                CanHold { nulls: true, .. } => Remedy::NullOrText,
                CanHold { nulls: false, .. } => Remedy::Text,
            },
        })
    }

    /// A dict does not fit by its keys.
    fn unfit_dict(
        &mut self,
        found: &mut Found,
        path: &Path<'_>,
        value: &Value,
        misfit: Misfit,
    ) -> Result<(), Misfit> {
        self.unfit(found, path, value, |_| {
            misfit.within(&told(value), path).what
        })
    }

    /// There is nothing, or something that becomes nothing.
    fn null(
        &mut self,
        found: &mut Found,
        path: &Path<'_>,
        value: Option<&Value>,
    ) -> Result<(), Misfit> {
        let CanHold { nulls, title, .. } = self.rules.holds;
        if value.is_none() {
            self.loss.get_or_insert(MISSING);
        }
        if nulls {
            found.is_nullable = true;
            return Ok(());
        }
        if self.makes_text() {
            found.become_text(self.room);
            if value.is_none() {
                let none = written(&Value::None).len() as u64;
                found.text_width = found.text_width.max(none);
            }
            return Ok(());
        }
        let what = match value {
            Some(value) => format!("holds {}", told(value)),
            None => "has nothing, or one before it,".to_owned(),
        };
        let field = path.quoted();
        Err(Misfit {
            what: format!("{what} in the field {field}, and {title} has no null"),
            remedy: Remedy::Text,
        })
    }
}

/// What a record holds, and why that does not fit.
fn holds(value: &Value, path: &Path<'_>, why: &str) -> String {
    format!(
        "holds {} in the field {}, {why}",
        told(value),
        path.quoted()
    )
}

/// The same where other values were seen so far.
fn so_far(value: &Value, path: &Path<'_>, seen: &Seen) -> String {
    holds(value, path, &format!("which was {} so far", seen.name()))
}
