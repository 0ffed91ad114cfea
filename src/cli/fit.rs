//! `picklebench fit`: the least limit under which each case succeeds.

use clap::Args;

use crate::formats::Formats;
use crate::report;
use crate::suite::{Scaling, SuitePlan};

use super::keep::Told;
use super::measure::{Choice, list, measure_and_tell, outcome};
use super::own_records::Own;
use super::setting::{RecordCount, Setting};
use super::{Error, Outcome, command_line};

/// Find the smallest memory limit under which each case works
///
/// Each case is measured, then run again under one limit after another until the
/// least under which it succeeds is known. In Rust that is a limit on the heap, by
/// the allocator's own count, and to be found right at the peak. In Python it is one
/// on what is resident, where control groups permit that, else on the address space
/// that may be written to. Beside it stands the smallest container: what was resident
/// within that limit. Results go to run.json and report.html in the results folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench fit read/text                     the smallest limit for reading text
  picklebench fit text -n 100_000               of every case whose name contains 'text'
  picklebench fit --exact read/text --memory-limit 2GiB   and not above 2 GiB
  picklebench fit --input data.pkl read/        for the records of a file of yours
  picklebench fit --json | jq '.cases[] | [.id, .fit.limit_bytes]'")]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    own: Own,
    #[command(flatten)]
    records: RecordCount,
    #[command(flatten)]
    setting: Setting,
    /// Go on from a run that was interrupted
    #[arg(long)]
    resume: bool,
    /// Print run.json instead of the table
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let Arguments {
        choice,
        own,
        records,
        setting,
        resume,
        json,
    } = arguments;
    let chosen = choice.cases_over(own, setting, formats)?;
    if choice.list {
        return list(&chosen.cases);
    }
    let (records, source) = choice.records(own, *records, setting, formats)?;
    let bytes = source.as_ref().map_or(0, |source| source.bytes);
    let plan = SuitePlan {
        cases: chosen.cases,
        records,
        source,
        // One peak to begin with, and another to see whether it repeats.
        runs: 2,
        python_runs: 1,
        python_in_depth: false,
        pythons: chosen.pythons,
        limits: setting.limits_over(bytes),
        data: setting.data.clone(),
        scaling: Scaling::None,
        fit: true,
        command: command_line(),
    };
    let told = Told::json_or_table(*json);
    let run = measure_and_tell(&plan, setting, *resume, told, |run| match json {
        true => run.to_json(),
        false => report::fit_table::render(run, true),
    })?;
    Ok(outcome(&run))
}
