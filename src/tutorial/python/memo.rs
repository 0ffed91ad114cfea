//! Where the memo of CPython's C pickler doubles.
//!
//! What `pickle.dump` needs beside the data is a step function of the number of
//! records: the memo is a table of a power of two, and while it grows, the old
//! one and the new one are both alive. See `PyMemoTable_Set` in CPython's
//! `Modules/_pickle.c`.

/// Records of the shortest list, not longer than `records`, with which the
/// memo grows to the size that it also has for `records`. `None` if it never
/// grows.
pub(super) fn last_step(records: u64) -> Option<u64> {
    // Wide enough for any number of records.
    let mut entries: u128 = 8;
    let mut last = None;
    loop {
        // The object with which two thirds are full.
        let objects = (entries * 2).div_ceil(3);
        // The memo holds the list, every string and every tuple.
        let count = u64::try_from((objects - 1).div_ceil(2)).ok();
        let Some(count) = count.filter(|count| *count <= records) else {
            return last;
        };
        last = Some(count);
        // Its size follows from the objects: the next power of two from here.
        let wanted = objects * if objects > 50_000 { 2 } else { 4 };
        entries = wanted.next_power_of_two();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_records_are_beyond_the_step_at_699_051() {
        assert_eq!(last_step(1_000_000), Some(699_051));
        assert_eq!(last_step(699_051), Some(699_051));
        assert_eq!(last_step(699_050), Some(349_525));
        assert_eq!(last_step(20_000), Some(10_923));
    }

    #[test]
    fn no_length_is_too_short_or_too_long() {
        assert_eq!(last_step(0), None);
        assert_eq!(last_step(2), None);
        assert_eq!(last_step(3), Some(3));
        let _ = last_step(u64::MAX);
    }
}
