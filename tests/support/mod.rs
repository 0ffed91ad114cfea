//! The runs that the report's tests render. See `tests/fixtures/make-runs.py`.

use picklebench::results::Run;

/// A whole run, all well but for what serde-pickle cannot do.
pub fn run() -> Run {
    parse(include_str!("../fixtures/run.json"))
}

/// A run in which most things went wrong, with hostile names.
#[allow(dead_code, reason = "not every test file looks at trouble")]
pub fn troubled() -> Run {
    parse(include_str!("../fixtures/troubled.json"))
}

fn parse(text: &str) -> Run {
    serde_json::from_str(text).expect("the fixture has the shape of run.json")
}
