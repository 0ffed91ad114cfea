//! The folder that a run goes to.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::files::{self, FileError};

use super::error::ResultsError;
use super::run::Run;

/// How long a lock is waited for. A process that a killed run had begun to start holds
/// it as well, until it is another program.
const PATIENCE: Duration = Duration::from_secs(1);

/// A folder that one run at a time writes to. Files in it are replaced whole or
/// not at all.
#[derive(Debug)]
pub struct ResultsFolder {
    path: PathBuf,
    /// Held for as long as the folder is: the system lets go of it however the
    /// process ends.
    _lock: File,
}

impl ResultsFolder {
    /// The file of a run within its folder.
    pub const RUN: &'static str = "run.json";

    /// Makes the folder if need be, and takes it for this process alone.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made or written to, or another run has it.
    pub fn open(path: &Path) -> Result<ResultsFolder, ResultsError> {
        fs::create_dir_all(path)
            .map_err(|source| FileError::write("make the folder", path, source))?;
        let lock_path = path.join(".lock");
        let lock = files::lock_file(&lock_path);
        let lock = lock.map_err(|error| FileError::write("open", &lock_path, error))?;
        match take(&lock) {
            Ok(()) => Ok(ResultsFolder {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(ResultsError::Busy {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(source)) => {
                Err(FileError::write("lock", &lock_path, source).into())
            }
        }
    }

    /// Path of a file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes the file of a run, replacing an earlier one at once.
    ///
    /// # Errors
    ///
    /// If the system does not let it; an earlier file is then untouched.
    pub fn write_run(&self, run: &Run) -> Result<PathBuf, ResultsError> {
        self.write(Self::RUN, &run.to_json())
    }

    /// Writes a file of the folder, replacing an earlier one at once.
    ///
    /// # Errors
    ///
    /// If the system does not let it; an earlier file is then untouched.
    pub fn write(&self, name: &str, content: &str) -> Result<PathBuf, ResultsError> {
        let path = self.file(name);
        files::replace(&path, content.as_bytes())?;
        Ok(path)
    }
}

/// Takes a lock, at the latest within [`PATIENCE`].
fn take(lock: &File) -> Result<(), TryLockError> {
    let end = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < end => {
                thread::sleep(Duration::from_millis(10));
            }
            taken => return taken,
        }
    }
}
