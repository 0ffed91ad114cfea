//! `picklebench compare`: two runs, and whether the second is worse.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::compare::{CaveatKind, Comparison, Gate, Limit, Metric, compare};
use crate::report;
use crate::results::{ResultsFolder, Run};

use super::output::{self, print, put, say};
use super::streams::is_dash;
use super::{Error, Outcome};

/// Compare two runs, and fail where the second needs more
///
/// Peak heap is exact, so by default any increase of it is a regression, on any
/// machine. The resident set and time scatter: name them with --metric to have
/// them decide as well; an increase then counts only where it is beyond the
/// limit and all runs of a case lie beyond all runs of the base. A case that
/// worked in the base and fails now is a regression too.
///
/// Runs over different records are refused. Where machine, allocator or build
/// differ, a warning says which figures that spoils.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench compare base/run.json results/latest/run.json
  picklebench compare base new --max-increase 1%            folders will do
  picklebench compare base new --max-increase 64KiB         so many bytes a case
  picklebench compare base new --metric peak-heap,high-water,file-size
  picklebench compare base new --max-increase time=50%      time decides as well
  picklebench compare base new --format markdown            for a pull request
  picklebench compare base new --format html -o page.html   the page of NEW, compared
  picklebench compare base new --json | jq '.cases[] | select(.verdict == \"regressed\")'

Exit codes: 0 nothing got worse; 1 something did; 2 the runs cannot be compared.")]
pub(super) struct Arguments {
    /// The run to be measured by: a run.json, or the folder that it is in
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// The run to judge
    #[arg(value_name = "NEW")]
    new: PathBuf,
    #[command(flatten)]
    rules: Rules,
    /// How to show the differences
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Where they go; - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// What decides.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// What decides: peak-heap, peak-upper, extra, allocated, allocations,
    /// file-size, high-water, retained, time
    #[arg(
        long = "metric",
        value_name = "METRIC,…",
        value_delimiter = ',',
        default_value = "peak-heap"
    )]
    metrics: Vec<Metric>,
    /// How far it may grow, such as 1% or 64KiB, for every metric that decides;
    /// or METRIC=LIMIT, which makes that metric decide [default: 0% for what is
    /// exact, 5% for high-water, 10% for retained, 25% for time]
    #[arg(long, value_name = "[METRIC=]LIMIT", value_delimiter = ',')]
    max_increase: Vec<MaxIncrease>,
    /// Compare even where the runs measured different records
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone)]
struct MaxIncrease {
    metric: Option<Metric>,
    limit: Limit,
}

impl FromStr for MaxIncrease {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (metric, limit) = match text.split_once('=') {
            Some((metric, limit)) => (Some(metric.trim().parse()?), limit),
            None => (None, text),
        };
        let limit = limit.parse()?;
        if metric == Some(Metric::Time) && matches!(limit, Limit::Amount(_)) {
            return Err("time takes a percentage, such as time=25%".to_owned());
        }
        Ok(Self { metric, limit })
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An aligned table with the reasons and the outcome below
    #[default]
    Table,
    /// For a comment on a pull request
    Markdown,
    /// For programs
    Json,
    /// The page of the new run, with the comparison in it
    Html,
}

impl Rules {
    /// Compares as the rules say.
    pub(super) fn apply(&self, base: &Run, new: &Run) -> Result<Comparison, Error> {
        let general = self
            .max_increase
            .iter()
            .rfind(|given| given.metric.is_none())
            .map(|given| given.limit);
        let mut gates: Vec<Gate> = Vec::new();
        let named = self.max_increase.iter().filter_map(|given| given.metric);
        for metric in self.metrics.iter().copied().chain(named) {
            if gates.iter().any(|gate| gate.metric == metric) {
                continue;
            }
            let own = self
                .max_increase
                .iter()
                .rfind(|given| given.metric == Some(metric))
                .map(|given| given.limit);
            let limit = own.or(general);
            if metric == Metric::Time && matches!(limit, Some(Limit::Amount(_))) {
                return Err("time takes a percentage: add --max-increase time=25%".into());
            }
            gates.push(Gate {
                metric,
                max_increase: limit.unwrap_or(metric.default_limit()),
            });
        }
        Ok(compare(base, new, &gates, self.force)?)
    }
}

/// Reads a run from its file, or from the folder that it is in.
pub(super) fn load(path: &Path) -> Result<Run, Error> {
    Ok(Run::load(path)?)
}

/// The file of a run that was given as a file or as a folder.
pub(super) fn run_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(ResultsFolder::RUN)
    } else {
        path.to_owned()
    }
}

/// Says what spoils a comparison, for those who do not see the table.
pub(super) fn warn(comparison: &Comparison) {
    for caveat in &comparison.caveats {
        if caveat.kind == CaveatKind::Warning {
            output::warn(plainfigures::visible(&caveat.text));
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let (base, new) = (load(&arguments.base)?, load(&arguments.new)?);
    let comparison = arguments.rules.apply(&base, &new)?;
    let format = if arguments.json {
        Format::Json
    } else {
        arguments.format
    };
    let to_stdout = is_dash(&arguments.output);
    let text = match format {
        Format::Table => report::comparison::terminal::render(&comparison, to_stdout),
        Format::Markdown => report::comparison::markdown::render(&comparison),
        Format::Json => comparison.to_json(),
        Format::Html => report::html::render_comparison(&new, &comparison),
    };
    if format != Format::Table {
        warn(&comparison);
    }
    if format == Format::Table && to_stdout {
        print(&text)?;
    } else {
        put(&arguments.output, &text)?;
    }
    if !to_stdout || matches!(format, Format::Html) {
        say(report::comparison::headline(&comparison));
    }
    Ok(if comparison.regressions() > 0 {
        Outcome::FoundFailure
    } else {
        Outcome::Done
    })
}
