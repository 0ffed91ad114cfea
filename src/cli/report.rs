//! `picklebench report`: the page of a run, made again, or its figures in
//! another shape.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::files::{replace, shown};
use crate::report::{self, export};

use super::compare::{Rules, load, run_file, warn};
use super::output::{print_raw, put, say};
use super::streams::is_dash;
use super::{Error, Outcome};

/// Make the HTML report of a run, or export its figures
///
/// The page is one file that needs nothing else: open it, send it, publish it.
/// The same run gives the same bytes. Of two runs, it is the page of the second,
/// compared with the first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench report results/latest/run.json
  picklebench report results/latest -o page.html
  picklebench report base/run.json results/latest/run.json -o page.html
  picklebench report run.json -o - | gzip > report.html.gz
  picklebench report run.json --format csv > figures.csv
  picklebench report run.json --format markdown             for a pull request
  picklebench report run.json --format bencher              bencher run --adapter json
  picklebench report run.json --format github-action-benchmark
                                                            customSmallerIsBetter")]
pub(super) struct Arguments {
    /// The run: a run.json, or the folder that it is in. Of two, the first is
    /// the base of a comparison
    #[arg(value_name = "RUN", required = true, num_args = 1..=2)]
    runs: Vec<PathBuf>,
    /// The shape of the figures
    #[arg(long, value_name = "FORMAT", default_value = "html",
          value_parser = PossibleValuesParser::new(export::ALL.map(|exporter| exporter.name())))]
    format: String,
    /// Where it goes; - for standard output [default: report.html beside the
    /// run; standard output for every other format]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    rules: Rules,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let is_page = arguments.format == "html";
    let (path, text) = match arguments.runs.as_slice() {
        [base, new] => {
            if !is_page {
                return Err(format!(
                    "{} tells of one run: leave out {}, or use 'picklebench compare --format markdown'",
                    arguments.format,
                    shown(base)
                )
                .into());
            }
            let run = load(new)?;
            let comparison = arguments.rules.apply(&load(base)?, &run)?;
            warn(&comparison);
            (new, report::html::render_comparison(&run, &comparison))
        }
        [path, ..] => {
            let exporter = export::named(&arguments.format).ok_or("no such format")?;
            (path, exporter.render(&load(path)?))
        }
        [] => return Err("name a run.json".into()),
    };
    let output = match &arguments.output {
        Some(output) => {
            put(output, &text)?;
            output.clone()
        }
        None if is_page => {
            let output = run_file(path).with_file_name("report.html");
            replace(&output, text.as_bytes())?;
            output
        }
        None => {
            print_raw(text.as_bytes())?;
            "-".into()
        }
    };
    if !is_dash(&output) {
        say(format_args!("report: {}", shown(&output)));
    }
    Ok(Outcome::Done)
}
