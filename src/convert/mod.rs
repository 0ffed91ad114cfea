//! From one file format to another, a record at a time.
//!
//! Records travel as [`Value`], so any shape goes through, and only one is in
//! memory at a time.
//!
//! - `output.rs`: a file that is replaced whole, or a stream; `allowance.rs`: how
//!   large it may become.
//! - `objects.rs`: what becomes of objects that only code could make.
//! - `place.rs`: what errors say of the input, with an excerpt of it
//!   (`excerpt.rs`) and with what to do (`advice.rs`); `words.rs`: lists of them.
//! - `fields.rs`: the fields of the records, found in a pass before.
//! - `whole.rs`: all of it by one call.

pub(crate) mod advice;
mod allowance;
mod error;
pub(crate) mod excerpt;
mod fields;
mod objects;
mod output;
mod place;
mod whole;
mod words;

use std::borrow::Cow;
use std::io;

use picklestream::known::{Form, Policy};
use picklestream::value::Value;

use crate::formats::{
    self, Codec, FileFormat, FileKind, Input, InputFile, ReadLimits, Records, Rows, find_cause,
};
use crate::job::interrupt;
use crate::schema::{Fit, Misfit};

pub(crate) use allowance::Allowance;
use allowance::TooLarge;
#[cfg(test)]
pub(crate) use allowance::{AT_LEAST_BYTES, MOST_TIMES};
pub(crate) use error::Error;
pub(crate) use fields::{find_schema, with_sizes};
pub(crate) use objects::Met;
use objects::Objects;
pub(crate) use output::OutputFile;
use place::Place;
#[doc(hidden)]
pub use whole::convert_file;
pub(crate) use words::any_of;

/// Opens an input once more; `None` if that no longer works.
pub(crate) type Again = Box<dyn Fn() -> Option<InputFile>>;

/// Where records come from.
pub(crate) struct Source {
    /// The bytes.
    pub(crate) input: Input,
    /// What they are.
    pub(crate) format: &'static dyn FileFormat,
    /// The formats that it could be as well, if nobody said which it is.
    pub(crate) others: Vec<&'static str>,
    /// Opens the input once more, if it is a file: an error may show an excerpt.
    pub(crate) again: Option<Again>,
    /// What reading may take.
    pub(crate) limits: ReadLimits,
    /// What becomes of objects that are not known to be data.
    pub(crate) objects: Policy,
}

/// What came of reading all records.
pub(crate) struct ReadThrough {
    /// Bytes after the last of them that are none.
    pub(crate) ignored_bytes: u64,
    /// What was met of objects that only code could make.
    pub(crate) met: Met,
}

/// Hands every record of `source` to `each`, as they would be converted to a format
/// that has none of Python's known data ([`Form::Plain`]), until it says that it has
/// enough by `false`.
///
/// # Errors
///
/// The first of the source, or of `each`.
pub(crate) fn read_through(
    mut source: Source,
    each: &mut dyn FnMut(Value) -> Result<bool, Error>,
) -> Result<ReadThrough, Error> {
    let place = Place::of(&mut source);
    let codec: &dyn Codec<Value> = source.format;
    let mut objects = Some(Objects::new(source.objects, Form::Plain));
    let mut through = None;
    let read = codec.read_records(None, source.input, &source.limits, &mut |records| {
        let objects = objects.take().ok_or("records were handed over twice")?;
        let mut given = GivenOn::new(records, objects, &place);
        let ended = loop {
            match given.take_next() {
                Ok(Some(record)) => match each(record) {
                    Ok(true) => {}
                    Ok(false) => break Ok(()),
                    Err(error) => break Err(error),
                },
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        through = Some(ended.map(|()| given.ended()));
        Ok(())
    });
    read.map_err(|error| place.error(error))?;
    through.unwrap_or_else(|| Err(Error::read(place.name(), "no records were handed over")))
}

/// What came of a conversion.
pub(crate) struct Converted {
    /// How many records there are.
    pub(crate) records: u64,
    /// Items of the last record, if it is a dict.
    pub(crate) dict_items: Option<u64>,
    /// Bytes after the last of them that are none.
    pub(crate) ignored_bytes: u64,
    /// What was met of objects that only code could make.
    pub(crate) met: Met,
    /// All of them, but it is not finished.
    pub(crate) output: OutputFile,
}

/// Writes all records of `source` as `kind`, held to `fit` if that is given, as it has
/// to be for a [`Table`](formats::Table). The output is made by `create` once the input
/// has turned out to be readable.
///
/// # Errors
///
/// The first of the source, of the output, or of a record that has no form in
/// this format.
pub(crate) fn convert(
    mut source: Source,
    kind: &FileKind,
    fit: Option<Fit>,
    create: impl FnOnce() -> Result<OutputFile, Error>,
) -> Result<Converted, Error> {
    let place = Place::of(&mut source);
    let codec: &dyn Codec<Value> = source.format;
    let mut create = Some((create, fit));
    let mut converted = None;
    let read = codec.read_records(None, source.input, &source.limits, &mut |records| {
        let (create, fit) = create.take().ok_or("records were handed over twice")?;
        let form = kind.format.form();
        let objects = Objects::new(source.objects, form);
        let given = GivenOn::new(records, objects, &place);
        converted = Some(write(given, kind, fit, create));
        Ok(())
    });
    read.map_err(|error| place.error(error))?;
    converted.unwrap_or_else(|| Err(Error::read(place.name(), "no records were handed over")))
}

fn write(
    mut given: GivenOn<'_>,
    kind: &FileKind,
    mut fit: Option<Fit>,
    create: impl FnOnce() -> Result<OutputFile, Error>,
) -> Result<Converted, Error> {
    let mut output = create()?;
    let codec: &dyn Codec<Value> = kind.format;
    let variant = kind.variant.as_deref();
    let written = match (codec.table(), &mut fit) {
        (Some(table), Some(fit)) => {
            table.write_rows(variant, &mut Rows::new(fit, &mut given), output.writer())
        }
        _ => {
            given.fit = fit;
            codec.write_records(variant, &mut given, output.writer())
        }
    };
    match written {
        Ok(()) => Ok(Converted {
            records: given.written,
            dict_items: given.dict_items,
            ignored_bytes: given.records.bytes_ignored(),
            met: given.objects.met(),
            output,
        }),
        Err(error) => Err(match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => failed(&*error, &output, given.place, kind, given.read),
        }),
    }
}

/// Records on their way from one codec to another.
struct GivenOn<'a> {
    records: &'a mut dyn Records<Value>,
    objects: Objects,
    place: &'a Place,
    read: u64,
    written: u64,
    /// Items of the last record, if it is a dict.
    dict_items: Option<u64>,
    /// What makes them of the types of their fields, if anything does.
    fit: Option<Fit>,
}

impl<'a> GivenOn<'a> {
    fn new(records: &'a mut dyn Records<Value>, objects: Objects, place: &'a Place) -> GivenOn<'a> {
        GivenOn {
            records,
            objects,
            place,
            read: 0,
            written: 0,
            dict_items: None,
            fit: None,
        }
    }

    fn ended(self) -> ReadThrough {
        ReadThrough {
            ignored_bytes: self.records.bytes_ignored(),
            met: self.objects.met(),
        }
    }

    fn take_next(&mut self) -> Result<Option<Value>, Error> {
        loop {
            if interrupt::asked() {
                return Err(Error::Interrupted);
            }
            if let Some(row) = self.objects.next_row() {
                return Ok(Some(row));
            }
            let Some(record) = self.records.next() else {
                return Ok(None);
            };
            self.read += 1;
            let record = record.map_err(|error| self.place.error(error))?;
            self.dict_items = match &record {
                Value::Dict(items) => Some(items.len() as u64),
                _ => None,
            };
            let taken = self.objects.take(record);
            let taken = taken.map_err(|unknown| self.place.unknown(unknown, self.read))?;
            if taken.is_some() {
                return Ok(taken);
            }
        }
    }
}

impl<'a> Iterator for GivenOn<'a> {
    type Item = Result<Cow<'a, Value>, formats::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let taken = self.take_next().transpose()?;
        self.written += u64::from(taken.is_ok());
        let taken = taken.map_err(formats::Error::from);
        Some(match &mut self.fit {
            Some(fit) => taken.and_then(|record| Ok(Cow::Owned(fit.typed(&record)?))),
            None => taken.map(Cow::Owned),
        })
    }
}

/// What a codec that writes says, in the words of a conversion.
fn failed(
    error: &(dyn std::error::Error + 'static),
    output: &OutputFile,
    place: &Place,
    kind: &FileKind,
    record: u64,
) -> Error {
    let name = output.name();
    if let Some(cause) = TooLarge::within(error) {
        return Error::TooLarge {
            name: name.to_owned(),
            cause,
        };
    }
    if let Some(misfit) = find_cause::<Misfit>(error) {
        return Error::misfit(place.name(), record, misfit);
    }
    match io_error(error) {
        Some(cause) => Error::write(name, cause),
        None if record == 0 && kind.format.table().is_some() => Error::NoTable {
            name: place.name().to_owned(),
            what: error.to_string(),
        },
        None => Error::NoForm {
            name: place.name().to_owned(),
            record,
            what: advice::told_of_form(&error.to_string(), kind.format.choices()),
        },
    }
}

/// The system's error at the bottom of one of a codec, if there is one.
fn io_error(error: &(dyn std::error::Error + 'static)) -> Option<io::Error> {
    let error: &io::Error = find_cause(error)?;
    Some(match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error.kind().into(),
    })
}
