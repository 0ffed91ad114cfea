//! Records into a file of any format.

use std::io::{self, Write};

use super::to_json::Json;
use super::{Error, FileFormat, Output, Source};
use picklestream::{literal, pickle};

/// How to write.
#[derive(Debug, Clone)]
pub(crate) enum Sink {
    /// The pickle of a list of the records.
    Pickle(pickle::WriteOptions),
    /// What Python's `repr` gives, a line each.
    Text,
    /// A JSON value a line; see `to_json.rs`.
    JsonLines,
}

impl Sink {
    pub(crate) fn new(format: FileFormat, pickle: pickle::WriteOptions) -> Sink {
        match format {
            FileFormat::Pickle => Sink::Pickle(pickle),
            FileFormat::Text => Sink::Text,
            FileFormat::JsonLines => Sink::JsonLines,
        }
    }

    /// Writes all records of `source`, and gives their number. The output is
    /// not finished.
    ///
    /// # Errors
    ///
    /// The first of `source`, of the output, or of a record that has no form in
    /// this format.
    pub(crate) fn write(&self, source: Source, output: &mut Output) -> Result<u64, Error> {
        match self {
            Sink::Pickle(options) => write_pickle(options, source, output),
            Sink::Text => write_text(source, output),
            Sink::JsonLines => write_json_lines(source, output),
        }
    }
}

fn write_pickle(
    options: &pickle::WriteOptions,
    source: Source,
    output: &mut Output,
) -> Result<u64, Error> {
    enum Failure {
        Source(Error),
        Sink(pickle::Error),
    }

    impl From<pickle::Error> for Failure {
        fn from(error: pickle::Error) -> Failure {
            Failure::Sink(error)
        }
    }

    let mut count = 0;
    let name = source.name().to_owned();
    let records = source
        .inspect(|_| count += 1)
        .map(|record| record.map_err(Failure::Source));
    let written = pickle::try_write_list(output.writer(), records, options);
    match written {
        Ok(()) => Ok(count),
        Err(Failure::Source(error)) => Err(error),
        Err(Failure::Sink(error)) => Err(match error.kind() {
            pickle::ErrorKind::Io(_) => Error::write(output.name(), io_error(&error)),
            _ => Error::NoForm {
                name,
                record: count,
                what: format!("has no form in a pickle: {error}"),
            },
        }),
    }
}

/// The system's error below one of a codec.
fn io_error(error: &(dyn std::error::Error + 'static)) -> io::Error {
    let source = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    match source {
        Some(source) => match source.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => source.kind().into(),
        },
        None => io::Error::other(error.to_string()),
    }
}

fn write_text(source: Source, output: &mut Output) -> Result<u64, Error> {
    let mut count = 0;
    let name = output.name().to_owned();
    let mut writer = literal::Writer::new(output.writer());
    for record in source {
        writer
            .write(&record?)
            .map_err(|error| Error::write(&name, io_error(&error)))?;
        count += 1;
    }
    Ok(count)
}

fn write_json_lines(source: Source, output: &mut Output) -> Result<u64, Error> {
    let mut count = 0;
    let name = source.name().to_owned();
    let mut line = Vec::new();
    for record in source {
        count += 1;
        line.clear();
        serde_json::to_writer(&mut line, &Json(&record?)).map_err(|error| Error::NoForm {
            name: name.clone(),
            record: count,
            what: error.to_string(),
        })?;
        line.push(b'\n');
        let written = output.writer().write_all(&line);
        written.map_err(|cause| Error::write(output.name(), cause))?;
    }
    Ok(count)
}
