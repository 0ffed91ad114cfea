//! Collecting records whose number is not known into a list that is tight.
//!
//! A `Vec` left to itself doubles: at 700,000 records it has room for 1,048,576
//! and its reader peaks at a third more than the data. Counting the records
//! first would cost a second pass. So the list starts small and, when it is
//! full, is given the room that the file will need if it goes on as it has so
//! far, and 1/128 more. That costs four or five reallocations for a million
//! records. The guess is never trusted far: room grows at most 16-fold, so
//! memory follows what was really read, and at least by 1/64.

/// Collects `records`, from an input that has `total` bytes in all and of which
/// `position` says how many have been read.
///
/// # Errors
///
/// The first error of `records`.
pub(super) fn gather<I, T, E>(
    mut records: I,
    total: u64,
    position: impl Fn(&I) -> u64,
) -> Result<Vec<T>, E>
where
    I: Iterator<Item = Result<T, E>>,
{
    let mut list = Vec::new();
    while let Some(record) = records.next() {
        if list.len() == list.capacity() {
            let room = room(list.len(), position(&records), total);
            list.reserve_exact(room - list.len());
        }
        list.push(record?);
    }
    Ok(list)
}

/// How many records to have room for, after `len` records took `read` of
/// `total` bytes. More than `len`.
fn room(len: usize, read: u64, total: u64) -> usize {
    let in_proportion = len as u128 * u128::from(total) / u128::from(read.max(1));
    let guess = in_proportion + in_proportion / 128 + 1;
    let least = len + len / 64 + 16;
    let most = len.max(4).saturating_mul(16).max(least);
    usize::try_from(guess)
        .unwrap_or(usize::MAX)
        .clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of `count` records of 10 bytes each.
    fn gather_even(count: u32) -> Vec<u32> {
        let records = (0..count).map(Ok::<u32, ()>);
        gather(records, u64::from(count) * 10, |rest| {
            u64::from(count - rest.len() as u32) * 10
        })
        .unwrap()
    }

    #[test]
    fn the_list_is_tight() {
        for count in [1, 63, 64, 1000, 65_536, 65_537, 700_000, 1_000_000] {
            let list = gather_even(count);
            assert_eq!(list.len(), count as usize);
            let spare = list.capacity() - list.len();
            assert!(spare <= 32 + list.len() / 64, "{count}: {spare} to spare");
        }
    }

    #[test]
    fn a_wrong_guess_costs_little() {
        // The first records are long, the others short: every guess is low.
        assert_eq!(room(1600, 1_000_000, 1_000_001), 1600 + 25 + 16);
        // The first records are short: the guess is absurdly high.
        assert_eq!(room(64, 64, 1 << 40), 1024);
        assert_eq!(room(0, 0, 0), 16);
        assert_eq!(room(usize::MAX / 4, 1, u64::MAX), usize::MAX);
    }

    #[test]
    fn the_first_error_ends_it() {
        let records = [Ok(1), Err("broken"), Ok(2)].into_iter();
        assert_eq!(gather(records, 100, |_| 0), Err("broken"));
    }
}
