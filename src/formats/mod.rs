//! The ways to lay records down in a file: one file here for each.
//!
//! To add one, write a file with a unit struct that implements [`Format`], and
//! add a line to [`all`]. Everything else (cases, data files, checks, report)
//! follows from what its [`Format::support`] says. `CONTRIBUTING.md` has an
//! example.

mod gather;
mod json_lines;
pub(crate) mod lines;
mod output;
mod pickle;
mod serde_pickle;
mod text;

use std::fs::File;
use std::io::BufReader;

use crate::dataset::{Digester, Record};

use crate::results::Operation;
pub use output::Output;

/// Size of the buffer of every [`Input`] and [`Output`], in bytes. The same for
/// all formats, and counted in their peak.
pub const BUFFER_BYTES: usize = 64 * 1024;

/// Where every format reads from.
pub type Input = BufReader<File>;

/// An input over a file, with the buffer that every format is given.
#[must_use]
pub fn input(file: File) -> Input {
    BufReader::with_capacity(BUFFER_BYTES, file)
}

/// Whatever goes wrong inside a format. The suite adds the file's name.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a [`Format`] says of an [`Operation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It can, in one way only.
    Plain,
    /// It can, in each of these variants.
    Variants(&'static [&'static str]),
    /// It cannot, and this is why: a clause that people will read.
    No(&'static str),
}

/// Which file a case reads: the format and the variant that write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeBy {
    /// A format's name.
    pub format: String,
    /// The variant of that format.
    pub variant: Option<String>,
}

/// A way to lay down records of type `T` in a file, and to get them back.
///
/// Only what [`support`](Format::support) promises needs a method of its own.
/// A method is called with the variants that `support` named for its operation
/// (`None` for [`Support::Plain`]).
pub trait Format<T: Record>: Send + Sync {
    /// Its name within a case's: lower case with hyphens.
    fn name(&self) -> &'static str;

    /// How its files' names end, without the dot.
    fn extension(&self) -> &'static str;

    /// Whether and how it can do `operation`.
    ///
    /// `column-read` is `stream-read` into columns, so it needs no method, but
    /// it has to be named.
    fn support(&self, operation: Operation) -> Support;

    /// The variants in which it can make a file: those that
    /// [`stream_write`](Format::stream_write) knows.
    fn files(&self) -> Vec<Option<&'static str>> {
        match self.support(Operation::StreamWrite) {
            Support::Plain => vec![None],
            Support::Variants(all) => all.iter().copied().map(Some).collect(),
            Support::No(_) => Vec::new(),
        }
    }

    /// Which file `variant` reads: by default the one that the variant of this
    /// name writes.
    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        MadeBy {
            format: self.name().to_owned(),
            variant: variant.map(str::to_owned),
        }
    }

    /// Writes the whole list.
    ///
    /// # Errors
    ///
    /// If the output fails, or a record has no form in this format.
    fn write(&self, variant: Option<&str>, records: &[T], output: &mut Output)
    -> Result<(), Error>;

    /// Reads the whole file.
    ///
    /// # Errors
    ///
    /// If the input fails or is not in this format.
    fn read(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error>;

    /// Writes records as they are made, in constant memory. Also makes the
    /// files that `read` and `stream-read` are given, so it must know every
    /// variant that a [`made_by`](Format::made_by) names.
    ///
    /// # Errors
    ///
    /// As [`write`](Format::write).
    fn stream_write(
        &self,
        variant: Option<&str>,
        records: &mut dyn Iterator<Item = T>,
        output: &mut Output,
    ) -> Result<(), Error>;

    /// Hands over one record after the other, in constant memory.
    ///
    /// # Errors
    ///
    /// As [`read`](Format::read), and what `each` returns, which ends it.
    fn stream_read(
        &self,
        _variant: Option<&str>,
        _input: Input,
        _each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        Err(format!("{} cannot read one record at a time", self.name()).into())
    }

    /// Adds the records of a file to a digest: how the suite checks what was
    /// written, outside the measured window.
    ///
    /// # Errors
    ///
    /// As [`stream_read`](Format::stream_read).
    fn digest(
        &self,
        variant: Option<&str>,
        input: Input,
        digester: &mut Digester,
    ) -> Result<(), Error> {
        let mut add = |record| digester.add(&record).map_err(Error::from);
        self.stream_read(variant, input, &mut add)
    }
}

/// What [`Format::read`] loads.
pub enum Loaded<T> {
    /// The list of records.
    List(Vec<T>),
    /// Something else that holds the same records, where the format's own
    /// reader gives no list of them.
    Other(Box<dyn Holds>),
}

/// Something that holds records, for [`Loaded::Other`].
pub trait Holds {
    /// Adds the records, in their order, to a digest.
    ///
    /// # Errors
    ///
    /// If what it holds is no list, or as [`Digester::add`].
    fn digest(&self, digester: &mut Digester) -> Result<(), Error>;
}

impl<T: Record> Holds for Loaded<T> {
    fn digest(&self, digester: &mut Digester) -> Result<(), Error> {
        match self {
            Loaded::List(records) => Ok(records.iter().try_for_each(|r| digester.add(r))?),
            Loaded::Other(other) => other.digest(digester),
        }
    }
}

/// The registry: every format, in the order in which the report lists them.
#[must_use]
pub fn all<T: Record>() -> Vec<Box<dyn Format<T>>> {
    vec![
        Box::new(pickle::Pickle),
        Box::new(serde_pickle::SerdePickle),
        Box::new(text::Text),
        Box::new(json_lines::JsonLines),
    ]
}

/// The format of this name, if there is one.
#[must_use]
pub fn find<T: Record>(name: &str) -> Option<Box<dyn Format<T>>> {
    all().into_iter().find(|format| format.name() == name)
}
