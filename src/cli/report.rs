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
/// The same run gives the same bytes. Of two runs of one dataset, it is the page
/// of the second, compared with the first. Of runs of different datasets, it is
/// the page of the first, with a table of what each format takes for each dataset.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench report results/latest/run.json
  picklebench report results/latest -o page.html
  picklebench report base/run.json results/latest/run.json -o page.html
  picklebench report tuples/run.json words/run.json dicts/run.json -o page.html
  picklebench report run.json -o - | gzip > report.html.gz
  picklebench report run.json --format csv > figures.csv
  picklebench report run.json --format markdown             for a pull request
  picklebench report run.json --format bencher              bencher run --adapter json
  picklebench report run.json --format github-action-benchmark
                                                            customSmallerIsBetter")]
pub(super) struct Arguments {
    /// The run: a run.json, or the folder that it is in. Of two of one dataset,
    /// the first is the base of a comparison
    #[arg(value_name = "RUN", required = true, num_args = 1..)]
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
        [path] => {
            let exporter = export::named(&arguments.format).ok_or("no such format")?;
            (path, exporter.render(&load(path)?))
        }
        [first, ..] if !is_page => {
            return Err(format!(
                "{} tells of one run, such as {}: leave out the others, or use 'picklebench compare --format markdown'",
                arguments.format,
                shown(first)
            )
            .into());
        }
        paths => page_of_several(paths, &arguments.rules)?,
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

/// The page of several runs, and the path of the run that it is of: two of one
/// dataset are compared, several of different datasets stand beside each other.
fn page_of_several<'a>(
    paths: &'a [PathBuf],
    rules: &Rules,
) -> Result<(&'a PathBuf, String), Error> {
    let mut runs = paths
        .iter()
        .map(|path| load(path))
        .collect::<Result<Vec<_>, _>>()?;
    let shapes: Vec<String> = runs
        .iter()
        .map(|run| report::shape(run).to_owned())
        .collect();
    let twice = (1..shapes.len()).find_map(|new| {
        let base = shapes[..new]
            .iter()
            .position(|shape| *shape == shapes[new])?;
        Some((base, new))
    });
    match (twice, runs.as_slice()) {
        (Some(_), [base, new]) => {
            let comparison = rules.apply(base, new)?;
            warn(&comparison);
            Ok((&paths[1], report::html::render_comparison(new, &comparison)))
        }
        (Some((base, new)), _) => Err(format!(
            "{} and {} are both of {}: name one run of each dataset, or only these two to compare them",
            shown(&paths[base]),
            shown(&paths[new]),
            plainfigures::visible(&shapes[new])
        )
        .into()),
        (None, _) => {
            let first = runs.remove(0);
            let page = report::html::render_with_shapes(&first, &runs);
            Ok((&paths[0], page))
        }
    }
}
