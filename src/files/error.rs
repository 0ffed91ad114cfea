//! The system said no to a file or folder.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The system said no.
#[derive(Debug, Error)]
#[error("cannot {action} {}: {source}{hint}", shown(path))]
pub struct FileError {
    /// What was tried, such as `read`.
    pub action: &'static str,
    /// On which file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
    /// What to do next, with its own punctuation before it.
    pub hint: &'static str,
}

impl FileError {
    /// A file or folder could not be read.
    pub(crate) fn read(path: &Path, source: io::Error) -> FileError {
        FileError {
            action: "read",
            path: path.to_owned(),
            source,
            hint: "",
        }
    }

    /// A file or folder could not be written to; `action` says in which way.
    pub(crate) fn write(action: &'static str, path: &Path, source: io::Error) -> FileError {
        FileError {
            action,
            path: path.to_owned(),
            hint: write_hint(&source),
            source,
        }
    }
}

/// A path as messages show it: it may come from anybody, so that nothing in it
/// drives a terminal, begins a line, or turns the text around.
pub(crate) fn shown(path: &Path) -> String {
    plainfigures::visible(&path.to_string_lossy())
}

/// What to do about an error of the system in writing to a place that the user
/// chose, with its punctuation; empty where there is nothing to say.
pub(crate) fn write_hint(error: &io::Error) -> &'static str {
    use io::ErrorKind::{
        FileTooLarge, IsADirectory, NotADirectory, NotFound, PermissionDenied, QuotaExceeded,
        ReadOnlyFilesystem, StorageFull,
    };
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => "; make room, or choose another folder",
        NotFound => "; make the folder first, or choose another",
        NotADirectory => "; what is to be a folder there is a file: choose another folder",
        PermissionDenied | ReadOnlyFilesystem => "; choose a folder that you may write to",
        IsADirectory => "; name a file in it",
        _ => "",
    }
}
