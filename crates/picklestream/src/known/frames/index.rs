//! What the rows of a table, or its columns, are called.

use crate::known::Form;
use crate::known::arrays::{self, signed};
use crate::known::parts::{How, class_itself, class_of, dict, field, int, made, object, sequence};
use crate::value::Value;

use super::values::Values;

/// The labels along one side of a table: one for each row, of one or more levels.
#[derive(Debug, Clone)]
pub(super) struct Index<'a> {
    pub levels: Vec<Level<'a>>,
    len: usize,
}

/// One level of an index.
#[derive(Debug, Clone)]
pub(super) struct Level<'a> {
    /// `None` where it has none.
    pub name: &'a Value,
    labels: Labels<'a>,
}

#[derive(Debug, Clone)]
enum Labels<'a> {
    /// Counted: the first and the step.
    Range(i128, i128),
    Values(Values<'a>),
    /// By number, of a `MultiIndex`.
    Coded(arrays::Array<'a>, Box<Level<'a>>),
}

impl<'a> Index<'a> {
    /// The index that a value is.
    ///
    /// # Errors
    ///
    /// The name of the class, where it is one that is not read.
    pub(super) fn read(value: &'a Value) -> Result<Index<'a>, String> {
        let Some(found) = object(value) else {
            return Err(value.type_name().to_owned());
        };
        let refuse = || class_of(found);
        let (class, fields) = match made(found) {
            Some((function, How::Called, [class, fields]))
                if matches!(function.name.as_str(), "_new_Index" | "_new_DatetimeIndex") =>
            {
                (class_itself(class), dict(fields))
            }
            _ => (None, None),
        };
        let (Some(class), Some(fields)) = (class, fields) else {
            return Err(refuse());
        };
        let name = field(fields, "name").unwrap_or(&Value::None);
        let index = match class.name.as_str() {
            "RangeIndex" => range(name, fields),
            "MultiIndex" => multi(fields)?,
            "Index" | "Int64Index" | "UInt64Index" | "Float64Index" | "NumericIndex"
            | "DatetimeIndex" | "TimedeltaIndex" => {
                let values = Values::read(field(fields, "data").ok_or_else(refuse)?)?;
                one(name, values)
            }
            _ => None,
        };
        index.ok_or_else(refuse)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether the labels are only counted, so that no bytes lie behind them.
    pub(super) fn is_range(&self) -> bool {
        let is_range = |level: &Level<'_>| matches!(level.labels, Labels::Range(..));
        self.levels.iter().all(is_range)
    }

    /// The label of a row: a tuple where there is more than one level.
    pub(super) fn label(&self, row: usize) -> Value {
        match self.levels.as_slice() {
            [level] => level.label(row, Form::Python),
            levels => Value::Tuple(levels.iter().map(|l| l.label(row, Form::Python)).collect()),
        }
    }
}

impl Level<'_> {
    pub(super) fn label(&self, row: usize, form: Form) -> Value {
        match &self.labels {
            Labels::Range(start, step) => Value::Int(start + row as i128 * step),
            Labels::Values(values) => values.cell(0, row, form),
            Labels::Coded(codes, level) => {
                let bytes = codes.bytes_at(&[row]).unwrap_or_default();
                match usize::try_from(signed(bytes, codes.dtype().is_big)) {
                    Ok(code) => level.label(code, form),
                    // −1 is for what is missing.
                    Err(_) if form == Form::Plain => Value::None,
                    Err(_) => Value::Float(f64::NAN),
                }
            }
        }
    }

    pub(super) fn type_name(&self) -> String {
        match &self.labels {
            Labels::Range(..) => "int64".to_owned(),
            Labels::Values(values) => values.type_name(),
            Labels::Coded(_, level) => level.type_name(),
        }
    }

    pub(super) fn byte_len(&self) -> u64 {
        match &self.labels {
            Labels::Range(..) => 0,
            Labels::Values(values) => values.byte_len(),
            Labels::Coded(codes, level) => codes.byte_len() + level.byte_len(),
        }
    }

    pub(super) fn are_strings(&self) -> bool {
        match &self.labels {
            Labels::Range(..) => false,
            Labels::Values(values) => values.are_strings(),
            Labels::Coded(_, level) => level.are_strings(),
        }
    }
}

fn one<'a>(name: &'a Value, values: Values<'a>) -> Option<Index<'a>> {
    let (rows, len) = values.shape()?;
    let labels = Labels::Values(values);
    (rows == 1).then_some(Index {
        levels: vec![Level { name, labels }],
        len,
    })
}

fn range<'a>(name: &'a Value, fields: &[(Value, Value)]) -> Option<Index<'a>> {
    let number = |key| {
        let number = i64::try_from(int(field(fields, key)?)?).ok()?;
        Some(i128::from(number))
    };
    let (start, stop, step) = (number("start")?, number("stop")?, number("step")?);
    let len = match step {
        0 => return None,
        1.. => (stop - start + step - 1).div_euclid(step),
        _ => (start - stop - step - 1).div_euclid(-step),
    };
    Some(Index {
        levels: vec![Level {
            name,
            labels: Labels::Range(start, step),
        }],
        len: usize::try_from(len.max(0)).ok()?,
    })
}

/// Levels, and for each row the number of its label in each.
fn multi(fields: &[(Value, Value)]) -> Result<Option<Index<'_>>, String> {
    let part = |key: &str| field(fields, key).and_then(sequence);
    let codes = part("codes").or_else(|| part("labels"));
    let (Some(levels), Some(codes), Some(names)) = (part("levels"), codes, part("names")) else {
        return Ok(None);
    };
    if levels.len() != codes.len() || levels.len() != names.len() || levels.is_empty() {
        return Ok(None);
    }
    let mut read = Vec::new();
    let mut len = None;
    for ((level, codes), name) in levels.iter().zip(codes).zip(names) {
        let mut level = Index::read(level)?;
        let (Some(codes), Some(only)) = (arrays::array(codes), level.levels.pop()) else {
            return Ok(None);
        };
        let rows = match codes.shape() {
            [rows] if codes.dtype().kind == arrays::Kind::Int => *rows,
            _ => return Ok(None),
        };
        if *len.get_or_insert(rows) != rows {
            return Ok(None);
        }
        // Every number must be one of a label, or −1.
        let is_label = |row: usize| {
            let bytes = codes.bytes_at(&[row]).unwrap_or_default();
            let code = signed(bytes, codes.dtype().is_big);
            code == -1 || usize::try_from(code).is_ok_and(|code| code < level.len)
        };
        if !(0..rows).all(is_label) {
            return Ok(None);
        }
        let labels = Labels::Coded(codes, Box::new(only));
        read.push(Level { name, labels });
    }
    Ok(len.map(|len| Index { levels: read, len }))
}
