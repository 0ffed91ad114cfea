//! `pickle`: our own codec.
//!
//! `protocol-N` writes without a memo, and reads the layout of CPython, memo
//! and all: that is what users have. `cpython-N` makes such files.

use picklestream::known::Form;
use picklestream::pickle::{
    self, MemoPolicy, PickleRecords, WriteMemo, WriteOptions, to_writer, try_write_list, write_list,
};

use crate::dataset::Record;
use crate::results::Operation;

use super::about::{About, COPIES, NOTHING, SELF_DESCRIBING};
use super::certainty::{Certainty, begins_a_value};
use super::{
    Choice, Chosen, Codec, Error, Format, Given, Input, MadeBy, NO_MAP, Output, ReadLimits,
    RecordKind, Records, Support, Take,
};

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

impl Format for Pickle {
    fn name(&self) -> &'static str {
        "pickle"
    }

    fn title(&self) -> &'static str {
        "a pickle"
    }

    fn about(&self) -> About {
        About {
            library: "picklestream",
            calls: "to_writer / PickleRecords",
            holds: "the batch of records between two APPENDS",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pkl", "pickle", "p", "joblib"]
    }

    fn support(&self, operation: Operation, _: RecordKind) -> Support {
        match operation {
            Operation::MapRead => Support::No(NO_MAP),
            _ => Support::Variants(&PROTOCOLS),
        }
    }

    /// Protocol 5 differs from 4 only in what is handed over out of band; columns take
    /// the same from each.
    fn is_usual(&self, operation: Operation, variant: Option<&str>) -> bool {
        match operation {
            Operation::ColumnRead => variant == Some("protocol-4"),
            _ => variant != Some("protocol-5"),
        }
    }

    fn files(&self) -> Vec<Option<&'static str>> {
        PROTOCOLS.into_iter().chain(CPYTHON).map(Some).collect()
    }

    fn choices(&self) -> &'static [Choice] {
        const {
            &[
                Choice {
                    name: "protocol",
                    value_name: "NUMBER",
                    values: &["0", "1", "2", "3", "4", "5"],
                    help: "Protocol of the pickle that is written, 0 to 5 [default: 4]",
                },
                Choice {
                    name: "memo",
                    value_name: "MEMO",
                    values: &["none", "cpython"],
                    help: "Memo of the pickle that is written: none, or as CPython writes it \
                           [default: none]",
                },
            ]
        }
    }

    fn variant(&self, chosen: &Chosen) -> Option<String> {
        let layout = match chosen.get("memo") {
            Some("cpython") => "cpython",
            _ => "protocol",
        };
        let protocol = chosen.get("protocol").unwrap_or("4");
        Some(format!("{layout}-{protocol}"))
    }

    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        cpython(variant)
    }

    fn recognise(&self, prefix: &[u8]) -> Certainty {
        // Where UTF-8 has a byte that only goes on, pickle has the opcodes of
        // protocols 2 to 5, PROTO before all.
        match prefix {
            [0x80, 2..=5, ..] => return Certainty::SURE,
            [0x80..=0x98, ..] => return Certainty::LIKELY,
            _ => {}
        }
        // The opcodes of protocols 0 and 1 that a pickle can begin with.
        match prefix.first() {
            Some(first) if b"(]})ILFSVNcPKJMGXTU".contains(first) && !begins_a_value(prefix) => {
                Certainty::LIKELY
            }
            _ => Certainty::NONE,
        }
    }

    fn has_parts(&self) -> bool {
        true
    }

    fn form(&self) -> Form {
        Form::Python
    }

    /// Once for what the memo fetches.
    fn passes(&self) -> u64 {
        2
    }
}

impl<T: Record> Codec<T> for Pickle {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let options = options::<T>(variant)?;
        if T::IS_ROOT {
            let record = records.next().ok_or("there is nothing to write")??;
            return Ok(to_writer(output, &*record, &options)?);
        }
        try_write_list(output, records, &options).map_err(no_form)
    }

    /// Without a step for each record between the list and the codec.
    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        match list {
            [root] if T::IS_ROOT => Ok(to_writer(output, root, &options::<T>(variant)?)?),
            list => Ok(write_list(output, list, &options::<T>(variant)?)?),
        }
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        take(&mut Pickled(records(input, limits)?))
    }

    /// Without a step for each record between the codec and `each`.
    fn for_each(
        &self,
        _: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        records(input, &ReadLimits::default())?.try_for_each(|record| each(record?))
    }
}

/// The records, and what their reader tells of the file.
struct Pickled<T>(PickleRecords<Input, T>);

impl<T: Record> Iterator for Pickled<T> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Result<T, Error>> {
        Some(self.0.next()?.map_err(Into::into))
    }
}

impl<T: Record> Records<T> for Pickled<T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.0.bytes_read())
    }

    fn bytes_ignored(&self) -> u64 {
        self.0.ignored().map_or(0, |(_, count)| count)
    }
}

/// The records of a file, which is read twice, or of a pipe.
fn records<T: Record>(
    input: Input,
    limits: &ReadLimits,
) -> Result<PickleRecords<Input, T>, pickle::Error> {
    if !input.get_ref().can_seek() {
        return Ok(PickleRecords::from_pipe_with(input, &limits.pickle));
    }
    let mut options = limits.pickle.clone();
    options.memo = MemoPolicy::TwoPass;
    PickleRecords::with_options(input, &options)
}

/// Says what was tried where it was not the output that failed, nor the source
/// of the records.
fn no_form(error: Error) -> Error {
    match error
        .downcast_ref::<pickle::Error>()
        .map(pickle::Error::kind)
    {
        Some(pickle::ErrorKind::Io(_)) | None => error,
        Some(_) => format!("has no form in a pickle: {error}").into(),
    }
}

/// The file that CPython makes in the protocol of `variant`.
pub(super) fn cpython(variant: Option<&str>) -> MadeBy {
    MadeBy {
        format: "pickle",
        variant: variant.map(|variant| variant.replace("protocol", "cpython")),
    }
}

fn options<T: Record>(variant: Option<&str>) -> Result<WriteOptions, Error> {
    let (layout, protocol) = variant.and_then(|v| v.rsplit_once('-')).unwrap_or_default();
    let mut options = WriteOptions::default();
    options.protocol = protocol.parse()?;
    options.memo = match layout {
        "cpython" if T::SHARES_STRINGS => WriteMemo::CpythonInterned,
        "cpython" => WriteMemo::Cpython,
        _ => WriteMemo::None,
    };
    Ok(options)
}
