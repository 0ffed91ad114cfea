//! Two runs beside each other: what grew, what shrank, what fails now.
//!
//! A pure function of two [`Run`]s. A figure that is exact (everything but the
//! resident set and time) has changed when it differs at all. One that scatters
//! has changed only when the difference is beyond its limit *and* beyond the
//! scatter: all runs of one side lie beyond all runs of the other.
//!
//! - [`Metric`]: what can be compared
//! - [`Limit`] and [`Gate`]: how far it may grow before it is a regression
//! - [`Caveat`]: what else differs between the runs

mod caveat;
mod gate;
mod limit;
mod metric;

use std::collections::HashMap;

use serde::Serialize;

use crate::results::{Dataset, Footprint, Run, Status};

pub use caveat::{Caveat, CaveatKind};
pub use gate::Gate;
pub use limit::Limit;
pub use metric::{Figure, Metric};

/// Two runs, compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The run that the other is compared with.
    pub base: Side,
    /// The run that may have got worse.
    pub new: Side,
    /// The metrics that decide, each with its limit.
    pub gates: Vec<Gate>,
    /// What else differs between the runs, warnings first.
    pub caveats: Vec<Caveat>,
    /// The cases in the order of the new run; those that only the base has come
    /// last.
    pub cases: Vec<CaseComparison>,
}

/// Which run one side of a comparison is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// When it began, RFC 3339, UTC.
    pub started: String,
    /// Its git commit, where known.
    pub commit: Option<String>,
    /// Its host, where known.
    pub host: Option<String>,
}

/// One case in both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseComparison {
    /// Its name, such as `read/text`.
    pub id: String,
    /// Whether it got better or worse.
    pub verdict: Verdict,
    /// How it ended in the base; absent where it is not there.
    pub base_status: Option<Status>,
    /// How it ended in the new run; absent where it is not there.
    pub new_status: Option<Status>,
    /// Why there is nothing to compare, where the new run says so.
    pub message: Option<String>,
    /// Every metric that both runs have, in the order of [`Metric::ALL`].
    pub changes: Vec<Change>,
}

/// One figure of a case in both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The metric that changed.
    pub metric: Metric,
    /// Its figure in the base.
    pub base: Figure,
    /// Its figure in the new run.
    pub new: Figure,
    /// The new figure less that of the base.
    pub increase: Figure,
    /// The increase in percent of the base; absent where the base is 0.
    pub increase_percent: Option<f64>,
    /// Whether an increase beyond the limit is a regression.
    pub gates: bool,
    /// Whether the difference is more than limit and scatter.
    pub direction: Direction,
}

/// What a difference amounts to, after limit and scatter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More than the limit allows.
    Increased,
    /// Less by more than the limit.
    Decreased,
    /// A difference within the limit or the scatter, or none.
    Unchanged,
}

/// What a comparison finds of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A gate's figure grew beyond its limit.
    Regressed,
    /// It worked in the base and does not now.
    NewlyFails,
    /// A gate's figure shrank, and none grew.
    Improved,
    /// It failed in the base and works now.
    Fixed,
    /// Every gate's figure is as it was.
    Unchanged,
    /// It works in both, but one has no figure to decide by.
    NotCompared,
    /// It works in neither, so there are no figures.
    WithoutFigures,
    /// Only the new run has it.
    Added,
    /// Only the base has it.
    Removed,
}

impl Verdict {
    /// Whether it makes the comparison fail.
    #[must_use]
    pub fn is_regression(self) -> bool {
        matches!(self, Self::Regressed | Self::NewlyFails)
    }

    /// The verdict in a word or two, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::NewlyFails => "newly failing",
            Self::Improved => "improved",
            Self::Fixed => "fixed",
            Self::Unchanged => "unchanged",
            Self::NotCompared => "not compared",
            Self::WithoutFigures => "without figures",
            Self::Added => "only in new",
            Self::Removed => "only in base",
        }
    }
}

/// Why two runs cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They measured different records.
    #[error(
        "the runs measured different records ({base}, against {new}): \
         measure both with the same --records and --seed, or compare all the same with --force"
    )]
    OtherDataset {
        /// The records of the base.
        base: String,
        /// The records of the new run.
        new: String,
    },
    /// No case is in both.
    #[error("the runs have no case in common, so there is nothing to compare")]
    NothingShared,
    /// No case has the figure of a gate in both runs.
    #[error(
        "no case has {0} in both runs, so it cannot decide: choose another metric with --metric"
    )]
    NothingToDecideBy(Metric),
}

/// Compares `new` with `base`. An increase of a gate's figure beyond its limit
/// is a regression; the other metrics are compared and decide nothing. With
/// `force`, runs over different records are compared as well, with a warning.
///
/// # Errors
///
/// If a comparison would say nothing: see [`Refusal`].
pub fn compare(base: &Run, new: &Run, gates: &[Gate], force: bool) -> Result<Comparison, Refusal> {
    let mut caveats = caveat::caveats(base, new);
    if let Some(refusal) = other_dataset(&base.dataset, &new.dataset) {
        if !force {
            return Err(refusal);
        }
        let text = "the runs measured different records: no difference below \
                    tells anything about the code"
            .to_owned();
        let kind = CaveatKind::Warning;
        caveats.insert(0, Caveat { kind, text });
    }
    // Of cases with one name, which no run of ours has, the first counts.
    let mut before: HashMap<&str, &Footprint> = HashMap::new();
    for case in &base.cases {
        before.entry(&case.id).or_insert(case);
    }
    let mut cases: Vec<CaseComparison> = new
        .cases
        .iter()
        .map(|case| match before.remove(case.id.as_str()) {
            Some(base) => both(base, case, gates),
            None => single(case, Verdict::Added),
        })
        .collect();
    if cases.iter().all(|case| case.verdict == Verdict::Added) {
        return Err(Refusal::NothingShared);
    }
    let gone = |case: &&Footprint| before.contains_key(case.id.as_str());
    let removed = base.cases.iter().filter(gone);
    cases.extend(removed.map(|case| single(case, Verdict::Removed)));
    for gate in gates {
        let ok = |case: &&CaseComparison| {
            case.base_status == Some(Status::Ok) && case.new_status == Some(Status::Ok)
        };
        let decides = |case: &CaseComparison| {
            let mut changes = case.changes.iter();
            changes.any(|change| change.metric == gate.metric)
        };
        if cases.iter().any(|case| ok(&case)) && !cases.iter().filter(ok).any(decides) {
            return Err(Refusal::NothingToDecideBy(gate.metric));
        }
    }
    Ok(Comparison {
        base: side(base),
        new: side(new),
        gates: gates.to_vec(),
        caveats,
        cases,
    })
}

impl Comparison {
    /// Cases with that verdict.
    pub fn with(&self, verdict: Verdict) -> impl Iterator<Item = &CaseComparison> {
        let cases = self.cases.iter();
        cases.filter(move |case| case.verdict == verdict)
    }

    /// How many cases make the comparison fail.
    #[must_use]
    pub fn regressions(&self) -> usize {
        let cases = self.cases.iter();
        cases.filter(|case| case.verdict.is_regression()).count()
    }

    /// The comparison as JSON, indented, with a line break at its end. The
    /// number of `regressions` comes on top of the fields of this type.
    #[must_use]
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Whole<'a> {
            regressions: usize,
            #[serde(flatten)]
            comparison: &'a Comparison,
        }
        let whole = Whole {
            regressions: self.regressions(),
            comparison: self,
        };
        let mut text =
            serde_json::to_string_pretty(&whole).expect("plain data, and memory takes all of it");
        text.push('\n');
        text
    }
}

fn other_dataset(base: &Dataset, new: &Dataset) -> Option<Refusal> {
    let same = base.name == new.name
        && base.records == new.records
        && base.seed == new.seed
        && base.digest == new.digest;
    let words = |dataset: &Dataset, other: &Dataset| {
        let digest: String = dataset.digest.chars().take(12).collect();
        let head = match &dataset.source {
            None => format!(
                "{} {}, seed {}",
                dataset.records, dataset.name, dataset.seed
            ),
            Some(source) => format!("{} records of {}", dataset.records, source.file),
        };
        // The digest speaks only where the rest does not.
        let file = |dataset: &Dataset| dataset.source.as_ref().map(|source| source.file.clone());
        if (&dataset.name, dataset.records, dataset.seed, file(dataset))
            == (&other.name, other.records, other.seed, file(other))
        {
            format!("{head}, digest {digest}…")
        } else {
            head
        }
    };
    (!same).then(|| Refusal::OtherDataset {
        base: words(base, new),
        new: words(new, base),
    })
}

fn side(run: &Run) -> Side {
    let environment = &run.environment;
    Side {
        started: environment.started.clone(),
        commit: environment.commit.clone(),
        host: environment.host.clone(),
    }
}

/// A case that one of the runs does not have.
fn single(case: &Footprint, verdict: Verdict) -> CaseComparison {
    let status = Some(case.status);
    let added = verdict == Verdict::Added;
    CaseComparison {
        id: case.id.clone(),
        verdict,
        base_status: status.filter(|_| !added),
        new_status: status.filter(|_| added),
        message: None,
        changes: Vec::new(),
    }
}

fn both(base: &Footprint, new: &Footprint, gates: &[Gate]) -> CaseComparison {
    let changes: Vec<Change> = Metric::ALL
        .into_iter()
        .filter_map(|metric| change(metric, base, new, gates))
        .collect();
    let verdict = match (base.is_ok(), new.is_ok()) {
        (true, true) => judge(base, new, &changes, gates),
        (true, false) => Verdict::NewlyFails,
        (false, true) => Verdict::Fixed,
        (false, false) => Verdict::WithoutFigures,
    };
    CaseComparison {
        id: new.id.clone(),
        verdict,
        base_status: Some(base.status),
        new_status: Some(new.status),
        message: new.message.clone().filter(|_| !new.is_ok()),
        changes,
    }
}

fn judge(base: &Footprint, new: &Footprint, changes: &[Change], gates: &[Gate]) -> Verdict {
    let decisive = || changes.iter().filter(|change| change.gates);
    // What neither run has is not part of the case: an empty one has no file.
    let lost = |gate: &Gate| gate.metric.of(base).is_some() != gate.metric.of(new).is_some();
    if decisive().any(|change| change.direction == Direction::Increased) {
        Verdict::Regressed
    } else if decisive().next().is_none() || gates.iter().any(lost) {
        Verdict::NotCompared
    } else if decisive().any(|change| change.direction == Direction::Decreased) {
        Verdict::Improved
    } else {
        Verdict::Unchanged
    }
}

fn change(metric: Metric, base: &Footprint, new: &Footprint, gates: &[Gate]) -> Option<Change> {
    let gate = gates.iter().find(|gate| gate.metric == metric);
    let limit = gate.map_or(metric.default_limit(), |gate| gate.max_increase);
    let (before, after) = (metric.of(base)?, metric.of(new)?);
    let increase = after.less(before);
    let slack = limit.of(before.number()).max(metric.grain(base, new));
    let (rises, falls) = match (metric.range(base), metric.range(new)) {
        (Some(base), Some(new)) => (new.0 > base.1, new.1 < base.0),
        _ => (true, true),
    };
    let direction = if increase.number() > slack && rises {
        Direction::Increased
    } else if increase.number() < -slack && falls {
        Direction::Decreased
    } else {
        Direction::Unchanged
    };
    let whole = before.number().abs();
    Some(Change {
        metric,
        base: before,
        new: after,
        increase,
        increase_percent: (whole > 0.0).then(|| increase.number() / whole * 100.0),
        gates: gate.is_some(),
        direction,
    })
}
