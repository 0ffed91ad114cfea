//! The verdicts on the tutorial's claims follow from figures, whatever they
//! are. The figures here are made up to lie on either side of each rule.

use picklebench::results::{
    Claim, FunctionProfile, Interpreter, ProfileStep, Status, Tutorial, Verdict,
};
use picklebench::tutorial::claims::claims;

const MIB: f64 = 1_048_576.0;
/// What a Python process has before it does anything.
const START: f64 = 10.0;

/// A profile from `(step, change, peak over what was there before)`, in MiB.
fn profile(by: &str, name: [&str; 3], steps: &[(&str, f64, f64)]) -> FunctionProfile {
    let [experiment, function, variant] = name;
    let bytes = |mib: f64| Some((mib * MIB) as u64);
    let mut before = START;
    let steps = steps.iter().map(|(name, change, peak)| {
        let after = before + change;
        let step = ProfileStep {
            name: (*name).to_owned(),
            times: 1,
            resident_before_bytes: bytes(before),
            resident_peak_bytes: bytes(before + peak),
            resident_after_bytes: bytes(after),
            ..ProfileStep::default()
        };
        before = after;
        step
    });
    FunctionProfile {
        experiment: experiment.to_owned(),
        function: function.to_owned(),
        variant: variant.to_owned(),
        by: by.to_owned(),
        records: 1_000_000,
        status: Status::Ok,
        message: None,
        steps: steps.collect(),
        timeline: None,
    }
}

const COPY: [&str; 3] = ["deepcopy", "copy_and_del", "list of int"];
const DUMP: [&str; 3] = ["pickle", "create_file", "protocol-4"];

fn python(name: &str) -> Interpreter {
    Interpreter {
        name: name.to_owned(),
        version: name.to_owned(),
        status: Status::Ok,
        message: None,
        packages: Vec::new(),
    }
}

fn run(interpreters: &[&str], profiles: Vec<FunctionProfile>) -> Vec<Claim> {
    claims(&Tutorial {
        records: 1_000_000,
        interpreters: interpreters.iter().map(|name| python(name)).collect(),
        profiles,
        ..Tutorial::default()
    })
}

fn claim<'a>(claims: &'a [Claim], id: &str) -> &'a Claim {
    claims.iter().find(|claim| claim.id == id).unwrap()
}

/// Figures like those of a Python 3 and of Python 2.7.
fn two_pythons() -> Vec<Claim> {
    let (new, old) = ("cpython-3.11.7", "cpython-2.7.18");
    run(
        &[old, new],
        vec![
            profile(
                new,
                COPY,
                &[
                    ("build", 38.0, 38.0),
                    ("deepcopy", 7.8, 7.8),
                    ("del x", -7.6, 0.0),
                    ("del y", -37.0, 0.0),
                ],
            ),
            profile(
                old,
                COPY,
                &[
                    ("build", 31.0, 31.0),
                    ("deepcopy", 57.4, 109.7),
                    ("del x", -7.6, 0.0),
                    ("del y", 0.0, 0.0),
                    ("trim", -80.0, 0.0),
                ],
            ),
            profile(new, DUMP, &[("build", 222.0, 222.0), ("dump", 0.0, 96.0)]),
            profile(
                old,
                ["pickle", "create_file", "pickle"],
                &[("build", 206.0, 206.0), ("dump", 26.0, 345.0)],
            ),
            profile(
                new,
                ["flat", "create_file", "repr"],
                &[("build", 222.0, 222.0), ("write", 0.0, 0.0)],
            ),
            profile(
                old,
                ["flat", "create_file", "repr"],
                &[("build", 206.0, 206.0), ("write", 0.0, 0.0)],
            ),
        ],
    )
}

#[test]
fn what_held_with_python_2_and_does_not_now_no_longer_holds() {
    let claims = two_pythons();
    for id in ["deepcopy-doubles", "freed-memory-stays", "dump-doubles"] {
        assert_eq!(claim(&claims, id).verdict, Verdict::NoLonger, "{id}");
    }
    let copy = claim(&claims, "deepcopy-doubles");
    let found: Vec<_> = copy
        .findings
        .iter()
        .map(|f| (f.by.as_str(), f.holds))
        .collect();
    // The newest first: the verdict is its.
    assert_eq!(
        found,
        [
            ("cpython-3.11.7", Some(false)),
            ("cpython-2.7.18", Some(true))
        ]
    );
    assert_eq!(
        copy.findings[0].now.as_deref(),
        Some("+7.8 MiB, 0.21× the list")
    );
}

#[test]
fn what_did_not_hold_with_python_2_either_never_did() {
    // The tutorial printed +62 MiB for writing text; here it takes nothing.
    let claims = two_pythons();
    assert_eq!(
        claim(&claims, "text-write-costs-62-mib").verdict,
        Verdict::NeverDid
    );
    assert_eq!(
        claim(&claims, "text-write-is-cheap").verdict,
        Verdict::Holds
    );
}

#[test]
fn without_python_2_the_tutorials_own_figures_stand_for_it() {
    let new = "cpython-3.14.0";
    let claims = run(
        &[new],
        vec![
            profile(new, DUMP, &[("build", 222.0, 222.0), ("dump", 0.0, 96.0)]),
            profile(
                new,
                ["pickle", "load_file", "protocol-4"],
                &[("load", 222.0, 238.0)],
            ),
        ],
    );
    let dump = claim(&claims, "dump-doubles");
    assert_eq!(dump.verdict, Verdict::NoLonger);
    assert_eq!(
        dump.then,
        "+235.5 MiB, 0.99× the list; 32-bit: +117.0 MiB, 0.92× the list"
    );
    assert_eq!(
        claim(&claims, "load-more-than-data").verdict,
        Verdict::Holds
    );
}

#[test]
fn without_python_there_is_no_verdict_but_rusts_figures_stand() {
    let mut rust = profile("rust", COPY, &[("build", 7.6, 7.6), ("deepcopy", 7.6, 7.6)]);
    for step in &mut rust.steps {
        // Rust's word is the heap's, whatever the resident set does.
        step.heap_before_bytes = step.resident_before_bytes;
        step.heap_peak_bytes = step.resident_peak_bytes;
        step.heap_after_bytes = step.resident_after_bytes;
        step.resident_after_bytes = Some(u64::MAX / 4);
    }
    let claims = run(&[], vec![rust]);
    let copy = claim(&claims, "deepcopy-doubles");
    assert_eq!(copy.verdict, Verdict::Unknown);
    assert_eq!(copy.findings.len(), 1);
    assert_eq!(
        copy.findings[0].now.as_deref(),
        Some("+7.6 MiB, 1.0× the list")
    );
    assert_eq!(copy.findings[0].holds, Some(true));
}

#[test]
fn a_growth_too_small_to_tell_by_gives_no_figure() {
    let new = "cpython-3.11.7";
    let claims = run(
        &[new],
        vec![profile(
            new,
            COPY,
            &[("build", 0.4, 0.4), ("deepcopy", 0.1, 0.1)],
        )],
    );
    let copy = claim(&claims, "deepcopy-doubles");
    assert_eq!(copy.findings[0].now, None);
    assert_eq!(copy.verdict, Verdict::Unknown);
}

#[test]
fn a_profile_that_failed_decides_nothing() {
    let new = "cpython-3.11.7";
    let mut dump = profile(new, DUMP, &[("build", 222.0, 222.0), ("dump", 0.0, 400.0)]);
    dump.status = Status::OutOfMemory;
    let claims = run(&[new], vec![dump]);
    assert_eq!(claim(&claims, "dump-doubles").verdict, Verdict::Unknown);
}

#[test]
fn versions_are_compared_as_numbers() {
    let names = ["cpython-3.9.18", "cpython-3.12.1", "cpython-3.11.7"];
    let read = |by: &str, left: f64| {
        profile(
            by,
            ["flat", "load_file", "eval"],
            &[("read", 230.0, 230.0), ("del", left - 230.0, 0.0)],
        )
    };
    // Only 3.12 keeps what it read.
    let claims = run(
        &names,
        vec![
            read(names[0], 10.0),
            read(names[1], 213.0),
            read(names[2], 10.0),
        ],
    );
    let back = claim(&claims, "eval-gives-back");
    assert_eq!(back.findings[0].by, "cpython-3.12.1");
    assert_eq!(back.findings[0].now.as_deref(), Some("93 % stays"));
    assert_eq!(back.verdict, Verdict::NoLonger);
}
