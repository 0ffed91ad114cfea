//! What the formats of a run's cases are.

use crate::dataset::RecordKind;
use crate::formats::{About, FileFormat};
use crate::results::{FormatNote, Operation, Package};

use super::case::Case;

/// A note on each format of `cases`, which are over records of this kind.
pub(super) fn notes(cases: &[Case], kind: RecordKind, crates: &[Package]) -> Vec<FormatNote> {
    let mut notes: Vec<FormatNote> = Vec::new();
    for task in cases.iter().filter_map(|case| case.task.of_format()) {
        let is_new = notes.iter().all(|note| note.name != task.format.name());
        if is_new && let Some(note) = note(task.format, kind, crates) {
            notes.push(note);
        }
    }
    notes
}

fn note(
    format: &'static dyn FileFormat,
    kind: RecordKind,
    crates: &[Package],
) -> Option<FormatNote> {
    let about = format.about();
    if about == About::UNKNOWN {
        return None;
    }
    let package = crates.iter().find(|package| package.name == about.library);
    let streams = format.support(Operation::StreamRead, kind);
    Some(FormatNote {
        name: format.name().to_owned(),
        library: about.library.to_owned(),
        version: package.map(|package| package.version.clone()),
        calls: about.calls.to_owned(),
        holds: about.holds.to_owned(),
        streams: streams.is_there(),
        schema: about.schema.to_owned(),
        strings: about.strings.to_owned(),
        loses: about.loses.to_owned(),
    })
}
