//! Cases in Python: whose they are, and what they say in a sentence.

use crate::results::{Footprint, Operation, Run};
use plainfigures::{format_ratio, visible};

use super::figures;

/// A case in Python, by the parts of its name.
pub(crate) struct PythonCase<'a> {
    pub(crate) case: &'a Footprint,
    /// The serializer: `json`.
    pub(crate) serializer: &'a str,
    /// Its call: `loads`.
    pub(crate) call: &'a str,
    /// The Python's version: `3.13`.
    pub(crate) version: &'a str,
}

impl<'a> PythonCase<'a> {
    /// `None` for a case in Rust.
    pub(crate) fn of(case: &'a Footprint) -> Option<Self> {
        let serializer = case.format.strip_prefix("python-")?;
        let (call, version) = case.variant.as_deref()?.rsplit_once('-')?;
        Some(Self {
            case,
            serializer,
            call,
            version,
        })
    }

    /// Whether it is about the library's own container, and no list of records.
    pub(crate) fn is_native(&self) -> bool {
        self.call.ends_with("-native")
    }

    /// How far the resident set rose, in lists of the same records.
    fn times_list(&self) -> Option<f64> {
        let growth = u64::try_from(self.case.resident_growth_bytes()?).ok()?;
        figures::ratio(growth, self.case.resident.as_ref()?.list_bytes?)
    }
}

/// A Python as people call it: a number alone is CPython's.
pub(crate) fn python_name(version: &str) -> String {
    if version.starts_with(|first: char| first.is_ascii_digit()) {
        format!("CPython {version}")
    } else {
        version.to_owned()
    }
}

/// The versions of the Pythons that a run has cases of, in their order.
pub(crate) fn versions(run: &Run) -> Vec<&str> {
    let mut versions = Vec::new();
    for case in run.cases.iter().filter_map(PythonCase::of) {
        if !versions.contains(&case.version) {
            versions.push(case.version);
        }
    }
    versions
}

/// What each Python needs to read the list back.
pub(crate) fn reading(run: &Run) -> Vec<String> {
    let versions = versions(run).into_iter();
    versions
        .filter_map(|version| reading_in(run, version))
        .collect()
}

fn reading_in(run: &Run, version: &str) -> Option<String> {
    let cases = run.cases.iter().filter(|case| figures::is_ok(case));
    let cases = cases.filter(|case| case.operation == Operation::Read);
    let lists = cases.filter_map(PythonCase::of);
    let lists = lists.filter(|case| case.version == version && !case.is_native());
    let mut ranked: Vec<(f64, String)> = lists
        .filter_map(|case| {
            let name = format!("{} {}", case.serializer, case.call);
            Some((case.times_list()?, name))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let python = python_name(version);
    let text = match (ranked.first()?, ranked.last()?) {
        ((least, _), (most, _)) if format_ratio(*least) == format_ratio(*most) => {
            format!(
                "In {python}, reading back costs {} of the list.",
                format_ratio(*most)
            )
        }
        ((least, low), (most, high)) => format!(
            "In {python}, reading back costs between {} ({low}) and {} ({high}) of the list.",
            format_ratio(*least),
            format_ratio(*most)
        ),
    };
    Some(visible(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::run;
    use crate::results::Resident;

    const MIB: u64 = 1 << 20;

    fn case(call: &str, growth: u64) -> Footprint {
        Footprint {
            variant: Some(call.to_owned()),
            resident: Some(Resident {
                import_bytes: None,
                list_bytes: Some(200 * MIB),
                start_bytes: Some(10 * MIB),
                before_bytes: Some(10 * MIB),
                high_water_bytes: Some(10 * MIB + growth),
                after_drop_bytes: Some(10 * MIB),
                high_water_runs_bytes: Vec::new(),
            }),
            ..Footprint::of_case(call, Operation::Read.into(), "python-pickle")
        }
    }

    #[test]
    fn a_sentence_for_each_python_leaves_out_what_is_no_list() {
        let run = run(vec![
            case("load-protocol-4-3.11", 210 * MIB),
            case("loads-3.11", 680 * MIB),
            case("load-native-3.11", 1),
            case("load-3.13+2", 300 * MIB),
        ]);
        let expected = [
            "In CPython 3.11, reading back costs between 1.1× (pickle load-protocol-4) and 3.4× \
             (pickle loads) of the list.",
            "In CPython 3.13+2, reading back costs 1.5× of the list.",
        ];
        assert_eq!(reading(&run), expected);
    }

    #[test]
    fn what_a_call_costs_beside_the_list_may_be_less_than_nothing() {
        let extra = |growth| case("load-3.11", growth).resident_extra_bytes();
        assert_eq!(extra(210 * MIB), Some(10 << 20));
        assert_eq!(extra(50 * MIB), Some(-150 << 20));
    }
}
