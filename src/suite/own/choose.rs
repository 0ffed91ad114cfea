//! Which of somebody's records are taken: all, the first so many, or a sample.

use std::fmt;
use std::str::FromStr;

use plainfigures::{parse_count, thousands};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How large a sample is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    /// So many records.
    Records(u64),
    /// So large a part of them, above 0 and up to 1: each is drawn by itself, so that
    /// the number comes close to it.
    Part(f64),
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Sample, String> {
        if let Some(percent) = text.strip_suffix('%') {
            let percent: Option<f64> = percent.trim().parse().ok();
            let part = percent.map(|percent| percent / 100.0);
            let part = part.filter(|part| *part > 0.0 && *part <= 1.0);
            return part
                .map(Sample::Part)
                .ok_or_else(|| "a part lies between 0 and 100 %, as 1%".to_owned());
        }
        match parse_count(text).map_err(|error| error.to_string())? {
            0 => Err("a sample needs at least one record".to_owned()),
            count => Ok(Sample::Records(count)),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sample::Records(1) => f.write_str("1 record"),
            Sample::Records(count) => write!(f, "{} records", thousands(*count)),
            Sample::Part(part) => write!(f, "{} %", part * 100.0),
        }
    }
}

/// Chooses records as they come by.
#[derive(Debug, Clone)]
pub struct Choose {
    first: u64,
    sample: Option<Drawing>,
}

#[derive(Debug, Clone)]
struct Drawing {
    sample: Sample,
    /// How many are still to come, and how many of them to take: of a sample of so
    /// many records.
    left: u64,
    wanted: u64,
    random: ChaCha8Rng,
}

impl Choose {
    /// All of the first so many.
    #[must_use]
    pub fn first(records: u64) -> Choose {
        Choose {
            first: records,
            sample: None,
        }
    }

    /// Of the first so many, a sample: the same for the same seed. `there` is how many
    /// there are in all, which only a sample of so many records needs to know.
    #[must_use]
    pub fn sample(records: u64, sample: Sample, there: u64, seed: u64) -> Choose {
        Choose {
            first: records,
            sample: Some(Drawing {
                sample,
                left: there.min(records),
                wanted: match sample {
                    Sample::Records(count) => count,
                    Sample::Part(_) => 0,
                },
                random: ChaCha8Rng::seed_from_u64(seed),
            }),
        }
    }

    /// Whether the next record is taken; `None` where neither it nor any after it is.
    pub fn take_next(&mut self) -> Option<bool> {
        self.first = self.first.checked_sub(1)?;
        let Some(drawing) = &mut self.sample else {
            return Some(true);
        };
        match drawing.sample {
            Sample::Part(part) => {
                let drawn = (drawing.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                Some(drawn < part)
            }
            // Each of those that are left has the same chance to be among those that
            // are wanted: Knuth's algorithm S, which keeps their order.
            Sample::Records(_) => {
                if drawing.wanted == 0 {
                    return None;
                }
                let left = drawing.left.max(1);
                let drawn = (u128::from(drawing.random.next_u64()) * u128::from(left)) >> 64;
                let takes = drawn < u128::from(drawing.wanted);
                drawing.left = left - 1;
                drawing.wanted -= u64::from(takes);
                Some(takes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(mut choose: Choose, there: u64) -> Vec<u64> {
        let mut taken = Vec::new();
        for at in 0..there {
            match choose.take_next() {
                Some(true) => taken.push(at),
                Some(false) => {}
                None => break,
            }
        }
        taken
    }

    #[test]
    fn the_first_are_the_first() {
        assert_eq!(taken(Choose::first(3), 10), [0, 1, 2]);
        assert_eq!(taken(Choose::first(30), 3), [0, 1, 2]);
    }

    #[test]
    fn a_sample_has_its_size_and_is_the_same_for_a_seed() {
        for (wanted, there) in [(1, 1000), (100, 1000), (1000, 1000), (2000, 1000)] {
            let sample = Sample::Records(wanted);
            let choose = |seed| Choose::sample(u64::MAX, sample, there, seed);
            let first = taken(choose(1), there);
            assert_eq!(first.len() as u64, wanted.min(there));
            assert_eq!(first, taken(choose(1), there));
            assert_eq!(first != taken(choose(2), there), wanted < there);
        }
        let part = taken(Choose::sample(u64::MAX, Sample::Part(0.1), 0, 7), 100_000);
        assert!((9_500..10_500).contains(&part.len()), "{}", part.len());
        let within_first = taken(Choose::sample(50, Sample::Records(10), 1000, 7), 1000);
        assert_eq!(within_first.len(), 10);
        assert!(within_first.iter().all(|at| *at < 50));
    }

    #[test]
    fn every_record_has_the_same_chance() {
        let mut counts = [0; 10];
        for seed in 0..5_000 {
            for at in taken(Choose::sample(u64::MAX, Sample::Records(3), 10, seed), 10) {
                counts[usize::try_from(at).unwrap()] += 1;
            }
        }
        assert!(
            counts.iter().all(|count| (1_350..1_650).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn sizes_are_read_as_they_are_written() {
        assert_eq!("1%".parse(), Ok(Sample::Part(0.01)));
        assert_eq!("1e3".parse(), Ok(Sample::Records(1000)));
        for bad in ["0", "0%", "101%", "-1%", "nan%", "x"] {
            assert!(bad.parse::<Sample>().is_err(), "{bad}");
        }
    }
}
