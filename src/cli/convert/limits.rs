//! What `convert` may take, against hostile files.

use clap::Args;
use picklestream::pickle::MemoPolicy;
use plainfigures::{parse_bytes, parse_count};

use crate::formats::ReadLimits;

/// What reading may take, against hostile files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits of reading")]
pub(super) struct Limits {
    /// Memory for what a pickle from a pipe may fetch again; one from a file is
    /// scanned first, and needs none
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = parse_bytes)]
    memo_budget: u64,
    /// Memory for what a pickle from a file fetches again
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = parse_bytes)]
    memo_bytes: u64,
    /// Size of one str or bytes in a pickle
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = parse_bytes)]
    item_bytes: u64,
    /// Memory for the records between two APPENDS of a pickle
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_bytes)]
    batch_bytes: u64,
    /// Objects that a record of a pickle may visit through its memo
    #[arg(long, value_name = "COUNT", default_value = "262144", value_parser = parse_count)]
    shared_nodes: u64,
    /// Containers within containers [default: 200 in a pickle, 128 in text,
    /// which are the maxima; JSON has 128]
    #[arg(long, value_name = "COUNT")]
    depth: Option<u32>,
    /// Size of a line [default: 64MiB in a pickle of protocol 0, 16MiB in text
    /// and JSON]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    line_bytes: Option<u64>,
    /// Digits of an int [default: 100000 in a pickle, 4300 in text and JSON]
    #[arg(long, value_name = "COUNT", visible_alias = "int-digits", value_parser = parse_count)]
    integer_digits: Option<u64>,
    /// Size of the output, which a small input can make large [default: 2,000
    /// times the input, and 64MiB in any case]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(super) output_bytes: Option<u64>,
}

impl Limits {
    /// What the formats are told.
    pub(super) fn options(&self) -> ReadLimits {
        let mut options = ReadLimits::default();
        options.pickle.memo = MemoPolicy::Budget(self.memo_budget);
        let pickle = &mut options.pickle.limits;
        pickle.memo_bytes = self.memo_bytes;
        pickle.item_bytes = self.item_bytes;
        pickle.batch_bytes = self.batch_bytes;
        pickle.shared_nodes = self.shared_nodes;
        let lines = &mut options.lines;
        let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        if let Some(depth) = self.depth {
            pickle.depth = depth;
            lines.depth = size(depth.into());
        }
        if let Some(bytes) = self.line_bytes {
            pickle.line_bytes = bytes;
            lines.line_bytes = size(bytes);
        }
        if let Some(digits) = self.integer_digits {
            pickle.integer_digits = digits;
            lines.int_digits = size(digits);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::convert;
    use picklestream::{literal, pickle};
    use plainfigures::thousands;

    #[derive(Debug, Parser)]
    struct OnlyLimits {
        #[command(flatten)]
        limits: Limits,
    }

    fn parse(words: &[&str]) -> ReadLimits {
        let words = ["limits"].iter().chain(words);
        OnlyLimits::parse_from(words).limits.options()
    }

    #[test]
    fn what_help_calls_the_default_is_the_default() {
        let options = parse(&[]);
        assert_eq!(options.pickle.limits, pickle::PickleLimits::default());
        assert_eq!(options.pickle.memo, MemoPolicy::DEFAULT_BUDGET);
        assert_eq!(options.lines, literal::LiteralLimits::default());
        let help = OnlyLimits::command().render_long_help().to_string();
        let pickle = pickle::PickleLimits::default();
        let lines = literal::LiteralLimits::default();
        for default in [
            format!(
                "default: {} in a pickle, {} in text",
                pickle.depth, lines.depth
            ),
            format!(
                "default: {}MiB in a pickle of protocol 0, {}MiB in text",
                pickle.line_bytes / plainfigures::MIB,
                lines.line_bytes as u64 / plainfigures::MIB
            ),
            format!(
                "default: {} in a pickle, {} in text",
                pickle.integer_digits, lines.int_digits
            ),
            format!(
                "default: {} times the input, and {}MiB in any case",
                thousands(convert::MOST_TIMES),
                convert::AT_LEAST_BYTES / plainfigures::MIB
            ),
        ] {
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains(&default), "{default}: {help}");
        }
    }

    #[test]
    fn every_limit_has_a_flag_of_its_name() {
        let options = parse(&[
            "--memo-budget=1",
            "--memo-bytes=2",
            "--item-bytes=3",
            "--batch-bytes=4",
            "--shared-nodes=5",
            "--depth=6",
            "--line-bytes=7",
            "--integer-digits=8",
        ]);
        let pickle = pickle::PickleLimits {
            item_bytes: 3,
            batch_bytes: 4,
            depth: 6,
            memo_bytes: 2,
            integer_digits: 8,
            line_bytes: 7,
            shared_nodes: 5,
        };
        assert_eq!(options.pickle.limits, pickle);
        assert_eq!(options.pickle.memo, MemoPolicy::Budget(1));
        let lines = literal::LiteralLimits {
            line_bytes: 7,
            depth: 6,
            int_digits: 8,
        };
        assert_eq!(options.lines, lines);
        assert_eq!(parse(&["--int-digits=9"]).lines.int_digits, 9);
    }
}
