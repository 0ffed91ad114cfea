//! `picklebench scale`: how the peak of each case grows with the number of records.

use std::ops::RangeInclusive;

use clap::Args;

use crate::formats::Formats;
use crate::report;
use crate::suite::{Scaling, SuitePlan, Task};

use super::keep::Told;
use super::measure::{Choice, Chosen, list, measure_and_tell, outcome};
use super::own_records::Own;
use super::setting::{RecordCount, Setting};
use super::{Error, Outcome, command_line};

/// Measure how the peak grows with the number of records, and by which law
///
/// Each case runs once at each of many numbers of records. The law that fits its
/// peaks best says what is fixed, what each record takes, whether a table doubles,
/// and what a billion records would take. In Python, which has no such meter, it is the
/// high-water mark of the resident set. Results go to run.json and report.html in the
/// results folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench scale read/text --records 1e4..1e6     from 10,000 to a million records
  picklebench scale stream --records 1e3..1e5        every case that streams
  picklebench scale read/text --points 9             nine numbers of records
  picklebench scale --input data.pkl --records 1e3..1e6   the records of a file of yours
  picklebench scale read --json | jq '.cases[] | [.id, .law.bytes_a_record]'")]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    own: Own,
    /// Fewest and most records, such as 1e4..1e7; of --input, no more than it has
    #[arg(short = 'n', long, value_name = "A..B", default_value = "1e4..1e6",
          value_parser = parse_range)]
    records: RangeInclusive<u64>,
    /// How many numbers of records, evenly apart in ratio [default: four for each
    /// doubling, so that steps show]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(2..=1000))]
    points: Option<u16>,
    #[command(flatten)]
    setting: Setting,
    /// Go on from a run that was interrupted
    #[arg(long)]
    resume: bool,
    /// Print the points and the laws as JSON instead of the table
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let Arguments {
        choice,
        own,
        records: range,
        points,
        setting,
        resume,
        json,
    } = arguments;
    let Chosen {
        mut cases, pythons, ..
    } = choice.cases_over(own, setting, formats)?;
    if choice.list {
        return list(&cases);
    }
    // It has no records.
    cases.retain(|case| !matches!(case.task, Task::Empty));
    if cases.is_empty() {
        return Err("empty/none has no records to scale; --list shows the cases".into());
    }
    let most = RecordCount {
        records: Some(*range.end()),
    };
    let (records, source) = choice.records(own, most, setting, formats)?;
    let (fewest, most) = (*range.start(), records.records());
    if most <= fewest {
        let most = plainfigures::thousands(most);
        return Err(format!("there are {most} records: begin --records below that").into());
    }
    let bytes = source.as_ref().map_or(0, |source| source.bytes);
    let mut counts = counts(&(fewest..=most), *points);
    counts.pop(); // The most: that is the run itself.
    let plan = SuitePlan {
        cases,
        records,
        source,
        runs: 1,
        python_runs: 1,
        python_in_depth: false,
        pythons,
        limits: setting.limits_over(bytes),
        data: setting.data.clone(),
        scaling: Scaling::At(counts),
        fit: false,
        command: command_line(),
    };
    let told = Told::json_or_table(*json);
    let run = measure_and_tell(&plan, setting, *resume, told, |run| match json {
        true => report::growth_json::render(run),
        false => report::growth_table::render(run, true),
    })?;
    Ok(outcome(&run))
}

/// The numbers of records, fewest first: so many, or four for each doubling.
fn counts(range: &RangeInclusive<u64>, points: Option<u16>) -> Vec<u64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "rounded to whole records anyway"
    )]
    let (first, last) = (*range.start() as f64, *range.end() as f64);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "64 doublings at the most"
    )]
    let usual = (4.0 * (last / first).log2()).ceil() as u16 + 1;
    let points = points.unwrap_or(usual.max(2));
    let inner = (1..points - 1).map(|at| {
        let place = f64::from(at) / f64::from(points - 1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between two numbers of records"
        )]
        let count = (first * (last / first).powf(place)).round() as u64;
        count.clamp(*range.start(), *range.end())
    });
    let mut counts: Vec<u64> = [*range.start()].into_iter().chain(inner).collect();
    counts.push(*range.end());
    counts.dedup();
    counts
}

/// `1e4..1e7`.
fn parse_range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let ends = text.split_once("..");
    let (first, last) =
        ends.ok_or("a range has two ends: give the fewest and the most records, such as 1e4..1e7")?;
    let count = |text: &str| {
        let count = plainfigures::parse_count(text.trim_start_matches('='));
        count.map_err(|error| error.to_string())
    };
    let (first, last) = (count(first)?, count(last)?);
    if first == 0 {
        return Err("a dataset needs at least one record".to_owned());
    }
    if first == last {
        return Err("one number of records shows no growth; measure tells its peak".to_owned());
    }
    if first > last {
        return Err(format!("it goes backwards; did you mean {last}..{first}?"));
    }
    Ok(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_evenly_apart_in_ratio_and_hold_both_ends() {
        assert_eq!(counts(&(1..=16), Some(5)), [1, 2, 4, 8, 16]);
        let usual = counts(&(10_000..=1_000_000), None);
        assert_eq!((usual.len(), usual[0], usual[27]), (28, 10_000, 1_000_000));
        let ratio = |pair: &[u64]| pair[1] as f64 / pair[0] as f64;
        assert!(
            usual
                .windows(2)
                .all(|pair| (1.18..1.19).contains(&ratio(pair)))
        );
        // Fewer whole numbers than points.
        assert_eq!(counts(&(1..=3), Some(9)), [1, 2, 3]);
        assert_eq!(counts(&(1..=2), None), [1, 2]);
        let widest = counts(&(1..=u64::MAX), None);
        assert!(widest.is_sorted() && widest.last() == Some(&u64::MAX));
    }

    #[test]
    fn a_range_that_is_none_says_what_to_do() {
        let error = |text| parse_range(text).unwrap_err();
        assert!(error("1e5").contains("such as 1e4..1e7"));
        assert!(error("1e5..1e5").contains("no growth"));
        assert!(error("1e7..1e4").contains("did you mean 10000..10000000?"));
        assert!(error("0..10").contains("at least one record"));
        assert!(error("1..x").contains("number"));
        assert_eq!(parse_range("1e4..1e7"), Ok(10_000..=10_000_000));
        assert_eq!(parse_range("10..=20"), Ok(10..=20));
    }
}
