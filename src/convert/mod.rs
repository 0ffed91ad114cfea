//! From one file format to another, a record at a time.
//!
//! Records travel as [`Value`], so any shape goes through, and only one is in
//! memory at a time.
//!
//! - `output.rs`: a file that is replaced whole, or a stream.
//! - `place.rs`: what errors say of the input, with an excerpt of it
//!   (`excerpt.rs`) and with what to do (`advice.rs`); `words.rs`: lists of them.

pub(crate) mod advice;
mod error;
pub(crate) mod excerpt;
mod output;
mod place;
mod words;

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use picklestream::value::Value;

use crate::formats::{Codec, FileFormat, FileKind, Input, ReadLimits, Records};
use crate::job::interrupt;

pub(crate) use error::Error;
pub(crate) use output::OutputFile;
use place::Place;
pub(crate) use words::any_of;

/// Where records come from.
pub(crate) struct Source {
    /// The bytes.
    pub(crate) input: Input,
    /// What they are.
    pub(crate) format: &'static dyn FileFormat,
    /// The formats that it could be as well, if nobody said which it is.
    pub(crate) others: Vec<&'static str>,
    /// The file, if it is one, of which an error may show an excerpt.
    pub(crate) path: Option<PathBuf>,
    /// What reading may take.
    pub(crate) limits: ReadLimits,
}

/// Writes all records of `source` as `kind`. Gives their number, and the output,
/// which is not finished. It is made by `create` once the input has turned out
/// to be readable.
///
/// # Errors
///
/// The first of the source, of the output, or of a record that has no form in
/// this format.
pub(crate) fn convert(
    source: Source,
    kind: &FileKind,
    create: impl FnOnce() -> Result<OutputFile, Error>,
) -> Result<(u64, OutputFile), Error> {
    let place = Place::of(&source);
    let codec: &dyn Codec<Value> = source.format;
    let mut create = Some(create);
    let mut converted = None;
    let read = codec.read_records(None, source.input, &source.limits, &mut |records| {
        let create = create.take().ok_or("records were handed over twice")?;
        converted = Some(write(records, &place, kind, create));
        Ok(())
    });
    read.map_err(|error| place.error(error))?;
    converted.unwrap_or_else(|| Err(Error::read(place.name(), "no records were handed over")))
}

fn write(
    records: &mut dyn Records<Value>,
    place: &Place,
    kind: &FileKind,
    create: impl FnOnce() -> Result<OutputFile, Error>,
) -> Result<(u64, OutputFile), Error> {
    let mut output = create()?;
    let codec: &dyn Codec<Value> = kind.format;
    let mut count = 0;
    let mut records = records.map(|record| {
        if interrupt::asked() {
            return Err(Error::Interrupted.into());
        }
        count += 1;
        match record {
            Ok(record) => Ok(Cow::Owned(record)),
            Err(error) => Err(place.error(error).into()),
        }
    });
    let written = codec.write_records(kind.variant.as_deref(), &mut records, output.writer());
    drop(records);
    match written {
        Ok(()) => Ok((count, output)),
        Err(error) => Err(match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => match io_error(&*error) {
                Some(cause) => Error::write(output.name(), cause),
                None => Error::NoForm {
                    name: place.name().to_owned(),
                    record: count,
                    what: advice::told_of_form(&error.to_string(), kind.format.choices()),
                },
            },
        }),
    }
}

/// The system's error at the bottom of one of a codec, if there is one.
fn io_error(error: &(dyn std::error::Error + 'static)) -> Option<io::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(match error.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => error.kind().into(),
            });
        }
        cause = error.source();
    }
    None
}
