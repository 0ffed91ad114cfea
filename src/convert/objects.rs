//! Objects that only code could make, on their way from one format to another:
//! what is known to be data stays, tables become their rows, and of the rest comes
//! what the user asked for.

use std::collections::VecDeque;

use picklestream::known::{self, Form, Frame, Known, Policy, Refusal, Tally};
use picklestream::value::Value;

/// So many rows of a table are made at a time.
const ROWS: usize = 1000;

/// What becomes of objects, and what was met so far.
pub(crate) struct Objects {
    policy: Policy,
    form: Form,
    tally: Tally,
    /// A table whose rows are being handed out.
    table: Option<Table>,
    left_out: Vec<String>,
}

/// A record that is a table.
struct Table {
    record: Value,
    /// Rows that were made.
    made: usize,
    rows: VecDeque<Value>,
}

/// Why a record cannot be converted.
pub(super) enum Unknown {
    /// It holds an object that is not known.
    Object(Refusal),
    /// It is a table with columns that are not read.
    Columns(String),
}

impl Objects {
    /// `form` is what the target has of known data.
    pub(super) fn new(policy: Policy, form: Form) -> Objects {
        Objects {
            policy,
            form,
            tally: Tally::default(),
            table: None,
            left_out: Vec::new(),
        }
    }

    /// The next row of the table at hand, if there is one.
    pub(super) fn next_row(&mut self) -> Option<Value> {
        let table = self.table.as_mut()?;
        if table.rows.is_empty() {
            // They borrow from the record, and cannot be kept beside it.
            if let Some(frame) = frame(&table.record) {
                let rows = frame.rows(self.form).skip(table.made).take(ROWS);
                table.rows.extend(rows);
                table.made += table.rows.len();
            }
        }
        let row = table.rows.pop_front();
        if row.is_none() {
            self.table = None;
        }
        row
    }

    /// What a record is written as: `None` if it is left out, or is a table whose
    /// rows come next.
    pub(super) fn take(&mut self, record: Value) -> Result<Option<Value>, Unknown> {
        if let Some(frame) = frame(&record) {
            let refused = frame.refused().iter().map(|refused| {
                let column = refused.column.as_ref().map(name);
                let column = column.map_or("the index".to_owned(), |name| format!("column {name}"));
                format!("{column} ({})", refused.class)
            });
            let refused: Vec<String> = refused.collect();
            if !refused.is_empty() && self.policy != Policy::Skip {
                return Err(Unknown::Columns(refused.join(", ")));
            }
            for column in refused {
                if !self.left_out.contains(&column) {
                    self.left_out.push(column);
                }
            }
            let strings = Known::Frame(frame).strings();
            if strings > 0 {
                let cells = self.tally.strings.entry("cells of tables".to_owned());
                *cells.or_default() += strings;
            }
            self.table = Some(Table {
                record,
                made: 0,
                rows: VecDeque::new(),
            });
            return Ok(None);
        }
        let taken = self.policy.apply(record, &mut self.tally);
        taken.map_err(Unknown::Object)
    }

    /// What was met in all of it.
    pub(super) fn met(self) -> Met {
        Met {
            strings: match self.form {
                Form::Python => Vec::new(),
                Form::Plain => self.tally.strings.into_iter().collect(),
            },
            unknown: self.tally.unknown.into_iter().collect(),
            skipped: self.tally.skipped,
            columns_left_out: self.left_out,
        }
    }
}

/// What a conversion met of objects.
#[derive(Default)]
pub(crate) struct Met {
    /// What was written as strings, and how many of it.
    pub(crate) strings: Vec<(String, u64)>,
    /// Classes of objects that are not known, and how many objects.
    pub(crate) unknown: Vec<(String, u64)>,
    /// Records that were left out.
    pub(crate) skipped: u64,
    /// Columns of tables that were left out.
    pub(crate) columns_left_out: Vec<String>,
}

fn frame(record: &Value) -> Option<Frame<'_>> {
    match record {
        Value::Object(object) => match known::read(object)? {
            Known::Frame(frame) => Some(frame),
            _ => None,
        },
        _ => None,
    }
}

/// The name of a column, as Python shows it.
fn name(column: &Value) -> String {
    picklestream::literal::to_string(column).unwrap_or_else(|_| "without a name".to_owned())
}
