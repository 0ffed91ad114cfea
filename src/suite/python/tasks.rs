//! What the script of the serializers is told, and what it answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::python::Script;

/// The serializers. `table.py` and `records.py` come first, `measure.py` last.
pub(super) const SERIALIZERS: Script = Script {
    parts: &[
        include_str!("serializers/table.py"),
        include_str!("serializers/records.py"),
        include_str!("serializers/pickles.py"),
        include_str!("serializers/standard.py"),
        include_str!("serializers/compressed.py"),
        include_str!("serializers/compact.py"),
        include_str!("serializers/arrays.py"),
        include_str!("serializers/frames.py"),
        include_str!("serializers/arrow.py"),
        include_str!("serializers/measure.py"),
    ],
};

/// What the script is told to do.
#[derive(Debug, Serialize)]
#[serde(tag = "task", rename_all = "lowercase")]
pub(super) enum SerializerTask<'a> {
    /// List its calls.
    List,
    /// Say what the list takes of the resident set.
    Size,
    /// Write the file that others read, by this call.
    Make { format: &'a str, call: &'a str },
    /// Run a call.
    Measure {
        operation: &'a str,
        format: &'a str,
        call: &'a str,
        traced: bool,
    },
}

/// A task with the records that it is over. Files are named from the folder that
/// the script runs in.
#[derive(Debug, Serialize)]
pub(super) struct OverRecords<'a> {
    #[serde(flatten)]
    pub(super) task: SerializerTask<'a>,
    /// The dataset's name.
    pub(super) dataset: &'a str,
    /// The dataset as a pickle; Python 2 takes the text.
    pub(super) pickle: Option<String>,
    /// The dataset as text.
    pub(super) text: Option<String>,
    /// The file that is written or read.
    pub(super) file: &'a str,
    /// What the check of a result may take, in bytes; `None` for all there is.
    pub(super) check_memory_bytes: Option<u64>,
}

/// The calls that there are.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) calls: Vec<Call>,
    /// The libraries that are there, with their versions.
    pub(super) packages: BTreeMap<String, String>,
}

/// One call of a serializer.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) format: String,
    pub(super) call: String,
    pub(super) usual: bool,
    pub(super) made_by: Option<String>,
    /// Why it cannot be measured, where it cannot.
    pub(super) unsupported: Option<String>,
}

/// What a run of a call took, in bytes and seconds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CallFigures {
    pub(super) file_bytes: u64,
    pub(super) seconds: f64,
    pub(super) cpu_seconds: f64,
    pub(super) import_seconds: f64,
    pub(super) drop_seconds: f64,
    /// Resident before and after the imports.
    pub(super) born_bytes: Option<u64>,
    pub(super) start_bytes: Option<u64>,
    pub(super) resident_before_bytes: Option<u64>,
    pub(super) resident_peak_bytes: Option<u64>,
    pub(super) resident_after_bytes: Option<u64>,
    pub(super) resident_dropped_bytes: Option<u64>,
    /// Of a traced run only.
    pub(super) heap_before_bytes: Option<u64>,
    pub(super) heap_peak_bytes: Option<u64>,
    pub(super) heap_after_bytes: Option<u64>,
    /// What becomes of the records' types, where something does.
    pub(super) loss: Option<String>,
    /// Of the records that were written or read; not of a traced run.
    pub(super) digest: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::SERIALIZERS;

    /// In some locales an old Python reads nothing else, and a form feed is where
    /// a part ends.
    #[test]
    fn the_script_is_ascii_without_form_feeds() {
        for part in SERIALIZERS.parts {
            assert!(part.is_ascii() && !part.contains('\x0c'));
        }
    }
}
