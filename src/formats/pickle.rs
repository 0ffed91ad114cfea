//! `pickle`: our own codec.
//!
//! `protocol-N` writes without a memo, and reads the layout of CPython, memo
//! and all: that is what users have. `cpython-N` makes such files.

use crate::dataset::Record;
use picklestream::pickle::{PickleRecords, WriteMemo, WriteOptions, write_list};

use super::gather::gather;
use crate::results::Operation;

use super::{Error, Format, Input, Loaded, MadeBy, Output, Support};

/// Python's pickle, through [`picklestream::pickle`].
#[derive(Debug, Clone, Copy)]
pub struct Pickle;

/// Protocol 1 is 2 with other integers, 3 is 2 but for its number.
const PROTOCOLS: [&str; 4] = ["protocol-0", "protocol-2", "protocol-4", "protocol-5"];

/// The layouts of CPython, one for each protocol.
const CPYTHON: [&str; 6] = [
    "cpython-0",
    "cpython-1",
    "cpython-2",
    "cpython-3",
    "cpython-4",
    "cpython-5",
];

impl<T: Record> Format<T> for Pickle {
    fn name(&self) -> &'static str {
        "pickle"
    }

    fn extension(&self) -> &'static str {
        "pkl"
    }

    fn support(&self, _: Operation) -> Support {
        Support::Variants(&PROTOCOLS)
    }

    fn files(&self) -> Vec<Option<&'static str>> {
        PROTOCOLS.into_iter().chain(CPYTHON).map(Some).collect()
    }

    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        cpython(variant)
    }

    fn write(
        &self,
        variant: Option<&str>,
        records: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        Ok(write_list(output, records, &options(variant)?)?)
    }

    fn read(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let total = input.get_ref().metadata()?.len();
        Ok(Loaded::List(gather(
            PickleRecords::new(input)?,
            total,
            PickleRecords::bytes_read,
        )?))
    }

    fn stream_write(
        &self,
        variant: Option<&str>,
        records: &mut dyn Iterator<Item = T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        Ok(write_list(output, records, &options(variant)?)?)
    }

    fn stream_read(
        &self,
        _: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        PickleRecords::new(input)?.try_for_each(|record| each(record?))
    }
}

/// The file that CPython makes in the protocol of `variant`.
pub(super) fn cpython(variant: Option<&str>) -> MadeBy {
    MadeBy {
        format: "pickle".to_owned(),
        variant: variant.map(|variant| variant.replace("protocol", "cpython")),
    }
}

fn options(variant: Option<&str>) -> Result<WriteOptions, Error> {
    let (layout, protocol) = variant.and_then(|v| v.rsplit_once('-')).unwrap_or_default();
    let mut options = WriteOptions::default();
    options.protocol = protocol.parse()?;
    options.memo = match layout {
        "cpython" => WriteMemo::Cpython,
        _ => WriteMemo::None,
    };
    Ok(options)
}
