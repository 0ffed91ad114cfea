//! The files that the reading cases read: made once, checked before every use.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::dataset::{self, Builtin, Recipe};
use crate::files::NewFile;
use crate::formats::{self, Compiled, FileKind, Output, ShapeVisitor, with_records_of};
use crate::job::interrupt;

use super::error::Error;

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
    pub fn scratch(&self) -> Result<TempDir, Error> {
        let made = tempfile::Builder::new()
            .prefix(".scratch-")
            .tempdir_in(&self.path);
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
        recipe: &Recipe,
        kind: &FileKind,
        say: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, Error> {
        self.whole_file(recipe, kind, say)
            .map_err(Error::in_data_folder)
    }

    fn whole_file(
        &self,
        recipe: &Recipe,
        kind: &FileKind,
        say: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, Error> {
        let path = self.path.join(file_name(recipe, kind));
        let sum_path = with_suffix(&path, ".sha256");
        let shown = path.display();
        match (path.exists(), fs::read_to_string(&sum_path)) {
            (true, Ok(sum)) => {
                let digest = File::open(&path).and_then(dataset::digest_of_reader);
                let digest = digest.map_err(|source| Error::read(&path, source))?;
                if sum.split_whitespace().next() == Some(&digest) {
                    return Ok(path);
                }
                say(&format!("{shown} is damaged; making it again"));
            }
            (true, Err(_)) => say(&format!("{shown} is incomplete; making it again")),
            (false, _) => say(&format!("making {shown}")),
        }
        // The sum goes first and comes last: a file without one is not whole.
        match fs::remove_file(&sum_path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("replace", &sum_path, source));
            }
            _ => {}
        }
        make(&path, kind, recipe)?;
        let digest = File::open(&path).and_then(dataset::digest_of_reader);
        let digest = digest.map_err(|source| Error::read(&path, source))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        fs::write(&sum_path, format!("{digest}  {name}\n"))
            .map_err(|source| Error::io("write", &sum_path, source))?;
        Ok(path)
    }
}

/// Writes the records of a recipe to a file, whole or not at all, in constant
/// memory.
///
/// # Errors
///
/// If the file cannot be written, or an interrupt came; what was there before is then
/// untouched.
pub fn make(path: &Path, kind: &FileKind, recipe: &Recipe) -> Result<(), Error> {
    let error = |source| Error::io("write", path, source);
    let new = NewFile::create(path).map_err(error)?;
    let copy = new.file().try_clone().map_err(error)?;
    write_records(Output::new(copy), kind, recipe)
        .map_err(|source| Error::format("write", path, source))?;
    interrupt::check()?;
    new.finish().map_err(error)
}

/// Writes the records of a recipe to an output, in constant memory.
///
/// # Errors
///
/// If the output fails, or an interrupt came.
pub fn write_records(
    output: Output,
    kind: &FileKind,
    recipe: &Recipe,
) -> Result<(), formats::Error> {
    struct Write<'a> {
        output: Output,
        kind: &'a FileKind,
        recipe: &'a Recipe,
    }

    impl ShapeVisitor for Write<'_> {
        type Output = Result<(), formats::Error>;

        fn visit<T: Builtin + Compiled>(mut self) -> Result<(), formats::Error> {
            let records = T::source(self.recipe.records, self.recipe.seed);
            let records = records.take_while(|_| !interrupt::asked());
            let mut records = records.map(|record| Ok(Cow::Owned(record)));
            let variant = self.kind.variant.as_deref();
            T::codec(self.kind.format).write_records(variant, &mut records, &mut self.output)?;
            Ok(self.output.flush()?)
        }
    }

    let write = Write {
        output,
        kind,
        recipe,
    };
    with_records_of(recipe.shape, write)
}

fn file_name(recipe: &Recipe, kind: &FileKind) -> String {
    let Recipe {
        shape,
        records,
        seed,
    } = recipe;
    let variant = kind.variant.as_ref();
    let variant = variant.map_or(String::new(), |variant| format!("-{variant}"));
    let (name, extension) = (kind.format.name(), kind.format.extensions()[0]);
    format!("{shape}-{records}-{seed}-{name}{variant}.{extension}")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
