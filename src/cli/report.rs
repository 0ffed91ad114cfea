//! `picklebench report`: the page of a run, made again.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::report;
use crate::results::{Run, replace};

use super::{Error, Outcome};

/// Make the HTML report of a run
///
/// The page is one file that needs nothing else: open it, send it, publish it.
/// The same run gives the same bytes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench report results/latest/run.json
  picklebench report results/latest/run.json -o page.html
  picklebench report run.json -o - | gzip > report.html.gz")]
pub(super) struct Arguments {
    /// The run
    #[arg(value_name = "RUN.json")]
    run: PathBuf,
    /// Where the page goes; - for standard output [default: report.html beside
    /// the run]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let page = report::html::render(&Run::load(&arguments.run)?);
    let beside = || arguments.run.with_file_name("report.html");
    let output = arguments.output.clone().unwrap_or_else(beside);
    if output.as_os_str() == "-" {
        io::stdout().write_all(page.as_bytes())?;
    } else {
        replace(&output, page.as_bytes())?;
        anstream::eprintln!("report: {}", output.display());
    }
    Ok(Outcome::Done)
}
