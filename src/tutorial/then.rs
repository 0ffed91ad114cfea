//! What the tutorial printed, as profiles among the others.
//!
//! Two texts of it go around. The original's figures are of 64-bit Linux, read
//! off `memory_profiler`'s tables. The other's prose gives smaller ones: its
//! `del x` freed 3.82 MiB of a million pointers, four bytes each, so that was a
//! 32-bit Python. `memory_profiler` looks at the ends of lines only, so there
//! are not peaks within a step.

use std::collections::BTreeMap;

use crate::results::{FunctionProfile, ObjectSizes, ProfileStep, Status};

use super::experiment::Experiment;

/// A million items in every list of the tutorial.
const RECORDS: u64 = 1_000_000;

/// A function of the tutorial with its steps, and by how many MiB each of them
/// changed the memory in use.
struct Printed {
    by: &'static str,
    experiment: Experiment,
    function: &'static str,
    variant: &'static str,
    steps: &'static [(&'static str, f64, &'static str)],
}

/// The original asked `memory_profiler`, whose "MiB" are 2^20 bytes.
const PRINTED: [Printed; 9] = [
    Printed {
        by: FunctionProfile::TUTORIAL,
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        variant: "list of int",
        steps: &[
            ("build", 30.94, "x = list(range(1000000))"),
            ("deepcopy", 49.68, "y = copy.deepcopy(x)"),
            ("del x", -7.63, "del x"),
        ],
    },
    Printed {
        by: FunctionProfile::TUTORIAL,
        experiment: Experiment::Pickle,
        function: "create_file",
        variant: "pickle",
        steps: &[
            (
                "build",
                236.77,
                "x = [(random.random(), random_string(), random.randint(0, 2**64)) …]",
            ),
            ("dump", 235.54, "pickle.dump(x, open('pickle.pkl', 'w'))"),
        ],
    },
    Printed {
        by: FunctionProfile::TUTORIAL,
        experiment: Experiment::Pickle,
        function: "load_file",
        variant: "pickle",
        steps: &[("load", 301.83, "x = pickle.load(open('pickle.pkl'))")],
    },
    Printed {
        by: FunctionProfile::TUTORIAL,
        experiment: Experiment::Flat,
        function: "create_file",
        variant: "repr",
        steps: &[("write", 62.18, "print >>f, item")],
    },
    Printed {
        by: FunctionProfile::TUTORIAL,
        experiment: Experiment::Flat,
        function: "load_file",
        variant: "eval",
        steps: &[("read", 291.66, "x.append(eval(line))")],
    },
    Printed {
        by: FunctionProfile::TUTORIAL_32_BIT,
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        variant: "list of int",
        steps: &[
            ("build", 15.3, "x = list(range(1000000))"),
            ("deepcopy", 15.367, "y = copy.deepcopy(x)"),
            ("del x", -3.82, "del x"),
        ],
    },
    Printed {
        by: FunctionProfile::TUTORIAL_32_BIT,
        experiment: Experiment::Pickle,
        function: "create_file",
        variant: "pickle",
        steps: &[
            ("build", 127.0, "x = [(random.random(), …) …]"),
            ("dump", 117.0, "pickle.dump(x, open('pickle.pkl', 'w'))"),
        ],
    },
    Printed {
        by: FunctionProfile::TUTORIAL_32_BIT,
        experiment: Experiment::Pickle,
        function: "load_file",
        variant: "pickle",
        steps: &[("load", 188.0, "x = pickle.load(open('pickle.pkl'))")],
    },
    Printed {
        by: FunctionProfile::TUTORIAL_32_BIT,
        experiment: Experiment::Flat,
        function: "load_file",
        variant: "eval",
        steps: &[("read", 139.0, "x.append(eval(line))")],
    },
];

/// A literal, and the bytes that the tutorial gives for it. Its figures are
/// those of CPython 2.7 on 64-bit Windows.
const OBJECTS: [(&str, u64); 14] = [
    ("None", 16),
    ("3", 24),
    ("9223372036854775808", 36),
    ("102947298469128649161972364837164", 40),
    (
        "918659326943756134897561304875610348756384756193485761304875613948576297485698417",
        60,
    ),
    ("54747659.15", 24),
    (r#""""#, 33),
    (r#""My hovercraft is full of eels""#, 62),
    ("[]", 64),
    (r#"[4, "toaster", 230.1]"#, 88),
    ("{}", 272),
    ("{'a': 213, 'b': 2131}", 272),
    (r#"(4, "toaster")"#, 64),
    (r#""t""#, 34),
];

/// The objects that the tutorial measured, with its own figures.
#[must_use]
pub fn objects() -> Vec<ObjectSizes> {
    let row = |(literal, then_bytes): (&str, u64)| ObjectSizes {
        literal: literal.to_owned(),
        then_bytes,
        modelled_bytes: BTreeMap::new(),
        measured_bytes: BTreeMap::new(),
    };
    OBJECTS.map(row).into()
}

/// The tutorial's own figures, in the same form as this run's. Memory before
/// the first step counts as 0: only changes were printed.
#[must_use]
pub fn profiles() -> Vec<FunctionProfile> {
    PRINTED.iter().map(Printed::profile).collect()
}

impl Printed {
    fn profile(&self) -> FunctionProfile {
        let mut before = 0.0;
        let steps = self.steps.iter().map(|(name, change, source)| {
            let after = before + change;
            let step = ProfileStep {
                name: (*name).to_owned(),
                source: Some((*source).to_owned()),
                times: 1,
                resident_before_bytes: Some(bytes(before)),
                resident_after_bytes: Some(bytes(after)),
                ..ProfileStep::default()
            };
            before = after;
            step
        });
        FunctionProfile {
            experiment: self.experiment.name().to_owned(),
            function: self.function.to_owned(),
            variant: self.variant.to_owned(),
            by: self.by.to_owned(),
            records: RECORDS,
            status: Status::Ok,
            message: None,
            steps: steps.collect(),
            timeline: None,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred MiB, never below 0 in total"
)]
fn bytes(mib: f64) -> u64 {
    (mib * 1_048_576.0).round() as u64
}
