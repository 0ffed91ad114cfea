//! Records out of a file of any format.

use std::io::BufReader;
use std::path::PathBuf;

use super::excerpt::excerpt;
use super::from_json::JsonRecords;
use super::{Error, FileFormat, Input};
use crate::formats::BUFFER_BYTES;
use crate::job::interrupt;
use picklestream::value::Value;
use picklestream::{literal, pickle};

/// How to read each format.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadOptions {
    /// Pickles. The memo policy is that of pipes.
    pub(crate) pickle: pickle::ReadOptions,
    /// Text and JSON lines.
    pub(crate) lines: literal::LiteralLimits,
}

/// What a reader says is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) cause: Box<dyn std::error::Error + Send + Sync>,
    pub(super) offset: Option<u64>,
    /// Whether the reason may be that the file is in another format.
    pub(super) is_format: bool,
}

/// The records of an input, one after another.
pub(crate) struct Source {
    records: Records,
    place: Place,
}

enum Records {
    Pickle(Box<pickle::PickleRecords<BufReader<Input>, Value>>),
    Text(literal::LiteralRecords<BufReader<Input>, Value>),
    JsonLines(JsonRecords<BufReader<Input>>),
}

impl Source {
    /// Reads `input` as `format`, which was `guessed` or asked for. Errors show
    /// an excerpt of the file at `path`, if it is text.
    ///
    /// A pickle in a file is read twice: see [`pickle::MemoPolicy::TwoPass`].
    ///
    /// # Errors
    ///
    /// If the first pass over a pickle fails.
    pub(crate) fn new(
        input: Input,
        format: FileFormat,
        guessed: bool,
        path: Option<PathBuf>,
        mut options: ReadOptions,
    ) -> Result<Source, Error> {
        let is_file = input.length().is_some();
        let place = Place {
            name: input.name().to_owned(),
            path: path.filter(|_| is_file && format != FileFormat::Pickle),
            guessed: guessed.then_some(format),
        };
        let reader = BufReader::with_capacity(BUFFER_BYTES, input);
        let records = match format {
            FileFormat::Text => {
                Records::Text(literal::LiteralRecords::with_limits(reader, options.lines))
            }
            FileFormat::JsonLines => Records::JsonLines(JsonRecords::new(reader, options.lines)),
            FileFormat::Pickle if is_file => {
                options.pickle.memo = pickle::MemoPolicy::TwoPass;
                let records = pickle::PickleRecords::with_options(reader, &options.pickle);
                Records::Pickle(Box::new(records.map_err(|e| place.error(e.into()))?))
            }
            FileFormat::Pickle => {
                let records = pickle::PickleRecords::from_pipe_with(reader, &options.pickle);
                Records::Pickle(Box::new(records))
            }
        };
        Ok(Source { records, place })
    }

    /// What messages call the input.
    pub(super) fn name(&self) -> &str {
        &self.place.name
    }
}

impl Iterator for Source {
    type Item = Result<Value, Error>;

    fn next(&mut self) -> Option<Result<Value, Error>> {
        if interrupt::asked() {
            return Some(Err(Error::Interrupted));
        }
        let record = match &mut self.records {
            Records::Pickle(records) => records.next()?.map_err(Fault::from),
            Records::Text(records) => records.next()?.map_err(Fault::from),
            Records::JsonLines(records) => records.next()?,
        };
        Some(record.map_err(|fault| self.place.error(fault)))
    }
}

/// What errors say of the input.
struct Place {
    name: String,
    /// A file that is text, where the line of an error can be looked up.
    path: Option<PathBuf>,
    /// The format, if nobody said it.
    guessed: Option<FileFormat>,
}

impl Place {
    fn error(&self, fault: Fault) -> Error {
        if interrupt::asked() {
            return Error::Interrupted;
        }
        let mut error = Error::read(&self.name, fault.cause);
        if let Error::Read {
            hint,
            excerpt: shown,
            ..
        } = &mut error
        {
            if let (Some(path), Some(offset)) = (&self.path, fault.offset) {
                *shown = excerpt(path, offset);
            }
            if fault.is_format {
                *hint = match self.guessed {
                    None => "",
                    Some(FileFormat::Pickle) => {
                        "\nif it is no pickle, say --from text or json-lines"
                    }
                    Some(FileFormat::Text) => "\nif it is no text, say --from json-lines or pickle",
                    Some(FileFormat::JsonLines) => "\nif it is not JSON, say --from text or pickle",
                };
            }
        }
        error
    }
}

impl From<pickle::Error> for Fault {
    fn from(error: pickle::Error) -> Fault {
        Fault {
            is_format: matches!(error.kind(), pickle::ErrorKind::Malformed(_)),
            offset: error.offset(),
            cause: error.into(),
        }
    }
}

impl From<literal::Error> for Fault {
    fn from(error: literal::Error) -> Fault {
        use literal::ErrorKind::{Incomplete, Syntax, Unsupported};
        Fault {
            is_format: matches!(error.kind(), Syntax | Incomplete | Unsupported),
            offset: error.byte_offset(),
            cause: error.into(),
        }
    }
}
