//! Operations as the report shows them: their order, titles and meanings.

use crate::results::{CaseOperation, Footprint, Operation};

/// Where cases of this operation stand in the report: what reads comes first,
/// what this version does not know comes last.
fn place(operation: &CaseOperation) -> u8 {
    match operation {
        CaseOperation::Known(operation) => match operation {
            Operation::Read => 0,
            Operation::StreamRead => 1,
            Operation::MapRead => 2,
            Operation::ColumnRead => 3,
            Operation::Write => 4,
            Operation::StreamWrite => 5,
        },
        CaseOperation::Plain => 6,
        CaseOperation::Empty => 7,
        CaseOperation::Unknown(_) => u8::MAX,
    }
}

/// The heading above cases of this operation; all that are not known share one.
pub(crate) fn title(operation: &CaseOperation) -> &'static str {
    match operation {
        CaseOperation::Known(operation) => match operation {
            Operation::Read => "Read",
            Operation::StreamRead => "Stream-read",
            Operation::ColumnRead => "Column-read",
            Operation::MapRead => "Map-read",
            Operation::Write => "Write",
            Operation::StreamWrite => "Stream-write",
        },
        CaseOperation::Plain => "Plain",
        CaseOperation::Empty => "Empty",
        CaseOperation::Unknown(_) => "Other",
    }
}

/// What happens in it, beside the heading.
pub(crate) fn meaning(operation: &CaseOperation) -> &'static str {
    match operation {
        CaseOperation::Known(operation) => match operation {
            Operation::Read => "the whole file becomes a list of records",
            Operation::StreamRead => "one record is read, used and dropped before the next",
            Operation::ColumnRead => "records are read one at a time into columns made beforehand",
            Operation::MapRead => {
                "the file is mapped into memory and its records are used in place: \
                 its pages are resident, and no heap"
            }
            Operation::Write => "the whole list is in memory, then it is written",
            Operation::StreamWrite => "records are made and written one at a time",
        },
        CaseOperation::Plain => "what somebody wrote, of no format",
        CaseOperation::Empty => "nothing at all: what measuring itself costs",
        CaseOperation::Unknown(_) => "operations that this version of the report does not know",
    }
}

/// Whether it brings records in; `None` where it does neither, or nobody knows.
pub(crate) fn reads(operation: &CaseOperation) -> Option<bool> {
    match operation {
        CaseOperation::Known(operation) => Some(!operation.writes()),
        CaseOperation::Plain | CaseOperation::Empty | CaseOperation::Unknown(_) => None,
    }
}

/// Whether records come one after another, rather than as a whole list.
pub(crate) fn streams(operation: &CaseOperation) -> bool {
    match operation {
        CaseOperation::Known(operation) => match operation {
            Operation::StreamRead
            | Operation::ColumnRead
            | Operation::MapRead
            | Operation::StreamWrite => true,
            Operation::Read | Operation::Write => false,
        },
        CaseOperation::Plain | CaseOperation::Empty | CaseOperation::Unknown(_) => false,
    }
}

/// Items of the same operation together, in the order of the report; within an
/// operation they keep theirs.
pub(crate) fn grouped<'a, T>(
    items: impl IntoIterator<Item = T>,
    case: impl Fn(&T) -> &'a Footprint,
) -> Vec<(&'a CaseOperation, Vec<T>)> {
    let mut groups: Vec<(&CaseOperation, Vec<T>)> = Vec::new();
    for item in items {
        let operation = &case(&item).operation;
        match groups
            .iter_mut()
            .find(|(known, _)| place(known) == place(operation))
        {
            Some((_, group)) => group.push(item),
            None => groups.push((operation, vec![item])),
        }
    }
    groups.sort_by_key(|(operation, _)| place(operation));
    groups
}
