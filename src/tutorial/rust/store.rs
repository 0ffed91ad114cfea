//! A list of the tutorial's records in a file, in some format.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::dataset::Tuple;
use crate::formats::{self, Error, Format, Loaded, MadeBy};
use crate::suite;

/// A file, and how records are laid down in it.
pub(super) struct Store<'a> {
    format: Box<dyn Format<Tuple>>,
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
        let format = formats::find(name).ok_or_else(|| format!("there is no format {name:?}"))?;
        Ok(Store {
            format,
            variant,
            written: variant.map(|name| name.replace("own-", "protocol-")),
            path,
        })
    }

    /// Who has to write the file for [`load`](Self::load) to read it.
    pub(super) fn made_by(&self) -> MadeBy {
        self.format.made_by(self.variant)
    }

    /// Makes the file.
    pub(super) fn write(&self, list: &[Tuple]) -> Result<(), Error> {
        let write = || {
            let mut output = formats::Output::new(File::create(self.path)?);
            self.format
                .write(self.written.as_deref(), list, &mut output)?;
            Ok(output.flush()?)
        };
        write().map_err(|error| self.error("write", error))
    }

    /// Reads the whole file.
    pub(super) fn load(&self) -> Result<Loaded<Tuple>, Error> {
        self.reading(|input| self.format.read(self.variant, input))
    }

    /// Reads one record after another.
    pub(super) fn each(
        &self,
        mut each: impl FnMut(Tuple) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.reading(|input| self.format.stream_read(self.variant, input, &mut each))
    }

    fn reading<R>(
        &self,
        read: impl FnOnce(formats::Input) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let file = File::open(self.path).map_err(Error::from);
        let found = file.and_then(|file| read(formats::input(file)));
        found.map_err(|error| self.error("read", error))
    }

    fn error(&self, action: &'static str, error: Error) -> Error {
        suite::Error::format(action, self.path, error)
            .in_data_folder()
            .into()
    }
}
