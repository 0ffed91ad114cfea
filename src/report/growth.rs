//! How the peak grows with the number of records, in figures and in words.

use crate::results::{Footprint, Operation, Run};
use plainfigures::thousands;

use super::figures;
use super::law::Law;

/// The peaks of a case at several numbers of records.
pub(crate) struct Growth<'a> {
    pub(crate) case: &'a Footprint,
    /// Fewest records first; at least two.
    pub(crate) points: Vec<Point>,
    /// What the points are peaks of.
    pub(crate) of: Peak,
    /// The law that they follow, where there are enough of them to tell.
    pub(crate) law: Option<Law>,
}

/// A peak at a number of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) records: u64,
    pub(crate) peak_bytes: u64,
}

/// What is at its peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peak {
    /// The heap, exactly.
    Heap,
    /// The resident set of a process without a meter: its high-water mark.
    Resident,
}

impl Peak {
    /// All there are, in the order of the report.
    pub(crate) const ALL: [Peak; 2] = [Peak::Heap, Peak::Resident];

    /// Its name in a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Peak::Heap => "peak heap",
            Peak::Resident => "high-water mark",
        }
    }

    /// What it is the peak of.
    pub(crate) fn whose(self) -> &'static str {
        match self {
            Peak::Heap => "heap",
            Peak::Resident => "resident set",
        }
    }
}

impl<'a> Growth<'a> {
    /// Of a case whose peak is known at two numbers of records at least. A case
    /// that did not end well at the run's own number may still have two.
    pub(crate) fn of(run: &Run, case: &'a Footprint) -> Option<Self> {
        let resident = || figures::high_water(case).filter(|_| case.is_ok());
        let (of, whole) = match &case.heap {
            Some(_) => (Peak::Heap, figures::peak(case)),
            None if case
                .scaling
                .iter()
                .any(|scaled| scaled.peak_bytes.is_some()) =>
            {
                (Peak::Heap, None)
            }
            None => (Peak::Resident, resident()),
        };
        let scaled = case.scaling.iter().filter_map(|scaled| {
            let bytes = match of {
                Peak::Heap => scaled.peak_bytes,
                Peak::Resident => scaled.high_water_bytes,
            };
            Some((scaled.records, bytes?))
        });
        let all = scaled.chain(whole.map(|bytes| (run.dataset.records, bytes)));
        let mut points: Vec<Point> = all
            .map(|(records, peak_bytes)| Point {
                records,
                peak_bytes,
            })
            .collect();
        points.retain(|point| point.records > 0 && point.peak_bytes > 0);
        points.sort_by_key(|point| point.records);
        points.dedup_by_key(|point| point.records);
        let pairs = points.iter().map(|point| (point.records, point.peak_bytes));
        let law = Law::of(&pairs.collect::<Vec<_>>());
        (points.len() > 1).then_some(Self {
            case,
            points,
            of,
            law,
        })
    }

    /// Fewest records.
    pub(crate) fn first(&self) -> Point {
        self.points[0]
    }

    /// Most records.
    pub(crate) fn last(&self) -> Point {
        self.points[self.points.len() - 1]
    }

    /// Whether the peak stays where it is: constant memory. By its law, or within a
    /// twentieth where there is none.
    pub(crate) fn is_flat(&self) -> bool {
        if let Some(law) = &self.law {
            return law.is_flat();
        }
        let peaks = || self.points.iter().map(|point| point.peak_bytes);
        let (low, high) = (peaks().min().unwrap_or(0), peaks().max().unwrap_or(0));
        high - low <= low / 20
    }

    /// What each further record adds, in bytes, between the ends of the line.
    pub(crate) fn bytes_a_record(&self) -> f64 {
        let (first, last) = (self.first(), self.last());
        let more = figures::float(last.peak_bytes) - figures::float(first.peak_bytes);
        more / figures::float(last.records - first.records)
    }

    /// The slope in words: `flat`, or `60 bytes a record`; of a law with steps, its
    /// parts.
    pub(crate) fn in_words(&self) -> String {
        if self.is_flat() {
            return "flat".to_owned();
        }
        let Some(law) = &self.law else {
            return format!("{} bytes a record", rate(self.bytes_a_record()));
        };
        let slope = law.bytes_a_record();
        let line = (slope > 0.0).then(|| format!("{} bytes a record", rate(slope)));
        let table = law.last_step().map(|_| "a table that doubles".to_owned());
        let parts: Vec<String> = line.into_iter().chain(table).collect();
        match parts.is_empty() {
            true => format!("{} bytes a record", rate(slope)),
            false => parts.join(", and "),
        }
    }

    /// The residual that is largest, as a share of what was measured; 0 where there is
    /// no law.
    pub(crate) fn largest_residual(&self) -> f64 {
        let residuals = self.law.iter().flat_map(|law| &law.residuals);
        let shares = residuals.zip(&self.points);
        let shares =
            shares.map(|(residual, point)| residual.abs() / figures::float(point.peak_bytes));
        shares.fold(0.0, f64::max)
    }
}

/// A number of bytes a record, to three digits.
pub(crate) fn rate(bytes: f64) -> String {
    let sign = if bytes < 0.0 { "−" } else { "" };
    let size = bytes.abs();
    if size >= 99.5 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and no case takes 2^63 bytes a record"
        )]
        let whole = size.round() as u64;
        format!("{sign}{}", thousands(whole))
    } else if size >= 0.95 || size == 0.0 {
        format!("{sign}{size:.1}")
    } else {
        format!("{sign}{size:.2}")
    }
}

/// All cases of a run that have several numbers of records.
pub(crate) fn all(run: &Run) -> Vec<Growth<'_>> {
    let cases = run.cases.iter();
    cases.filter_map(|case| Growth::of(run, case)).collect()
}

/// What a further record costs to read into a list, and whether what works record by
/// record needs no more for more of them: by each kind of peak.
pub(super) fn sentences(run: &Run) -> Vec<String> {
    let of_each = Peak::ALL.into_iter().flat_map(|of| {
        let sentences = [reading(run, of), streaming(run, of)];
        sentences.into_iter().flatten().map(move |said| match of {
            Peak::Heap => said,
            Peak::Resident => {
                let mut rest = said.chars();
                let first = rest.next().into_iter().flat_map(char::to_lowercase);
                let first: String = first.collect();
                format!("By the {}, {first}{}", of.name(), rest.as_str())
            }
        })
    });
    of_each.collect()
}

/// What a further record costs to read into a list.
fn reading(run: &Run, peak: Peak) -> Option<String> {
    let growths: Vec<Growth<'_>> = of(run, peak, &[Operation::Read]);
    let by_slope =
        |a: &&Growth<'_>, b: &&Growth<'_>| a.bytes_a_record().total_cmp(&b.bytes_a_record());
    let (low, high) = (
        growths.iter().min_by(by_slope)?,
        growths.iter().rev().max_by(by_slope)?,
    );
    let slope =
        |case: &Footprint| Growth::of(run, case).map(|growth| rate(growth.bytes_a_record()));
    let name = |growth: &Growth<'_>| {
        figures::sharers(growth.case, growths.iter().map(|it| it.case), slope)
    };
    let (least, most) = (rate(low.bytes_a_record()), rate(high.bytes_a_record()));
    Some(if least == most {
        format!(
            "Each further record takes {least} bytes to read back ({}).",
            name(low)
        )
    } else {
        format!(
            "Each further record takes {least} bytes ({}) to {most} bytes ({}) to read back.",
            name(low),
            name(high)
        )
    })
}

/// Whether what works record by record needs no more for more records.
fn streaming(run: &Run, peak: Peak) -> Option<String> {
    let mut growths = of(run, peak, &[Operation::StreamRead, Operation::StreamWrite]);
    let ends = |growth: &Growth<'_>| (growth.first().records, growth.last().records);
    let (few, many) = ends(growths.first()?);
    growths.retain(|growth| ends(growth) == (few, many));
    let (flat, growing): (Vec<_>, Vec<_>) = growths.iter().partition(|growth| growth.is_flat());
    let counts = format!("at {} records as at {}", thousands(many), thousands(few));
    Some(match (flat.as_slice(), growing.as_slice()) {
        ([one], []) => format!("{} takes as much {counts}.", one.case.id),
        (all, []) => format!(
            "Memory stays the same one record at a time: all {} such cases take as much {counts}.",
            all.len()
        ),
        ([], [one]) => format!(
            "{} takes more memory for more records, {}.",
            one.case.id,
            one.in_words()
        ),
        (flat, growing) => format!(
            "One record at a time, {} of {} cases take as much {counts}; memory grows for {}.",
            flat.len(),
            growths.len(),
            listed(growing)
        ),
    })
}

/// What grows, and by how much: all of them, or of many those that grow most.
fn listed(growing: &[&Growth<'_>]) -> String {
    const MOST: usize = 4;
    let each = |growth: &&Growth<'_>| format!("{} by {}", growth.case.id, growth.in_words());
    let mut named = growing.to_vec();
    if named.len() > MOST {
        let by_slope = |growth: &&Growth<'_>| growth.bytes_a_record();
        named.sort_by(|a, b| by_slope(b).total_cmp(&by_slope(a)));
        named.truncate(MOST - 1);
    }
    let mut parts: Vec<String> = named.iter().map(each).collect();
    if named.len() < growing.len() {
        parts.push(format!("{} more", growing.len() - named.len()));
    }
    match parts.split_last() {
        Some((last, more)) if !more.is_empty() => format!("{} and {last}", more.join(", ")),
        _ => parts.concat(),
    }
}

fn of<'a>(run: &'a Run, peak: Peak, operations: &[Operation]) -> Vec<Growth<'a>> {
    let mut growths = all(run);
    growths.retain(|growth| {
        let mut wanted = operations.iter();
        growth.of == peak && wanted.any(|wanted| growth.case.operation == *wanted)
    });
    growths
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn rates_have_three_digits() {
        assert_eq!(rate(4_367.6), "4,368");
        assert_eq!(rate(60.04), "60.0");
        assert_eq!(rate(0.0), "0.0");
        assert_eq!(rate(-12.34), "−12.3");
        assert_eq!(rate(0.035), "0.04");
    }
}
