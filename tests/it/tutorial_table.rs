//! The tutorial's tables in the terminal, from results alone.

use picklebench::report::tutorial_table::render;
use picklebench::results::{
    Claim, ClaimFinding, FunctionProfile, Interpreter, ProfileStep, Status, Tutorial, Verdict,
};

const MIB: u64 = 1 << 20;

fn profile(function: &str, by: &str, steps: Vec<ProfileStep>) -> FunctionProfile {
    FunctionProfile {
        experiment: "pickle".to_owned(),
        function: function.to_owned(),
        variant: "protocol-4".to_owned(),
        by: by.to_owned(),
        records: 1_000_000,
        status: Status::Ok,
        message: None,
        steps,
        timeline: None,
    }
}

/// One function by Rust, two by Python; a Python that hangs; two claims.
fn tutorial() -> Tutorial {
    let rust = ProfileStep {
        name: "dump".to_owned(),
        line: Some(42),
        source: Some("file.write(&x)?;".to_owned()),
        times: 1,
        heap_before_bytes: Some(60 * MIB),
        heap_peak_bytes: Some(156 * MIB),
        heap_after_bytes: Some(60 * MIB),
        resident_before_bytes: Some(70 * MIB),
        resident_peak_bytes: Some(170 * MIB),
        resident_after_bytes: Some(75 * MIB),
        ..ProfileStep::default()
    };
    let python = ProfileStep {
        name: "load\u{1b}[31m".to_owned(),
        times: 3000,
        resident_before_bytes: Some(10 * MIB),
        resident_peak_bytes: None,
        resident_after_bytes: Some(9 * MIB),
        resident_collected_bytes: Some(8 * MIB),
        ..ProfileStep::default()
    };
    let failed = FunctionProfile {
        status: Status::Failed,
        message: Some("MemoryError".to_owned()),
        ..profile("create_file", "cpython-3.11.7", Vec::new())
    };
    let claim = |verdict| Claim {
        id: "dump-doubles".to_owned(),
        claim: "dump needs as much again.".to_owned(),
        then: "+235.5 MiB".to_owned(),
        rule: "at least 0.9 times".to_owned(),
        findings: vec![
            ClaimFinding {
                by: "rust".to_owned(),
                variant: Some("protocol-4".to_owned()),
                now: Some("+96.0 MiB".to_owned()),
                holds: Some(false),
            },
            ClaimFinding {
                by: "cpython-3.11.7".to_owned(),
                variant: None,
                now: None,
                holds: None,
            },
        ],
        verdict,
        why: "The memo.".to_owned(),
    };
    Tutorial {
        interpreters: vec![Interpreter {
            name: "slow-python".to_owned(),
            version: String::new(),
            status: Status::TimedOut,
            message: Some("it did not answer".to_owned()),
            packages: Vec::new(),
        }],
        profiles: vec![
            profile("create_file", "rust", vec![rust]),
            profile("load_file", "cpython-3.11.7", vec![python]),
            failed,
        ],
        claims: vec![claim(Verdict::NoLonger), claim(Verdict::Holds)],
        ..Tutorial::default()
    }
}

#[test]
fn tables_and_verdicts() {
    let expected = "\
pickle create_file: protocol-4  rust, 1,000,000 items
Line #  Heap  Increment   Peak  Resident  Increment    Peak  Times  Line contents
         MiB        MiB    MiB       MiB        MiB     MiB
    42  60.0          0  +96.0      75.0       +5.0  +100.0      1  file.write(&x)?;

pickle create_file: protocol-4  cpython-3.11.7, 1,000,000 items
failed: MemoryError

pickle load_file: protocol-4  cpython-3.11.7, 1,000,000 items
Line #  Resident  Increment  Peak  Collected  Times  Line contents
             MiB        MiB   MiB        MiB
     –       9.0       −1.0     –        8.0  3,000  load�[31m

     heap   resident     stays  time              by  function
peak, MiB  peak, MiB  resident
    +96.0     +100.0      +5.0     –            rust  pickle create_file: protocol-4
        –          –      −2.0     –  cpython-3.11.7  pickle load_file: protocol-4

slow-python: timed out: it did not answer

What became of the tutorial's claims

no longer  dump needs as much again.
           then: +235.5 MiB
         ✗ rust protocol-4: +96.0 MiB
           cpython-3.11.7: no figure
           why: The memo.

holds      dump needs as much again.
           then: +235.5 MiB
         ✗ rust protocol-4: +96.0 MiB
           cpython-3.11.7: no figure
           why: The memo.
";
    let found = render(&tutorial(), false);
    assert_eq!(found, expected, "{found}");
}

#[test]
fn color_adds_nothing_but_escapes() {
    let colored = render(&tutorial(), true);
    assert!(colored.contains("\u{1b}[32mholds"), "green");
    assert!(colored.contains("\u{1b}[33mno longer"), "yellow");
    let plain = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(plain, render(&tutorial(), false));
}

#[test]
fn nothing_is_a_tutorial_too() {
    assert_eq!(render(&Tutorial::default(), false), "");
}
