//! What a worker leaves on standard error as it goes, for the case that it dies:
//! which step it was in, and whether its limit was against an allocation.
//!
//! Written without heap, which would be measured, or might be what it has none of.

use std::io::{self, Write};

/// How a line begins that is a mark. Nobody else writes such lines: standard
/// error is what panics, the standard library and C libraries tell people.
const STEP: &str = "--picklebench-step ";
const REFUSED: &str = "--picklebench-refused ";

/// Marks the begin of a step, such as `read`.
pub(crate) fn begin_step(name: &str) {
    // Where nobody listens, nobody misses it.
    let _ = writeln!(io::stderr(), "{STEP}{name}");
}

/// Marks that a block of so many bytes was refused, and that this is why the work
/// ends with an error.
pub(super) fn refused(bytes: u64) {
    let _ = writeln!(io::stderr(), "{REFUSED}{bytes}");
}

/// What the marks in a worker's standard error tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks<'a> {
    /// The step that it was in.
    pub(super) step: Option<&'a str>,
    /// Size of a block that its limit was against, in bytes, because of which it
    /// ended with an error.
    pub(super) refused_bytes: Option<u64>,
    /// Everything else that was written there.
    pub(super) rest: String,
}

impl<'a> Marks<'a> {
    pub(super) fn read(errors: &'a str) -> Marks<'a> {
        let mut marks = Marks::default();
        for line in errors.lines() {
            if let Some(step) = line.strip_prefix(STEP) {
                marks.step = Some(step);
            } else if let Some(bytes) = line.strip_prefix(REFUSED) {
                marks.refused_bytes = bytes.parse().ok();
            } else {
                marks.rest.push_str(line);
                marks.rest.push('\n');
            }
        }
        marks
    }

    /// `in its step read, `; nothing where no step had begun.
    pub(super) fn place(&self) -> String {
        self.step
            .map_or(String::new(), |step| format!("in {step}, "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_counts_and_the_rest_is_for_people() {
        let errors = format!("a\n{STEP}set-up\nb\n{STEP}read\n{REFUSED}70\nc");
        let marks = Marks::read(&errors);
        let expected = Marks {
            step: Some("read"),
            refused_bytes: Some(70),
            rest: "a\nb\nc\n".to_owned(),
        };
        assert_eq!(marks, expected);
        assert_eq!(marks.place(), "in read, ");
        assert_eq!(Marks::read("").place(), "");
    }
}
