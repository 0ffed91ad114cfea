//! The files that the reading cases read: made once, checked before every use.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::dataset::{self, Measured};
use crate::files::{self, NewFile, NewFolder, OutputFile, is_ours, open_ours, shown};
use crate::formats::{self, Compiled, FileKind, OfRecord, Output, find_cause};
use crate::job::interrupt;

use super::error::Error;
use super::opens::Opens;
use super::source::RecordSource;
use super::visitors::{SourceVisitor, TypedSource, Write};

/// A folder of data files. The name of each holds the kind and number of its
/// records, their seed, and the format; beside each lies its SHA-256, in the
/// form that `sha256sum -c` reads.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// The folder at `path`, made if need be.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn open(path: &Path) -> Result<DataFolder, Error> {
        fs::create_dir_all(path)
            .map_err(|source| Error::io("make the folder", path, source).in_data_folder())?;
        Ok(DataFolder {
            path: path.to_owned(),
        })
    }

    /// A folder within this one for files that nobody keeps. Gone when dropped.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub(crate) fn scratch(&self) -> Result<NewFolder, Error> {
        let made = NewFolder::create_in(&self.path);
        made.map_err(|source| Error::io("write in", &self.path, source).in_data_folder())
    }

    /// The file of a kind for these records: the one that is there,
    /// if it is whole, otherwise made anew; `say` is told about that.
    ///
    /// Reading it to the end for the check also brings it into the page cache.
    ///
    /// # Errors
    ///
    /// If it cannot be written or read.
    pub fn file(
        &self,
        records: &RecordSource,
        kind: &FileKind,
        say: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, Error> {
        self.whole_file(records, kind, say)
            .map_err(Error::in_data_folder)
    }

    /// Makes a file again that is whole, but does not hold what its name says.
    ///
    /// # Errors
    ///
    /// If it cannot be written or read.
    pub(super) fn make_again(&self, records: &RecordSource, kind: &FileKind) -> Result<(), Error> {
        let sum_path = with_suffix(&self.path.join(file_name(records, kind)), ".sha256");
        let removed = remove_sum(&sum_path);
        let made = removed.and_then(|()| self.whole_file(records, kind, &mut |_| {}));
        made.map(drop).map_err(Error::in_data_folder)
    }

    /// Removes a file that no case reads any more; one that stays does no harm.
    pub(super) fn forget(&self, records: &RecordSource, kind: &FileKind) {
        let path = self.path.join(file_name(records, kind));
        let _ = remove_sum(&with_suffix(&path, ".sha256"));
        let _ = fs::remove_file(path);
    }

    fn whole_file(
        &self,
        records: &RecordSource,
        kind: &FileKind,
        say: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, Error> {
        let path = self.path.join(file_name(records, kind));
        let sum_path = with_suffix(&path, ".sha256");
        let shown = shown(&path);
        match (is_ours(&path), files::read_ours(&sum_path)) {
            (true, Ok(sum)) => {
                let digest = open_ours(&path).and_then(dataset::digest_of_reader);
                let digest = digest.map_err(|source| Error::read(&path, source))?;
                let sum = String::from_utf8_lossy(&sum);
                if sum.split_whitespace().next() == Some(&digest) {
                    return Ok(path);
                }
                say(&format!("{shown} is damaged; making it again"));
            }
            (true, Err(_)) => say(&format!("{shown} is incomplete; making it again")),
            (false, _) => say(&format!("making {shown}")),
        }
        // The sum goes first and comes last: a file without one is not whole.
        remove_sum(&sum_path)?;
        make(&path, kind, records)?;
        let digest = open_ours(&path).and_then(dataset::digest_of_reader);
        let digest = digest.map_err(|source| Error::read(&path, source))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files::replace(&sum_path, format!("{digest}  {name}\n").as_bytes())?;
        Ok(path)
    }
}

/// Writes records to a file, whole or not at all, in constant
/// memory.
///
/// # Errors
///
/// If the file cannot be written, or an interrupt came; what was there before is then
/// untouched.
pub fn make(path: &Path, kind: &FileKind, records: &RecordSource) -> Result<(), Error> {
    let error = |source| Error::io("write", path, source);
    let new = NewFile::create(path).map_err(error)?;
    write_to(path, new.file(), kind, records)?;
    new.finish().map_err(error)
}

/// Writes records to an output of the user's, which messages
/// call `name`, in constant memory. A reader that has enough ends it.
///
/// # Errors
///
/// If the output cannot be written, or an interrupt came.
pub(crate) fn make_output(
    name: &Path,
    output: io::Result<OutputFile>,
    kind: &FileKind,
    records: &RecordSource,
) -> Result<(), Error> {
    let error = |source| Error::io("write", name, source);
    let output = output.map_err(error)?;
    match write_to(name, output.file(), kind, records) {
        Err(error) if error.is_broken_pipe() => return Ok(()),
        result => result?,
    }
    output.finish().map_err(error)
}

fn write_to(
    name: &Path,
    file: &File,
    kind: &FileKind,
    records: &RecordSource,
) -> Result<(), Error> {
    let copy = file.try_clone();
    let copy = copy.map_err(|source| Error::io("write", name, source))?;
    let written = write_records(Output::new(copy), kind, records);
    interrupt::check()?;
    written.map_err(|source| Error::format("write", name, source))
}

/// Writes records to an output, in constant memory.
///
/// # Errors
///
/// If the output fails, or an interrupt came.
pub fn write_records(
    output: Output,
    kind: &FileKind,
    records: &RecordSource,
) -> Result<(), formats::Error> {
    records.visit(Write { output, kind })
}

impl SourceVisitor for Write<'_> {
    type Output = Result<(), formats::Error>;

    fn visit<T: Measured + Compiled>(
        mut self,
        source: &dyn Opens<T>,
    ) -> Result<(), formats::Error> {
        // An error, and not an end that comes early: formats are told how many
        // there will be.
        let mut number = 0_u64;
        let mut records = source.open()?.map(|record| match interrupt::asked() {
            false => {
                number += 1;
                record.map(Cow::Owned)
            }
            true => Err("interrupted".into()),
        });
        let variant = self.kind.variant.as_deref();
        let codec = source.codec(self.kind.format);
        let written = codec.write_records(variant, &mut records, &mut self.output);
        drop(records);
        let written = written.and_then(|()| Ok(self.output.flush()?));
        written.map_err(|error| match find_cause::<io::Error>(&*error) {
            Some(_) => error,
            None => {
                // The last that was taken, unless all were before any was looked at.
                let of_list = find_cause::<OfRecord>(&*error);
                NoForm(of_list.map_or(number, |it| it.record), error).into()
            }
        })
    }

    fn visit_typed(self, source: &dyn TypedSource, at: (u64, u64)) -> Self::Output {
        source.write(at, self)
    }
}

/// A format that has no form for a record: its number, from 1, and what the format
/// says.
#[derive(Debug, thiserror::Error)]
#[error("record {0} has no form in it: {1}")]
pub(super) struct NoForm(u64, #[source] formats::Error);

fn file_name(records: &RecordSource, kind: &FileKind) -> String {
    let variant = kind.variant.as_ref();
    let variant = variant.map_or(String::new(), |variant| format!("-{variant}"));
    let (name, extension) = (kind.format.name(), kind.format.extensions()[0]);
    format!(
        "{}-{}-{}-{name}{variant}.{extension}",
        records.name(),
        records.records(),
        records.seed()
    )
}

fn remove_sum(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("replace", path, source))
        }
        _ => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
