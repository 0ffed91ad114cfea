//! What a format costs.

use super::operation::Operation;

/// What of a peak the format costs, beside what is there anyway, in bytes:
///
/// - of writing a list and of filling columns, the peak less the floor, which
///   holds the list or the columns;
/// - of reading into a list, the peak less the size of the records
///   (`data_bytes`): negative where the result is smaller than their list;
/// - of everything else, the empty case (`None`) included, the peak less the
///   floor, which is next to nothing.
#[must_use]
pub fn extra_bytes(
    operation: Option<Operation>,
    peak_bytes: u64,
    floor_bytes: u64,
    data_bytes: u64,
) -> i64 {
    let there_anyway = match operation {
        Some(Operation::Read) => data_bytes,
        Some(
            Operation::Write
            | Operation::StreamWrite
            | Operation::StreamRead
            | Operation::ColumnRead
            | Operation::MapRead,
        )
        | None => floor_bytes,
    };
    peak_bytes as i64 - there_anyway as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_anyway_is_no_cost() {
        assert_eq!(extra_bytes(Some(Operation::Write), 160, 100, 90), 60);
        assert_eq!(extra_bytes(Some(Operation::Read), 160, 10, 90), 70);
        assert_eq!(extra_bytes(Some(Operation::Read), 80, 10, 90), -10);
        assert_eq!(extra_bytes(Some(Operation::ColumnRead), 160, 100, 90), 60);
        assert_eq!(extra_bytes(None, 11, 10, 90), 1);
    }
}
