//! What a choice costs or saves: the findings that compare cases of a run with
//! each other. Each gives no sentence where the run has nothing to compare.

use std::cmp::Reverse;

use crate::results::{CaseOperation, Footprint, Operation, Run};
use plainfigures::{MIB, format_bytes, format_signed_bytes};

use super::family::compression;
use super::figures;

/// Sentences of one rule, at most: the page has the rest as bars.
const MOST: usize = 3;

/// Which format costs most to write and to read as it comes: of each format the
/// variant that the run has first, which formats name first what they recommend.
pub(crate) fn defaults(run: &Run) -> Vec<String> {
    let sentence = |(operation, verb)| {
        let mut firsts: Vec<(i64, &Footprint)> = Vec::new();
        for (cost, case) in costs(run, operation) {
            let is_compressed = compression(&case.format).1.is_some();
            let known = |(_, other): &(i64, &Footprint)| other.format == case.format;
            if !is_compressed && !firsts.iter().any(known) {
                firsts.push((cost, case));
            }
        }
        let (least, most) = (
            firsts.iter().min_by_key(|(cost, _)| *cost)?,
            firsts.iter().rev().max_by_key(|(cost, _)| *cost)?,
        );
        (firsts.len() > 2 && matters(least.0, most.0)).then(|| {
            format!(
                "As they come, {verb} costs most with {}: {} on top of the data; and least with {}: {}.",
                named(most.1),
                format_signed_bytes(most.0),
                named(least.1),
                format_signed_bytes(least.0)
            )
        })
    };
    [(Operation::Write, "writing"), (Operation::Read, "reading")]
        .into_iter()
        .filter_map(sentence)
        .collect()
}

/// What one option saves: the same operation on the same format, in the dearest
/// variant and in the cheapest.
pub(crate) fn options(run: &Run) -> Vec<String> {
    let mut pairs: Vec<[(i64, &Footprint); 2]> = Vec::new();
    for operation in Operation::ALL {
        let mut found: Vec<[(i64, &Footprint); 2]> = Vec::new();
        for this in costs(run, operation) {
            match found
                .iter_mut()
                .find(|[low, _]| low.1.format == this.1.format)
            {
                Some([low, _]) if this.0 < low.0 => *low = this,
                Some([_, high]) if this.0 > high.0 => *high = this,
                Some(_) => {}
                None => found.push([this, this]),
            }
        }
        pairs.extend(found);
    }
    pairs.retain(|[low, high]| low.1.id != high.1.id && matters(low.0, high.0));
    pairs.sort_by_key(|[low, high]| Reverse(high.0.saturating_sub(low.0)));
    pairs
        .iter()
        .take(MOST)
        .map(|[low, high]| {
            format!(
                "{} {} costs {} as {}, and {} as {}.",
                doing(&low.1.operation),
                low.1.format,
                format_signed_bytes(low.0),
                variant(low.1),
                format_signed_bytes(high.0),
                variant(high.1)
            )
        })
        .collect()
}

/// What compression adds to the peak: `X+gzip` against `X`, the same operation
/// and variant.
pub(crate) fn compressions(run: &Run) -> Vec<String> {
    // Of each compression: the least and the most that it adds, and how often.
    let mut found: Vec<(&str, i64, i64, usize)> = Vec::new();
    for case in &run.cases {
        let (plain, Some(with)) = compression(&case.format) else {
            continue;
        };
        let same = |other: &&Footprint| {
            (other.format == plain)
                && other.operation == case.operation
                && other.variant == case.variant
        };
        let without = run.cases.iter().find(same).and_then(figures::needed);
        let (Some(without), Some(peak)) = (without, figures::needed(case)) else {
            continue;
        };
        let adds = i64::try_from(i128::from(peak) - i128::from(without)).unwrap_or(i64::MAX);
        match found.iter_mut().find(|(known, ..)| *known == with) {
            Some((_, least, most, count)) => {
                (*least, *most) = ((*least).min(adds), (*most).max(adds));
                *count += 1;
            }
            None => found.push((with, adds, adds, 1)),
        }
    }
    found
        .into_iter()
        .map(|(with, least, most, count)| {
            let (least, most) = (format_signed_bytes(least), format_signed_bytes(most));
            let range = if least == most {
                least
            } else {
                format!("{least} to {most}")
            };
            let cases = if count == 1 { "case" } else { "cases" };
            format!("Compression with {with} adds {range} to the peak ({count} {cases}).")
        })
        .collect()
}

/// Mapping a file against reading it into a list: heap and high-water mark.
pub(crate) fn mapping(run: &Run) -> Vec<String> {
    let mut found: Vec<(u64, String)> = Vec::new();
    for (_, mapped) in costs(run, Operation::MapRead) {
        let reads = costs(run, Operation::Read).filter(|(_, read)| read.format == mapped.format);
        let Some((_, read)) = reads.min_by_key(|(cost, _)| *cost) else {
            continue;
        };
        let (Some(heap), Some(read_heap)) = (figures::peak(mapped), figures::peak(read)) else {
            continue;
        };
        let resident = match (figures::high_water(mapped), figures::high_water(read)) {
            (Some(mapped), Some(read)) => format!(
                "; its high-water mark is {} against {}, for the pages of the file are resident",
                format_bytes(mapped),
                format_bytes(read)
            ),
            _ => String::new(),
        };
        let text = format!(
            "Mapped, {} needs {} of heap where reading it into a list takes {}{resident}.",
            named(mapped),
            format_bytes(heap),
            format_bytes(read_heap)
        );
        found.push((read_heap, text));
    }
    found.sort_by_key(|(heap, _)| Reverse(*heap));
    found.into_iter().take(MOST).map(|(_, text)| text).collect()
}

/// The cases of an operation whose cost is known, in the order of the run.
fn costs(run: &Run, operation: Operation) -> impl Iterator<Item = (i64, &Footprint)> {
    run.cases
        .iter()
        .filter(move |case| case.operation == operation)
        .filter_map(|case| Some((figures::cost(case)?, case)))
}

/// Whether somebody would choose for it: four times as much, and a MiB more.
fn matters(low: i64, high: i64) -> bool {
    let more = high.saturating_sub(low);
    more >= MIB as i64 && high / 4 >= low
}

/// The operation as the beginning of a sentence, before a format's name.
pub(crate) fn doing(operation: &CaseOperation) -> &'static str {
    match operation {
        CaseOperation::Known(operation) => match operation {
            Operation::Read => "Reading",
            Operation::StreamRead => "Stream-reading",
            Operation::ColumnRead => "Reading into columns from",
            Operation::MapRead => "Mapping",
            Operation::Write => "Writing",
            Operation::StreamWrite => "Stream-writing",
        },
        CaseOperation::Empty | CaseOperation::Plain | CaseOperation::Unknown(_) => "Using",
    }
}

/// The format, with its variant where it has one.
fn named(case: &Footprint) -> String {
    match &case.variant {
        Some(variant) => format!("{} ({variant})", case.format),
        None => case.format.clone(),
    }
}

fn variant(case: &Footprint) -> &str {
    case.variant.as_deref().unwrap_or("it comes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{case, run};

    const KIB: i64 = 1 << 10;

    fn mib(count: i64) -> Option<i64> {
        Some(count << 20)
    }

    #[test]
    fn the_dearest_default_is_named_without_variants_and_slack() {
        let mut roomy = case("read/text", mib(40));
        roomy.heap.as_mut().unwrap().slack_bytes = Some(40 << 20);
        let cases = vec![
            roomy,
            case("read/json", mib(3)),
            case("read/json/value", mib(900)),
            case("read/cbor", mib(64)),
            case("read/cbor+gzip", mib(800)),
        ];
        assert_eq!(
            defaults(&run(cases.clone())),
            [
                "As they come, reading costs most with cbor: 64.0 MiB on top of the data; and least with text: 0 B."
            ]
        );
        assert_eq!(
            defaults(&run(cases[..2].to_vec())),
            [""; 0],
            "two are no field"
        );
    }

    #[test]
    fn an_option_that_saves_much_is_named() {
        let cases = vec![
            case("write/messagepack/told", Some(64 * KIB)),
            case("write/messagepack/unknown", mib(64)),
            case("write/json", Some(64 * KIB)),
            case("write/json/pretty", Some(65 * KIB)),
            case("stream-write/cbor", mib(1)),
            case("stream-write/cbor/whole", mib(8)),
        ];
        assert_eq!(
            options(&run(cases)),
            [
                "Writing messagepack costs 64.0 KiB as told, and 64.0 MiB as unknown.",
                "Stream-writing cbor costs 1.0 MiB as it comes, and 8.0 MiB as whole.",
            ]
        );
    }

    #[test]
    fn compression_is_held_against_the_same_case_without() {
        let cases = vec![
            case("read/json/value", mib(90)),
            case("read/json", mib(3)),
            case("read/json+gzip", mib(4)),
            case("write/json", mib(1)),
            case("write/json+gzip", mib(3)),
            case("write/csv+lz4", mib(9)),
        ];
        assert_eq!(
            compressions(&run(cases)),
            ["Compression with gzip adds 1.0 MiB to 2.0 MiB to the peak (2 cases)."]
        );
    }

    #[test]
    fn mapping_tells_heap_and_resident_set() {
        let cases = vec![
            case("map-read/npy", Some(0)),
            case("read/npy", mib(4)),
            case("map-read/rkyv", Some(0)),
        ];
        assert_eq!(
            mapping(&run(cases)),
            ["Mapped, npy needs 0 B of heap where reading it into a list takes 64.0 MiB."]
        );
    }

    #[test]
    fn a_run_with_nothing_to_compare_says_nothing() {
        let run = run(vec![case("read/json", mib(3)), case("empty/none", Some(0))]);
        for rule in [defaults, options, compressions, mapping] {
            assert_eq!(rule(&run), [""; 0]);
        }
    }
}
