//! A file whole or not at all; and what to do when the system says no.
//!
//! New content goes into a file without a name that others know, beside the one
//! that it is for, and takes its name when it is complete. Whatever happens
//! before, what was there is untouched.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};
use thiserror::Error;

/// What the names of unfinished files and folders begin with.
const UNFINISHED: &str = ".picklebench-";

/// The system said no.
#[derive(Debug, Error)]
#[error("cannot {action} {}: {source}{hint}", path.display())]
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

/// A file that is being written: gone again unless it is [finished](Self::finish).
#[derive(Debug)]
pub(crate) struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// A file that is to be the one at `path`, with the permissions of any new
    /// file rather than a private one's.
    ///
    /// # Errors
    ///
    /// If none can be made in that folder.
    pub(crate) fn create(path: &Path) -> io::Result<NewFile> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666)); // Less the umask.
        }
        Ok(NewFile {
            file: builder.tempfile_in(folder.unwrap_or(Path::new(".")))?,
            path: path.to_owned(),
        })
    }

    /// To write to.
    pub(crate) fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Waits until the content is on the disk: after a power cut, the name
    /// belongs to the old file or to all of the new one.
    ///
    /// # Errors
    ///
    /// If the content cannot be written; for some it is only known now.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file().sync_all()
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// If the system does not let it; what was there before is then untouched.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.persist(self.path)?;
        Ok(())
    }
}

/// Writes a file whole or not at all.
///
/// # Errors
///
/// If the system does not let it; what was there before is then untouched.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let write = || {
        let new = NewFile::create(path)?;
        new.file().write_all(content)?;
        new.sync()?;
        new.finish()
    };
    write().map_err(|source| FileError::write("write", path, source))
}

/// A folder that is being filled: gone again, with all that is in it, unless it
/// is [finished](Self::finish).
#[derive(Debug)]
pub(crate) struct NewFolder {
    folder: TempDir,
}

impl NewFolder {
    /// An empty folder within `parent`, with the permissions of any new one.
    ///
    /// # Errors
    ///
    /// If none can be made there.
    pub(crate) fn create_in(parent: &Path) -> io::Result<NewFolder> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o777)); // Less the umask.
        }
        let folder = builder.tempdir_in(parent)?;
        Ok(NewFolder { folder })
    }

    /// Where it is until it has its name.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the folder its name, which must be free.
    ///
    /// # Errors
    ///
    /// If the system does not let it.
    pub(crate) fn finish(self, path: &Path) -> io::Result<()> {
        fs::rename(self.path(), path)?;
        // It has another name now, and there is nothing left to remove.
        let _ = self.folder.keep();
        Ok(())
    }
}
