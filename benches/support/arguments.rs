//! What libtest's users expect of a bench, and what benches that compare add to it.

use std::env;

/// The arguments of a bench that compares.
pub struct Arguments {
    filters: Vec<String>,
    /// `--list`: only name the benches.
    pub list: bool,
    /// Whether to measure, or only to see whether it works.
    pub measures: bool,
    /// `--write-docs`: put the tables into the page.
    pub writes_docs: bool,
    rounds: Option<usize>,
}

impl Arguments {
    /// Those of this program.
    ///
    /// # Panics
    ///
    /// If `--rounds` has no number, or a part of a page is to be written over the
    /// whole of it.
    #[must_use]
    pub fn new() -> Arguments {
        let mut words: Vec<String> = env::args().skip(1).collect();
        let rounds = words.iter().position(|word| word == "--rounds").map(|at| {
            let count = words.get(at + 1).and_then(|count| count.parse().ok());
            let count = count.expect("--rounds takes a number");
            words.drain(at..at + 2);
            count
        });
        let given = |word: &str| words.iter().any(|w| w == word);
        let arguments = Arguments {
            list: given("--list"),
            measures: given("--bench") && !given("--test"),
            writes_docs: given("--write-docs"),
            rounds,
            filters: words.into_iter().filter(|w| !w.starts_with('-')).collect(),
        };
        let is_whole = arguments.filters.is_empty() && arguments.measures && !arguments.list;
        assert!(
            is_whole || !arguments.writes_docs,
            "--write-docs writes the whole page: leave the filters out"
        );
        arguments
    }

    /// Whether the filters let a bench through.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter))
    }

    /// Rounds of measuring: as asked for, or by default `usual`; one where nothing is
    /// measured.
    #[must_use]
    pub fn rounds(&self, usual: usize) -> usize {
        match self.measures {
            true => self.rounds.unwrap_or(usual),
            false => 1,
        }
    }
}

impl Default for Arguments {
    fn default() -> Arguments {
        Arguments::new()
    }
}
