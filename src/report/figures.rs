//! Figures derived from a case, each defined once for all outputs.

use plainfigures::{shorten, thousands};

use crate::results::{CaseOperation, Dataset, Footprint, Run, Status, Step};

use super::operation;

/// Whether the case has figures to show.
pub(crate) fn is_ok(case: &Footprint) -> bool {
    case.is_ok()
}

/// Peak heap of a case that ended well.
pub(crate) fn peak(case: &Footprint) -> Option<u64> {
    let heap = case.heap.as_ref()?;
    is_ok(case).then_some(heap.peak_bytes)
}

/// Whether the heap was measured of anything but the empty case.
pub(crate) fn has_peaks(run: &Run) -> bool {
    let mut cases = run.cases.iter();
    cases.any(|case| case.operation != CaseOperation::Empty && peak(case).is_some())
}

/// Room that the list which was read keeps beyond its records; absent where no
/// list was read.
pub(crate) fn slack(case: &Footprint) -> Option<u64> {
    case.heap.as_ref()?.slack_bytes.filter(|_| is_ok(case))
}

/// What the format costs without slack, which tells where a list's doubling
/// stood and nothing of the format. This is what cases are sorted and chosen by.
pub(crate) fn cost(case: &Footprint) -> Option<i64> {
    let heap = case.heap.as_ref().filter(|_| is_ok(case))?;
    let slack = i64::try_from(slack(case).unwrap_or(0)).unwrap_or(i64::MAX);
    Some(heap.extra_bytes.saturating_sub(slack))
}

/// Peak heap without slack: the peak of the same case into a list that fits.
pub(crate) fn needed(case: &Footprint) -> Option<u64> {
    Some(peak(case)?.saturating_sub(slack(case).unwrap_or(0)))
}

/// Peak heap as a multiple of the data size.
pub(crate) fn times_data(run: &Run, case: &Footprint) -> Option<f64> {
    ratio(peak(case)?, run.dataset.heap_bytes)
}

/// The quotient of two sizes; absent where the divisor is 0.
#[expect(clippy::cast_precision_loss, reason = "shown to three digits")]
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A size as a float, for charts and rates.
#[expect(
    clippy::cast_precision_loss,
    reason = "a chart has fewer than 2^53 pixels"
)]
pub(crate) fn float(bytes: u64) -> f64 {
    bytes as f64
}

/// The whole number next to a figure that is not negative: a tick of an axis.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ticks are positive and below the figures on their axis"
)]
pub(crate) fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

pub(crate) fn high_water(case: &Footprint) -> Option<u64> {
    case.resident.as_ref()?.high_water_bytes
}

/// How much more was resident when the operation ended than when it began.
pub(crate) fn resident_kept(case: &Footprint) -> Option<i64> {
    let mut steps = case.steps.iter();
    let step = steps.find(|step| step.name == case.operation.name())?;
    let after = i64::try_from(step.resident_bytes?).ok()?;
    after.checked_sub(i64::try_from(case.resident.as_ref()?.before_bytes?).ok()?)
}

/// How far the bytes that `tracemalloc` sees rose.
pub(crate) fn traced_growth(case: &Footprint) -> Option<u64> {
    let traced = case.traced.as_ref()?;
    traced.peak_bytes?.checked_sub(traced.before_bytes)
}

pub(crate) fn retained(case: &Footprint) -> Option<i64> {
    case.retained_bytes()
}

pub(crate) fn seconds(case: &Footprint) -> Option<f64> {
    case.median_seconds()
}

/// Records a second, by criterion's median.
pub(crate) fn records_per_second(case: &Footprint) -> Option<f64> {
    let throughput = case.throughput.as_ref()?;
    rate(throughput.records, throughput.median_seconds)
}

/// Bytes of the file a second, by criterion's median.
pub(crate) fn bytes_per_second(case: &Footprint) -> Option<f64> {
    let throughput = case.throughput.as_ref()?;
    rate(throughput.file_bytes, throughput.median_seconds)
}

fn rate(amount: u64, seconds: f64) -> Option<f64> {
    let rate = float(amount) / seconds;
    (seconds > 0.0 && rate.is_finite() && seconds.is_finite()).then_some(rate)
}

/// The case without its operation: `serde-pickle/own-3`.
pub(crate) fn format_id(case: &Footprint) -> &str {
    case.id
        .strip_prefix(case.operation.name())
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(&case.id)
}

/// The format in words, with who wrote the file where that matters.
pub(crate) fn format_name(case: &Footprint) -> String {
    shorten(&full_format_name(case), 60)
}

fn full_format_name(case: &Footprint) -> String {
    let Some(variant) = &case.variant else {
        return case.format.clone();
    };
    let reads = operation::reads(&case.operation) == Some(true);
    match (variant.split_once('-'), case.format.as_str()) {
        (Some(("own", protocol)), format) => format!("{format}, its own protocol {protocol}"),
        (Some(("protocol", protocol)), "serde-pickle") if reads => {
            format!("serde-pickle, CPython’s protocol {protocol}")
        }
        (Some(("protocol", protocol)), format) => format!("{format}, protocol {protocol}"),
        (_, format) => format!("{format}, {variant}"),
    }
}

/// The formats whose figure reads the same as that of the case picked, in
/// words. A format is named alone only where all of its cases share the figure.
pub(crate) fn sharers<'a>(
    picked: &Footprint,
    cases: impl Iterator<Item = &'a Footprint> + Clone,
    shown: impl Fn(&Footprint) -> Option<String>,
) -> String {
    let figure = shown(picked);
    let mut formats: Vec<&str> = Vec::new();
    for case in cases.clone() {
        let whole = || {
            let mut same = cases.clone().filter(|other| other.format == case.format);
            same.all(|other| shown(other) == figure)
        };
        if !formats.contains(&case.format.as_str()) && whole() {
            formats.push(&case.format);
        }
    }
    if !formats.contains(&picked.format.as_str()) {
        return format_name(picked);
    }
    let only_variant = cases.filter(|case| case.format == picked.format).count() == 1;
    match formats.as_slice() {
        [_] if only_variant => format_name(picked),
        [one] => (*one).to_string(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more formats", rest.len()),
        [] => format_name(picked),
    }
}

/// How many cases, in words.
pub(crate) fn cases(count: usize) -> String {
    match count {
        1 => "1 case".to_string(),
        _ => format!("{} cases", thousands(count as u64)),
    }
}

/// How many records a dataset has, and what they are called: its own name, or `word`
/// for each of those from a file.
pub(crate) fn records(dataset: &Dataset, word: &str) -> String {
    let count = thousands(dataset.records);
    match (&dataset.source, dataset.records) {
        (Some(source), 1) => format!("1 record of {}", source.file),
        (Some(source), _) => format!("{count} records of {}", source.file),
        (None, 1) => format!("1 {word}"),
        (None, _) => format!("{count} {word}s"),
    }
}

/// A dataset in words: how many records of which kind, and where they come from.
pub(crate) fn dataset(dataset: &Dataset) -> String {
    match &dataset.source {
        None => format!("{}, seed {}", named_records(dataset), dataset.seed),
        Some(source) => match &source.taken {
            None => named_records(dataset),
            Some(taken) => format!("{} ({taken})", named_records(dataset)),
        },
    }
}

/// What the records of a dataset look like, in a word: the built-in dataset’s name,
/// or the file that they are from.
pub(crate) fn shape(dataset: &Dataset) -> &str {
    match &dataset.source {
        None => &dataset.name,
        Some(source) => &source.file,
    }
}

/// How many records there are, by the name of their dataset or of their file.
pub(crate) fn named_records(dataset: &Dataset) -> String {
    match &dataset.source {
        None => format!("{} {}", thousands(dataset.records), dataset.name),
        Some(_) => records(dataset, "record"),
    }
}

/// A status in a word or two.
pub(crate) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Failed => "failed",
        Status::Killed => "killed",
        Status::OutOfMemory => "out of memory",
        Status::TimedOut => "timed out",
        Status::Unsupported => "unsupported",
        Status::LeftOut => "left out",
    }
}

/// What to know about a case that has no figures.
pub(crate) fn reason(case: &Footprint) -> &str {
    match (&case.message, case.status) {
        (Some(message), _) if !message.trim().is_empty() => message,
        (_, Status::Ok) => "",
        (_, Status::Failed) => "it gave no reason",
        (_, Status::Killed) => "a signal ended it",
        (_, Status::OutOfMemory) => "it asked for more memory than it was given",
        (_, Status::TimedOut) => "it took longer than it was given",
        (_, Status::Unsupported) => "the format cannot do this",
        (_, Status::LeftOut) => "it was not tried",
    }
}

/// Whether two runs of the case disagreed about the peak.
pub(crate) fn is_unsteady(case: &Footprint) -> bool {
    case.heap
        .as_ref()
        .is_some_and(|heap| heap.deterministic == Some(false))
}

/// Whether something on the heap outlived the case.
pub(crate) fn leak(case: &Footprint) -> Option<i64> {
    let heap = case.heap.as_ref()?;
    (is_ok(case) && heap.retained_bytes != 0).then_some(heap.retained_bytes)
}

/// The step in which the peak was reached, where the steps tell.
pub(crate) fn peak_step(case: &Footprint) -> Option<&Step> {
    let peak = peak(case)?;
    case.steps
        .iter()
        .find(|step| step.peak_bytes.is_some_and(|bytes| bytes >= peak))
}

/// Cases of one operation, those with figures first, by what the format costs,
/// then by peak and by name.
pub(crate) fn by_operation(run: &Run) -> Vec<(&CaseOperation, Vec<&Footprint>)> {
    let mut cases: Vec<&Footprint> = run.cases.iter().collect();
    cases.sort_by(|a, b| order(a).cmp(&order(b)));
    operation::grouped(cases, |case| case)
}

fn order(case: &Footprint) -> (bool, i64, u64, &str) {
    let cost = cost(case).unwrap_or(i64::MAX);
    let peak = peak(case).unwrap_or(u64::MAX);
    (!is_ok(case), cost, peak, &case.id)
}

/// Cases of one format and operation whose peaks are within 2 % of each other,
/// as one row: the case with the largest peak stands for them.
pub(crate) struct Merged<'a> {
    pub(crate) largest: &'a Footprint,
    pub(crate) label: String,
}

/// Merges what would be bars of the same length, for pictures with little room.
pub(crate) fn merge<'a>(cases: &[&'a Footprint]) -> Vec<Merged<'a>> {
    let mut groups: Vec<Vec<&'a Footprint>> = Vec::new();
    for case in cases.iter().copied() {
        let Some(bytes) = peak(case) else { continue };
        let near = |group: &&mut Vec<&Footprint>| {
            let first = peak(group[0]).unwrap_or(0);
            group[0].format == case.format && first.abs_diff(bytes) <= first.max(bytes) / 50
        };
        match groups.iter_mut().find(near) {
            Some(group) => group.push(case),
            None => groups.push(vec![case]),
        }
    }
    let largest = |group: &[&'a Footprint]| group.iter().copied().max_by_key(|case| peak(case));
    let mut merged: Vec<Merged<'a>> = groups
        .iter()
        .filter_map(|group| {
            let mut variants: Vec<&str> = group
                .iter()
                .filter_map(|case| case.variant.as_deref())
                .collect();
            variants.sort_unstable();
            let largest = largest(group)?;
            let label = match variants.as_slice() {
                [] => largest.format.clone(),
                _ => format!("{} {}", largest.format, join_variants(&variants)),
            };
            Some(Merged { largest, label })
        })
        .collect();
    merged.sort_by_key(|row| (peak(row.largest), row.label.clone()));
    merged
}

/// `protocol-2`, `protocol-4` as `protocol-2, 4`.
fn join_variants(sorted: &[&str]) -> String {
    let mut text = String::new();
    let mut stem_before = None;
    for variant in sorted {
        let stem = variant.rsplit_once('-').map(|(stem, _)| stem);
        match stem {
            Some(stem) if Some(stem) == stem_before => {
                text.push_str(", ");
                text.push_str(&variant[stem.len() + 1..]);
            }
            _ => {
                if !text.is_empty() {
                    text.push_str("; ");
                }
                text.push_str(variant);
            }
        }
        stem_before = stem;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{case, run};

    #[test]
    fn slack_is_no_cost_and_sorts_nothing() {
        let mut roomy = case("read/a", Some(100));
        roomy.heap.as_mut().unwrap().slack_bytes = Some(90);
        let tight = case("read/b", Some(20));
        assert_eq!((cost(&roomy), cost(&tight)), (Some(10), Some(20)));
        assert_eq!(needed(&roomy), peak(&roomy).map(|bytes| bytes - 90));
        assert_eq!(needed(&tight), peak(&tight));
        let run = run(vec![tight, roomy, case("read/c", None)]);
        let groups = by_operation(&run);
        let ids = groups[0].1.iter().map(|case| case.id.as_str());
        assert_eq!(ids.collect::<Vec<_>>(), ["read/a", "read/b", "read/c"]);
    }

    #[test]
    fn a_case_that_failed_costs_nothing_that_is_known() {
        let mut failed = case("read/a", Some(100));
        failed.heap.as_mut().unwrap().slack_bytes = Some(90);
        failed.status = Status::Failed;
        assert_eq!(
            (cost(&failed), slack(&failed), needed(&failed)),
            (None, None, None)
        );
    }
}
