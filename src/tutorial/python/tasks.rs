//! What the script of the experiments is told to do.

use serde::Serialize;

use crate::python::Script;

/// The experiments.
pub(super) const EXPERIMENTS: Script = Script {
    parts: &[include_str!("experiments.py")],
};

/// What the script is told to do.
#[derive(Debug, Serialize)]
#[serde(tag = "task", rename_all = "lowercase")]
pub(super) enum ScriptTask<'a> {
    /// Make the files that other jobs read.
    Files { records: u64, files: &'a [&'a str] },
    /// Give the size of each literal.
    Sizes { literals: &'a [&'a str] },
    /// Run a function and give its steps.
    Profile {
        experiment: &'a str,
        function: &'a str,
        variant: &'a str,
        records: u64,
        file: Option<&'a str>,
        traced: bool,
    },
}

/// A task with the seed of its tuples.
#[derive(Debug, Serialize)]
pub(super) struct Seeded<'a> {
    #[serde(flatten)]
    pub(super) task: ScriptTask<'a>,
    pub(super) seed: u64,
}

#[cfg(test)]
mod tests {
    use super::EXPERIMENTS;

    /// In some locales an old Python reads nothing else, and a form feed is where
    /// a part ends.
    #[test]
    fn the_script_is_ascii_without_form_feeds() {
        for part in EXPERIMENTS.parts {
            assert!(part.is_ascii() && !part.contains('\x0c'));
        }
    }
}
