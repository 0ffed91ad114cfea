//! A list of the tutorial's records in a file, in some format.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::dataset::Tuple;
use crate::formats::{self, Codec, Error, FileFormat, FileKind, Formats, InputFile, Loaded};
use crate::suite;

/// A file, and how records are laid down in it.
pub(super) struct Store<'a> {
    format: &'static dyn FileFormat,
    variant: Option<&'a str>,
    /// The variant that writes it: `own-N` is `protocol-N`, as serde-pickle lays
    /// it down.
    written: Option<String>,
    path: &'a Path,
}

impl<'a> Store<'a> {
    /// The file at `path`, in the format of an experiment's variant: `text`,
    /// or with a variant of its own, `pickle/protocol-4`.
    pub(super) fn new(variant: &'a str, path: &'a Path) -> Result<Store<'a>, Error> {
        let (name, variant) = match variant.split_once('/') {
            Some((name, variant)) => (name, Some(variant)),
            None => (variant, None),
        };
        let formats = Formats::built_in();
        let format = formats.find(name);
        let format = format.ok_or_else(|| format!("there is no format {name:?}"))?;
        Ok(Store {
            format,
            variant,
            written: variant.map(|name| name.replace("own-", "protocol-")),
            path,
        })
    }

    /// The kind of file that [`load`](Self::load) reads.
    pub(super) fn file(&self) -> Option<FileKind> {
        Formats::built_in().file(self.format.made_by(self.variant))
    }

    fn codec(&self) -> &dyn Codec<Tuple> {
        self.format
    }

    /// Makes the file.
    pub(super) fn write(&self, list: &[Tuple]) -> Result<(), Error> {
        let write = || {
            let mut output = formats::Output::new(File::create(self.path)?);
            self.codec()
                .write_list(self.written.as_deref(), list, &mut output)?;
            Ok(output.flush()?)
        };
        write().map_err(|error| self.error("write", error))
    }

    /// Reads the whole file.
    pub(super) fn load(&self) -> Result<Loaded<Tuple>, Error> {
        self.reading(|input| self.codec().read_list(self.variant, input))
    }

    /// Reads one record after another.
    pub(super) fn each(
        &self,
        mut each: impl FnMut(Tuple) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.reading(|input| self.codec().for_each(self.variant, input, &mut each))
    }

    fn reading<R>(
        &self,
        read: impl FnOnce(formats::Input) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let file = File::open(self.path).and_then(|file| InputFile::new(file, String::new()));
        let found = file.map_err(Error::from);
        let found = found.and_then(|file| read(formats::input(file)));
        found.map_err(|error| self.error("read", error))
    }

    fn error(&self, action: &'static str, error: Error) -> Error {
        suite::Error::format(action, self.path, error)
            .in_data_folder()
            .into()
    }
}
