//! Where in a record a value is, as errors say it: `at.x`, `tags[]`.

use std::fmt;

/// Lists and dicts of a field lie within each other no deeper than this. What reads JSON
/// gives up at 128 levels, and Avro's schema is JSON, four levels for each dict that may be
/// null.
pub const MOST_DEPTH: usize = 30;

/// The place of a value, from the record on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'p> {
    /// The record itself.
    Record,
    /// Of what is there, the value of this name.
    Field(&'p Path<'p>, &'p str),
    /// Of a list that is there, any item.
    Item(&'p Path<'p>),
}

impl Path<'_> {
    /// In how many lists and dicts of its field it is: 0 is the field itself.
    pub(super) fn depth(&self) -> usize {
        match self {
            Path::Record | Path::Field(Path::Record, _) => 0,
            Path::Field(before, _) | Path::Item(before) => before.depth() + 1,
        }
    }

    /// In quotes, with everything escaped that would tear a line apart.
    pub(super) fn quoted(&self) -> String {
        format!("{:?}", self.to_string())
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Record => Ok(()),
            Path::Field(Path::Record, name) => f.write_str(name),
            Path::Field(before, name) => write!(f, "{before}.{name}"),
            Path::Item(before) => write!(f, "{before}[]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_from_the_field_on() {
        let field = Path::Field(&Path::Record, "rows");
        assert_eq!((field.to_string(), field.depth()), ("rows".to_owned(), 0));
        let item = Path::Item(&field);
        let inner = Path::Field(&item, "x\n");
        assert_eq!(inner.quoted(), r#""rows[].x\n""#);
        assert_eq!(inner.depth(), 2);
    }
}
