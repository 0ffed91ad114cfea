//! Where this project's own codec stands among the binary formats of a run: in
//! memory and in time, however that is.

use crate::results::{CaseOperation, Footprint, Operation, Run};
use plainfigures::{format_seconds, format_signed_bytes};

use super::family::{Family, compression};
use super::{choices, figures};

/// The format whose codec is the project's own.
const OURS: &str = "pickle";

/// Fewer formats are no field to have a place in.
const FEWEST: usize = 3;

/// The place of our pickle in one operation. Of every format the best variant
/// counts, which need not be the same for both.
pub(crate) struct Places<'a> {
    pub operation: Operation,
    /// By bytes on top of the data.
    pub memory: Place<'a, i64>,
    /// By seconds; none where the run has no times.
    pub time: Option<Place<'a, f64>>,
}

/// In each operation that `run` has of enough formats.
pub(crate) fn places(run: &Run) -> impl Iterator<Item = Places<'_>> {
    let operations = [
        Operation::Read,
        Operation::StreamRead,
        Operation::Write,
        Operation::StreamWrite,
    ];
    operations.into_iter().filter_map(|operation| {
        let cases = || {
            let here = move |case: &&Footprint| case.operation == operation && is_binary(case);
            run.cases.iter().filter(here)
        };
        Some(Places {
            operation,
            memory: Place::among(cases(), figures::cost)?,
            time: Place::among(cases(), figures::seconds),
        })
    })
}

/// The places of our pickle, a sentence for each operation.
pub(crate) fn of_pickle(run: &Run) -> Vec<String> {
    places(run).map(|places| sentence(&places)).collect()
}

fn sentence(places: &Places<'_>) -> String {
    let Places { memory, time, .. } = places;
    let doing = choices::doing(&CaseOperation::Known(places.operation));
    let time_text = match time {
        Some(time) => format!(
            ", and {} by time ({})",
            nth(time.place),
            time.in_words(format_seconds)
        ),
        None => String::new(),
    };
    format!(
        "{doing} {OURS} is {} of {} binary formats by memory on top of the data ({}){time_text}.",
        nth(memory.place),
        memory.of,
        memory.in_words(format_signed_bytes)
    )
}

/// Whether a case is of a binary format, and not compressed.
fn is_binary(case: &Footprint) -> bool {
    let of_its_kind = matches!(
        Family::of(case),
        Family::Binary | Family::Columnar | Family::ZeroCopy
    );
    of_its_kind && compression(&case.format).1.is_none()
}

/// A place among formats by some figure.
pub(crate) struct Place<'a, T> {
    /// The first has 1; equals share a place.
    pub place: usize,
    pub of: usize,
    pub ours: T,
    /// The format that has the least, and its figure.
    pub first: (&'a str, T),
}

impl<'a, T: PartialOrd + Copy> Place<'a, T> {
    fn among(
        cases: impl Iterator<Item = &'a Footprint>,
        figure: impl Fn(&Footprint) -> Option<T>,
    ) -> Option<Self> {
        let mut best: Vec<(&str, T)> = Vec::new();
        for case in cases {
            let Some(figure) = figure(case) else { continue };
            match best.iter_mut().find(|(format, _)| *format == case.format) {
                Some((_, least)) if figure < *least => *least = figure,
                Some(_) => {}
                None => best.push((&case.format, figure)),
            }
        }
        let (_, ours) = *best.iter().find(|(format, _)| *format == OURS)?;
        let first = best.iter().copied().reduce(
            |first, next| {
                if next.1 < first.1 { next } else { first }
            },
        )?;
        (best.len() >= FEWEST).then(|| Place {
            place: 1 + best.iter().filter(|(_, figure)| *figure < ours).count(),
            of: best.len(),
            ours,
            first,
        })
    }

    /// Our figure, and where another has less, which and how little.
    fn in_words(&self, figure: impl Fn(T) -> String) -> String {
        let ours = figure(self.ours);
        match self.place {
            1 => ours,
            _ => format!("{ours}; {} has {}", self.first.0, figure(self.first.1)),
        }
    }
}

/// A place as people write it.
pub(crate) fn nth(place: usize) -> String {
    let ending = match (place % 10, place % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::report::testing::{case, run};

    fn timed(id: &str, kib: i64, seconds: f64) -> Footprint {
        let mut case = case(id, Some(kib << 10));
        case.seconds = vec![seconds];
        case
    }

    #[test]
    fn each_figure_has_a_place_of_its_own_among_the_best_variants() {
        let cases = vec![
            timed("read/pickle/protocol-0", 64, 0.9),
            timed("read/pickle/protocol-4", 65, 0.3),
            timed("read/bitcode", 900, 0.1),
            timed("read/bitcode/slice", 800, 0.2),
            timed("read/cbor", 64, 0.2),
            timed("read/json", 1, 0.01),
            timed("read/cbor+lz4", 1, 0.01),
        ];
        assert_eq!(
            of_pickle(&run(cases)),
            [
                "Reading pickle is 1st of 3 binary formats by memory on top of the data (64.0 KiB), \
                 and 3rd by time (300 ms; bitcode has 100 ms)."
            ]
        );
    }

    #[test]
    fn without_times_or_others_there_is_less_to_say() {
        let mut cases = vec![
            case("write/pickle/protocol-4", Some(2 << 20)),
            case("write/borsh", Some(1 << 20)),
        ];
        assert_eq!(of_pickle(&run(cases.clone())), [""; 0]);
        cases.push(case("write/parquet", Some(4 << 20)));
        assert_eq!(
            of_pickle(&run(cases)),
            [
                "Writing pickle is 2nd of 3 binary formats by memory on top of the data (2.0 MiB; borsh has 1.0 MiB)."
            ]
        );
    }

    #[test]
    fn places_are_written_as_people_do() {
        let written = [1, 2, 3, 4, 11, 12, 13, 21, 22, 111].map(nth);
        let wanted = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "111th",
        ];
        assert_eq!(written, wanted);
    }

    /// What `docs/formats.md` says of every run that it links.
    #[test]
    fn the_guide_says_what_the_published_runs_say() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let guide = fs::read_to_string(root.join("docs/formats.md")).unwrap();
        let links = guide.split("(../results/").skip(1);
        let runs: BTreeSet<&str> = links.filter_map(|link| link.split('/').next()).collect();
        assert!(runs.len() >= 4, "{runs:?}");
        let mut tables: BTreeMap<&str, String> = BTreeMap::new();
        for name in runs {
            let run = Run::load(&root.join("results").join(name)).unwrap();
            for places in places(&run) {
                let time = places.time.as_ref().expect("they were timed");
                *tables.entry(places.operation.name()).or_default() += &format!(
                    "| `{}` | {} | {} |\n",
                    run.dataset.name,
                    cells(&places.memory, format_signed_bytes),
                    cells(time, format_seconds)
                );
            }
        }
        let is_there = |rows: &String| rows.lines().all(|row| guide.contains(row));
        let wanted: Vec<String> = tables
            .iter()
            .map(|(operation, rows)| format!("### {operation}\n{rows}"))
            .collect();
        assert!(tables.values().all(is_there), "{}", wanted.join("\n"));
    }

    fn cells<T: Copy>(place: &Place<'_, T>, figure: impl Fn(T) -> String) -> String {
        let Place { ours, first, .. } = place;
        let nth = format!("{} of {}", nth(place.place), place.of);
        match place.place {
            1 => format!("{nth} | {} | ", figure(*ours)),
            _ => format!(
                "{nth} | {} | {}, `{}`",
                figure(*ours),
                figure(first.1),
                first.0
            ),
        }
    }
}
