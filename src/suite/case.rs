//! Which cases there are, and how they are chosen.

use crate::dataset::Record;
use crate::formats::{self, Support};
use crate::results::Operation;

use super::error::Error;

/// One row of the results: what to do, or why it cannot be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `operation/format` or `operation/format/variant`.
    pub id: String,
    /// `operation`, or `empty`.
    pub operation: &'static str,
    /// The format's name, or `none`.
    pub format: &'static str,
    /// The format's variant, where it has several.
    pub variant: Option<&'static str>,
    /// What to do.
    pub task: Task,
}

/// What a [`Case`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Nothing: what the measurement itself costs.
    Empty,
    /// This operation of its format.
    Run(Operation),
    /// It is listed, because users look for it, with the reason why it is not
    /// there.
    Unsupported(&'static str),
}

impl Case {
    fn new(
        operation: Operation,
        format: &'static str,
        variant: Option<&'static str>,
        task: Task,
    ) -> Case {
        let id = match variant {
            Some(variant) => format!("{operation}/{format}/{variant}"),
            None => format!("{operation}/{format}"),
        };
        Case {
            id,
            operation: operation.name(),
            format,
            variant,
            task,
        }
    }
}

/// Every case: the empty one, then operation by operation.
#[must_use]
pub fn cases<T: Record>() -> Vec<Case> {
    let mut cases = vec![Case {
        id: "empty/none".to_owned(),
        operation: "empty",
        format: "none",
        variant: None,
        task: Task::Empty,
    }];
    let formats = formats::all::<T>();
    for operation in Operation::ALL {
        for format in &formats {
            let name = format.name();
            let run = |variant| Case::new(operation, name, variant, Task::Run(operation));
            match format.support(operation) {
                Support::Plain => cases.push(run(None)),
                Support::Variants(all) => cases.extend(all.iter().map(|v| run(Some(v)))),
                Support::No(why) => {
                    cases.push(Case::new(operation, name, None, Task::Unsupported(why)));
                }
            }
        }
    }
    cases
}

/// Which cases a user asked for, as users of `cargo bench` know it: any case
/// whose name contains any of the filters; without filters, all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Parts of names, or whole names.
    pub filters: Vec<String>,
    /// Filters are whole names.
    pub exact: bool,
}

impl Selection {
    /// Whether a case of this name is asked for.
    #[must_use]
    pub fn takes(&self, id: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| self.matches(filter, id))
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
                let near = cases
                    .iter()
                    .map(|case| &case.id)
                    .min_by_key(|id| distance(filter, id));
                let near = near.filter(|id| distance(filter, id) <= id.len() / 3);
                return Err(Error::NoSuchCase {
                    filter: filter.clone(),
                    near: near.cloned(),
                });
            }
        }
        let wanted = |case: &Case| case.task == Task::Empty || self.takes(&case.id);
        Ok(cases.into_iter().filter(wanted).collect())
    }
}

/// Edits from one name to another (Levenshtein): for names this short, the
/// plain table will do.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.chars().enumerate() {
            let substitute = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Tuple;

    fn select(filters: &[&str], exact: bool) -> Result<Vec<String>, Error> {
        let filters = filters.iter().map(|filter| (*filter).to_owned()).collect();
        let cases = Selection { filters, exact }.of(cases::<Tuple>())?;
        Ok(cases.into_iter().map(|case| case.id).collect())
    }

    #[test]
    fn names_are_unique_and_say_what_runs() {
        let cases = cases::<Tuple>();
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
        assert!(matches!(stream.task, Task::Unsupported(why) if why.contains("whole tree")));
    }

    #[test]
    fn filters_are_parts_of_names() {
        let read_text = ["empty/none", "read/text", "stream-read/text"];
        assert_eq!(select(&["d/text"], false).unwrap()[..2], read_text[..2]);
        assert_eq!(
            select(&["read/text"], true).unwrap(),
            ["empty/none", "read/text"]
        );
        assert_eq!(select(&[], false).unwrap().len(), cases::<Tuple>().len());
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
