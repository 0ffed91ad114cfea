//! A file or folder that takes its name when it is complete.
//!
//! New content goes into a file without a name that others know, beside the one
//! that it is for. Whatever happens before it is complete, what was there is
//! untouched.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::error::FileError;
use super::unfinished::{self, Claim};

/// How often a new name is tried while another process sweeps the folder.
const ATTEMPTS: u32 = 16;

/// A file that is being written: gone again unless it is [finished](Self::finish).
#[derive(Debug)]
pub(crate) struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
    _claim: Claim,
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
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        unfinished::sweep(folder);
        let mut builder = tempfile::Builder::new();
        builder.prefix(unfinished::PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666)); // Less the umask.
        }
        for _ in 0..ATTEMPTS {
            let file = builder.tempfile_in(folder).map_err(plain)?;
            let own = file.as_file().try_clone()?;
            if let Some(claim) = Claim::of_file(own, file.path()) {
                return Ok(NewFile {
                    file,
                    path: path.to_owned(),
                    _claim: claim,
                });
            }
        }
        Err(unfinished::contended())
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

/// The system's own error. The name that was tried is nobody's business: whoever
/// called this knows the file that it was for.
fn plain(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.source());
    let code = inner.and_then(|inner| inner.downcast_ref::<io::Error>()?.raw_os_error());
    code.map_or(error, io::Error::from_raw_os_error)
}

/// Writes a file whole or not at all. A link of that name is replaced, not what
/// it leads to: this is for names that the program chooses.
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
    _claim: Claim,
}

impl NewFolder {
    /// An empty folder within `parent`, with the permissions of any new one.
    ///
    /// # Errors
    ///
    /// If none can be made there.
    pub(crate) fn create_in(parent: &Path) -> io::Result<NewFolder> {
        unfinished::sweep(parent);
        let mut builder = tempfile::Builder::new();
        builder.prefix(unfinished::PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o777)); // Less the umask.
        }
        for _ in 0..ATTEMPTS {
            let folder = builder.tempdir_in(parent).map_err(plain)?;
            if let Some(claim) = Claim::of_folder(folder.path()) {
                return Ok(NewFolder {
                    folder,
                    _claim: claim,
                });
            }
        }
        Err(unfinished::contended())
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
