//! The least limit under which a case succeeds: the smallest container that works.

use plainfigures::KIB;

use crate::job::{JobLimits, MemoryGroup};
use crate::results::{Fit, FitKind, Footprint};

use super::error::Error;

/// How far below the limit that is told the next try failed, in bytes: of a heap,
/// whose peaks repeat to the byte, and of a process, whose pages do not.
const HEAP_GRAIN: u64 = 4 * KIB;
const PROCESS_GRAIN: u64 = 256 * KIB;

/// What is known of a run that succeeded within a limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worked {
    /// High-water mark of its resident set, in bytes.
    pub(super) resident_bytes: Option<u64>,
}

/// The least limit under which the case of `row` succeeds, which `works` tries, each
/// time in a process of its own. In a case with a meter the limit is on its heap;
/// in one without, such as Python's, on what is resident, or where the system does
/// not let us limit that, on the address space that it may write to.
///
/// That is not what a container has to hold: it lacks shared libraries, and has what
/// was never touched. So what was resident within the limit is told beside it.
///
/// `None` if the case did not succeed within `limits`, or nothing is known of its
/// memory from which to begin.
///
/// # Errors
///
/// As `works`.
pub(super) fn least_limit(
    row: &Footprint,
    limits: &JobLimits,
    works: &mut dyn FnMut(JobLimits) -> Result<Option<Worked>, Error>,
) -> Result<Option<Fit>, Error> {
    let high_water = row.resident.as_ref().and_then(|it| it.high_water_bytes);
    let (kind, guess, grain) = match (&row.heap, high_water) {
        _ if !row.is_ok() => return Ok(None),
        (Some(heap), _) => (FitKind::Heap, heap.peak_bytes, HEAP_GRAIN),
        (None, Some(bytes)) if MemoryGroup::is_permitted() => {
            (FitKind::Resident, bytes, PROCESS_GRAIN)
        }
        (None, Some(bytes)) => (FitKind::AddressSpace, bytes, PROCESS_GRAIN),
        (None, None) => return Ok(None),
    };
    // Each limit that works is below those that did before.
    let mut least = None;
    let found = search(guess, limits.memory_bytes, grain, &mut |bytes| {
        let worked = works(JobLimits {
            memory_bytes: Some(bytes),
            resident: kind == FitKind::Resident,
            ..*limits
        })?;
        least = worked.or(least);
        Ok::<_, Error>(worked.is_some())
    })?;
    let fit = found.zip(least).map(|(limit_bytes, worked)| Fit {
        limit_bytes,
        kind,
        resident_bytes: worked.resident_bytes,
    });
    Ok(fit)
}

/// The least multiple of `grain` with which `works` says yes, by bisection, beginning
/// near `guess` and with steps that double: where the guess is right, two tries are
/// enough. 0 is taken not to work. `None` if nothing up to `most` works.
fn search<E>(
    guess: u64,
    most: Option<u64>,
    grain: u64,
    works: &mut dyn FnMut(u64) -> Result<bool, E>,
) -> Result<Option<u64>, E> {
    // In grains from here on.
    let most = most.map_or(u64::MAX / grain, |bytes| bytes / grain);
    if most == 0 {
        return Ok(None);
    }
    let mut tried = |grains: u64| works(grains * grain);
    let guess = guess.div_ceil(grain).clamp(1, most);
    let (mut too_few, mut enough);
    let mut step = 1;
    if tried(guess)? {
        (too_few, enough) = (guess - 1, guess);
        while too_few > 0 && tried(too_few)? {
            enough = too_few;
            step *= 2;
            too_few = enough.saturating_sub(step);
        }
    } else {
        (too_few, enough) = (guess, guess);
        loop {
            if enough >= most {
                return Ok(None);
            }
            enough = enough.saturating_add(step).min(most);
            if tried(enough)? {
                break;
            }
            too_few = enough;
            step *= 2;
        }
    }
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        match tried(middle)? {
            true => enough = middle,
            false => too_few = middle,
        }
    }
    Ok(Some(enough * grain))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// What is found where `least` bytes are needed, and after how many tries.
    fn found(guess: u64, most: Option<u64>, least: u64) -> (Option<u64>, u32) {
        let mut tries = 0;
        let found = search(guess, most, 4096, &mut |bytes| {
            tries += 1;
            assert!(most.is_none_or(|most| bytes <= most));
            Ok::<_, Infallible>(bytes >= least)
        });
        (found.unwrap(), tries)
    }

    #[test]
    fn the_least_is_found_wherever_one_begins() {
        for least in [1, 4096, 4097, 70_000, 1 << 30] {
            for guess in [0, 1, 69_999, 70_000, 1 << 20, 1 << 34] {
                let (limit, tries) = found(guess, None, least);
                assert_eq!(limit, Some(least.next_multiple_of(4096)), "{guess}");
                assert!(tries < 60, "{tries}");
            }
        }
    }

    #[test]
    fn a_right_guess_takes_two_tries() {
        assert_eq!(found(70_000, None, 70_000), (Some(73_728), 2));
    }

    #[test]
    fn nothing_beyond_the_most_is_tried() {
        assert_eq!(found(70_000, Some(100_000), 200_000).0, None);
        assert_eq!(found(300_000, Some(100_000), 90_000).0, Some(90_112));
        assert_eq!(found(1, Some(1), 5000).0, None);
    }

    #[test]
    fn an_error_ends_the_search() {
        let mut works = |_| Err("enough");
        assert_eq!(search(1, None, 4096, &mut works), Err("enough"));
    }
}
