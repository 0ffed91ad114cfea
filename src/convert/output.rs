//! Where a conversion goes: what the user named, behind a format's buffer.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::Error;
use super::allowance::{Allowance, TooLarge};
use crate::files::{self, shown};
use crate::formats;

/// An [output of the user's](files::OutputFile) with its name for messages.
pub(crate) struct OutputFile {
    name: String,
    writer: formats::Output,
    file: files::OutputFile,
}

impl OutputFile {
    /// What the user named.
    ///
    /// # Errors
    ///
    /// If it cannot be written to.
    pub(crate) fn create(path: &Path) -> Result<OutputFile, Error> {
        let name = shown(path);
        match files::OutputFile::create(path) {
            Ok(file) => OutputFile::new(file, name),
            Err(cause) => Err(Error::write(&name, cause)),
        }
    }

    /// A stream, such as standard output. `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If the system has no handle left for it.
    pub(crate) fn stream(file: File, name: String) -> Result<OutputFile, Error> {
        OutputFile::new(files::OutputFile::stream(file), name)
    }

    /// The same, which is not to become larger than allowed.
    pub(crate) fn within(mut self, allowance: Allowance) -> OutputFile {
        self.writer.set_gate(move |bytes| allowance.check(bytes));
        self
    }

    fn new(file: files::OutputFile, name: String) -> Result<OutputFile, Error> {
        match file.file().try_clone() {
            Ok(copy) => Ok(OutputFile {
                writer: formats::Output::new(copy),
                name,
                file,
            }),
            Err(cause) => Err(Error::write(&name, cause)),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn writer(&mut self) -> &mut formats::Output {
        &mut self.writer
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written; then the file that was there before
    /// is untouched.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        let flushed = self.writer.flush();
        let finished = flushed.and_then(|()| self.file.finish());
        finished.map_err(|cause| match TooLarge::within(&cause) {
            Some(cause) => Error::TooLarge {
                name: self.name,
                cause,
            },
            None => Error::write(&self.name, cause),
        })
    }
}
