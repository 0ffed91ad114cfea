//! Where a conversion goes: a file that is replaced whole, or a stream.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::Error;
use crate::files::NewFile;
use crate::formats;

/// A file takes its name only when it is whole; until then what was there
/// before is untouched, and can be the input.
pub(crate) struct OutputFile {
    name: String,
    writer: formats::Output,
    target: Target,
}

enum Target {
    Stream,
    Replace(NewFile),
}

impl OutputFile {
    /// The file at `path`. What is there and is not a regular file, such as
    /// `/dev/null` or a named pipe, is written to as it is.
    ///
    /// # Errors
    ///
    /// If it cannot be written to.
    pub(crate) fn create(path: &Path) -> Result<OutputFile, Error> {
        let name = path.display().to_string();
        OutputFile::open(path, &name).map_err(|cause| Error::write(&name, cause))
    }

    fn open(path: &Path, name: &str) -> io::Result<OutputFile> {
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => {
                let file = File::options().write(true).open(path)?;
                Ok(OutputFile::stream(file, name.to_owned()))
            }
            Ok(there) => {
                // A link stays one, and a file that only its owner may read too.
                let output = OutputFile::replace(&fs::canonicalize(path)?, name)?;
                if let Target::Replace(new) = &output.target {
                    new.file().set_permissions(there.permissions())?;
                }
                Ok(output)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                OutputFile::replace(path, name)
            }
            Err(error) => Err(error),
        }
    }

    fn replace(path: &Path, name: &str) -> io::Result<OutputFile> {
        let new = NewFile::create(path)?;
        Ok(OutputFile {
            name: name.to_owned(),
            writer: formats::Output::new(new.file().try_clone()?),
            target: Target::Replace(new),
        })
    }

    /// A stream, such as standard output. `name` is what messages call it.
    pub(crate) fn stream(file: File, name: String) -> OutputFile {
        OutputFile {
            name,
            writer: formats::Output::new(file),
            target: Target::Stream,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn writer(&mut self) -> &mut formats::Output {
        &mut self.writer
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written; then the file that was there before
    /// is untouched.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        let error = |cause| Error::write(&self.name, cause);
        self.writer.flush().map_err(error)?;
        if let Target::Replace(new) = self.target {
            new.sync().map_err(error)?;
            new.finish().map_err(error)?;
        }
        Ok(())
    }
}
