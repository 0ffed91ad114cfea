//! Which cases there are, and how they are chosen.

use plainfigures::suggest;

use crate::dataset::{Builtin, Columns, Measured, RecordKind, Shape};
use crate::formats::{
    Codec, Compiled, FileFormat, FileKind, Formats, ShapeVisitor, Support, with_records_of,
};
use crate::python::Python;
use crate::results::{CaseOperation, Operation};

use super::error::Error;
use super::plain::Plain;

/// One row of the results: what to do, or why it cannot be done.
#[derive(Debug, Clone)]
pub struct Case {
    /// `operation/format` or `operation/format/variant`.
    pub id: String,
    /// What it does, as the results call it.
    pub operation: CaseOperation,
    /// The format's name, or `none`.
    pub format: String,
    /// The format's variant, where it has several.
    pub variant: Option<String>,
    /// Whether it is measured when nobody says which cases are.
    pub is_usual: bool,
    /// What to do.
    pub task: Task,
}

/// What a [`Case`] does.
#[derive(Debug, Clone)]
pub enum Task {
    /// Nothing: what the measurement itself costs.
    Empty,
    /// An operation of a format.
    Run(FormatTask),
    /// What somebody wrote: see [`Bench::case`](crate::Bench::case).
    Plain(Plain),
    /// A call of a serializer in Python.
    Python(PythonTask),
    /// It is listed, because users look for it, with the reason why it is not
    /// there.
    Unsupported(String),
}

/// An operation of a format, in one of its variants.
#[derive(Debug, Clone)]
pub struct FormatTask {
    /// What is done.
    pub operation: Operation,
    /// With what.
    pub format: &'static dyn FileFormat,
    /// In which of its ways.
    pub variant: Option<&'static str>,
    /// The file that it reads; `None` where it reads none.
    pub file: Option<FileKind>,
}

/// A call of a serializer in Python.
#[derive(Debug, Clone)]
pub struct PythonTask {
    /// What is done.
    pub operation: Operation,
    /// By whom.
    pub python: Python,
    /// The serializer, as the table in Python names it.
    pub serializer: String,
    /// Its call.
    pub call: String,
    /// The call that writes the file that it reads; `None` where it reads none.
    pub made_by: Option<String>,
    /// The data file that the whole list is taken from; Python 2 takes the text.
    pub pickle: Option<FileKind>,
    /// The data file that records are taken from one at a time.
    pub text: FileKind,
}

impl FormatTask {
    /// Its format, for records of type `T`.
    #[must_use]
    pub fn codec<T: Compiled>(&self) -> &'static dyn Codec<T> {
        T::codec(self.format)
    }
}

impl Task {
    /// Whether there is anything to do.
    #[must_use]
    pub fn runs(&self) -> bool {
        !matches!(self, Task::Unsupported(_))
    }

    /// Whether it is over a number of records, so that its memory can grow with them.
    #[must_use]
    pub fn scales(&self) -> bool {
        match self {
            Task::Run(_) => true,
            Task::Plain(plain) => plain.scales(),
            Task::Empty | Task::Python(_) | Task::Unsupported(_) => false,
        }
    }

    /// The operation of a format that it is, if it is one.
    #[must_use]
    pub fn of_format(&self) -> Option<&FormatTask> {
        match self {
            Task::Run(task) => Some(task),
            Task::Empty | Task::Plain(_) | Task::Python(_) | Task::Unsupported(_) => None,
        }
    }
}

impl Case {
    /// The case that does nothing.
    fn empty() -> Case {
        Case {
            id: "empty/none".to_owned(),
            operation: CaseOperation::Empty,
            format: "none".to_owned(),
            variant: None,
            is_usual: true,
            task: Task::Empty,
        }
    }

    /// A case of no format: `plain/NAME`.
    pub(crate) fn of_plain(plain: &Plain) -> Case {
        let name = plain.name();
        Case {
            id: format!("{}/{name}", CaseOperation::Plain),
            operation: CaseOperation::Plain,
            format: name.to_owned(),
            variant: None,
            is_usual: true,
            task: Task::Plain(plain.clone()),
        }
    }

    /// A case of this name: `operation/format/variant`.
    pub(super) fn named(
        operation: Operation,
        format: &str,
        variant: Option<&str>,
        task: Task,
    ) -> Case {
        Case {
            id: match variant {
                Some(variant) => format!("{operation}/{format}/{variant}"),
                None => format!("{operation}/{format}"),
            },
            operation: operation.into(),
            format: format.to_owned(),
            variant: variant.map(str::to_owned),
            is_usual: true,
            task,
        }
    }
}

/// Every case over records of type `T`: the empty one, then operation by
/// operation.
#[must_use]
pub fn cases<T: Measured>(formats: &Formats) -> Vec<Case> {
    let mut cases = vec![Case::empty()];
    for operation in Operation::ALL {
        for format in formats.iter() {
            let name = format.name();
            let run = |variant: Option<&'static str>| {
                let task = FormatTask {
                    operation,
                    format,
                    variant,
                    file: (!operation.writes())
                        .then(|| formats.file(format.made_by(variant)))
                        .flatten(),
                };
                Case {
                    is_usual: format.is_usual(operation, variant),
                    ..Case::named(operation, name, variant, Task::Run(task))
                }
            };
            let not = |why: &str| {
                let task = Task::Unsupported(why.to_owned());
                Case {
                    // Few formats have records that can be used in place.
                    is_usual: operation != Operation::MapRead && format.is_usual(operation, None),
                    ..Case::named(operation, name, None, task)
                }
            };
            let has_columns = operation != Operation::ColumnRead || T::Columns::EXIST;
            if T::KIND == RecordKind::Any && !format.keeps_types() {
                cases.push(not("what is read back is text, whatever it was"));
                continue;
            }
            match format.support(operation, T::KIND) {
                Support::Plain | Support::Variants(_) if !has_columns => {
                    cases.push(not("its records have no fields of a fixed width"));
                }
                Support::Plain => cases.push(run(None)),
                Support::Variants(all) => cases.extend(all.iter().map(|v| run(Some(v)))),
                Support::No(why) => cases.push(not(why)),
            }
        }
    }
    cases
}

/// Every case over the records of a built-in dataset.
#[must_use]
pub fn cases_of(shape: Shape, formats: &Formats) -> Vec<Case> {
    struct Cases<'a>(&'a Formats);

    impl ShapeVisitor for Cases<'_> {
        type Output = Vec<Case>;

        fn visit<T: Builtin + Compiled>(self) -> Vec<Case> {
            cases::<T>(self.0)
        }
    }

    with_records_of(shape, Cases(formats))
}

/// Which cases a user asked for, as users of `cargo bench` know it: any case
/// whose name contains any of the filters; without filters, the
/// [usual](Case::is_usual) ones or all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Parts of names, or whole names.
    pub filters: Vec<String>,
    /// Filters are whole names.
    pub exact: bool,
    /// Without filters, all there are.
    pub all: bool,
}

impl Selection {
    /// Whether a case is asked for.
    #[must_use]
    pub fn takes(&self, case: &Case) -> bool {
        if self.filters.is_empty() {
            return self.all || case.is_usual;
        }
        let mut filters = self.filters.iter();
        filters.any(|filter| self.matches(filter, &case.id))
    }

    fn matches(&self, filter: &str, id: &str) -> bool {
        if self.exact {
            id == filter
        } else {
            id.contains(filter)
        }
    }

    /// The cases asked for, in their order. A selection that takes any case
    /// that runs takes the empty one too, to measure the others against.
    ///
    /// # Errors
    ///
    /// If a filter matches nothing.
    pub fn of(&self, cases: Vec<Case>) -> Result<Vec<Case>, Error> {
        for filter in &self.filters {
            if !cases.iter().any(|case| self.matches(filter, &case.id)) {
                let near = suggest(filter, cases.iter().map(|case| case.id.as_str()));
                return Err(Error::NoSuchCase {
                    filter: filter.clone(),
                    near: near.map(str::to_owned),
                });
            }
        }
        let wanted = |case: &Case| matches!(case.task, Task::Empty) || self.takes(case);
        Ok(cases.into_iter().filter(wanted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Tuple;

    fn select(filters: &[&str], exact: bool) -> Result<Vec<String>, Error> {
        let filters = filters.iter().map(|filter| (*filter).to_owned()).collect();
        let cases = Selection {
            filters,
            exact,
            all: true,
        }
        .of(cases::<Tuple>(&Formats::built_in()))?;
        Ok(cases.into_iter().map(|case| case.id).collect())
    }

    #[test]
    fn names_are_unique_and_say_what_runs() {
        let cases = cases::<Tuple>(&Formats::built_in());
        let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        for id in [
            "empty/none",
            "column-read/text",
            "write/serde-pickle/protocol-3",
        ] {
            assert!(ids.contains(&id), "{id}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), cases.len());
        let stream = cases
            .iter()
            .find(|case| case.id == "stream-read/serde-pickle")
            .unwrap();
        assert!(matches!(&stream.task, Task::Unsupported(why) if why.contains("whole tree")));
    }

    #[test]
    fn filters_are_parts_of_names() {
        let read_text = ["empty/none", "read/text", "stream-read/text"];
        assert_eq!(select(&["d/text"], false).unwrap()[..2], read_text[..2]);
        assert_eq!(
            select(&["read/text"], true).unwrap(),
            ["empty/none", "read/text"]
        );
        assert_eq!(
            select(&[], false).unwrap().len(),
            cases::<Tuple>(&Formats::built_in()).len()
        );
    }

    #[test]
    fn an_unknown_case_is_an_error_that_helps() {
        let message = select(&["read/txet"], false).unwrap_err().to_string();
        assert!(message.contains("\"read/txet\""), "{message}");
        assert!(message.contains("did you mean read/text?"), "{message}");
        assert!(message.contains("--list"), "{message}");
        let message = select(&["read"], true).unwrap_err().to_string();
        assert!(!message.contains("mean"), "nothing is near: {message}");
    }
}
