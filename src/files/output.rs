//! Where the user wants something written: one way for every command.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::FileError;
use super::new::NewFile;

/// Links that are followed before it is taken for a circle.
const MOST_LINKS: u32 = 40;

/// A file takes its name only when it is whole; until then what was there before
/// is untouched, and can be the input. A device or a pipe is written through. A
/// link stays one, and a file keeps its mode, and its owner where the system
/// permits that.
#[derive(Debug)]
pub(crate) struct OutputFile {
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stream(File),
    Replace(NewFile),
}

impl OutputFile {
    /// What the user named.
    ///
    /// # Errors
    ///
    /// If it is a folder, or cannot be written to.
    pub(crate) fn create(path: &Path) -> io::Result<OutputFile> {
        let there = match fs::metadata(path) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Nothing, or a link to nothing, which makes its target.
                return Ok(OutputFile::replace(NewFile::create(&end_of_links(path)?)?));
            }
            Err(error) => return Err(error),
        };
        if there.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let through = || {
            File::options()
                .write(true)
                .open(path)
                .map(OutputFile::stream)
        };
        if !there.is_file() {
            return through();
        }
        // A file without a name, behind /dev/stdout, cannot be replaced.
        let Ok(target) = fs::canonicalize(path) else {
            let output = through()?;
            output.file().set_len(0)?;
            return Ok(output);
        };
        let new = NewFile::create(&target)?;
        keep_owner_and_mode(new.file(), &there)?;
        Ok(OutputFile::replace(new))
    }

    /// A stream, such as standard output.
    pub(crate) fn stream(file: File) -> OutputFile {
        OutputFile {
            target: Target::Stream(file),
        }
    }

    fn replace(new: NewFile) -> OutputFile {
        OutputFile {
            target: Target::Replace(new),
        }
    }

    /// To write to.
    pub(crate) fn file(&self) -> &File {
        match &self.target {
            Target::Stream(file) => file,
            Target::Replace(new) => new.file(),
        }
    }

    /// Gives a file its name. Nothing may be left in a buffer.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written; then the file that was there before
    /// is untouched.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.target {
            Target::Stream(_) => Ok(()),
            Target::Replace(new) => {
                new.sync()?;
                new.finish()
            }
        }
    }
}

/// Writes a text to where the user wants it.
///
/// # Errors
///
/// If it cannot be written there; a file that was there before is then
/// untouched.
pub(crate) fn write_output(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let write = || {
        let output = OutputFile::create(path)?;
        output.file().write_all(content)?;
        output.finish()
    };
    match write() {
        // Whoever reads a pipe may have enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| FileError::write("write", path, source)),
    }
}

/// Where a path leads whose last part may be a link to nothing.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &File, before: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only the superuser gives a file away; others may still give it to a group.
    if fchown(file, Some(before.uid()), Some(before.gid())).is_err() {
        let _ = fchown(file, None, Some(before.gid()));
    }
    file.set_permissions(before.permissions())
}

#[cfg(not(unix))]
fn keep_owner_and_mode(file: &File, before: &fs::Metadata) -> io::Result<()> {
    file.set_permissions(before.permissions())
}
