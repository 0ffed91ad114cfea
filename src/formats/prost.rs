//! `prost`: Protocol Buffers, through the crate prost.
//!
//! A message whose only field is the list, written and read whole (`message`); or a
//! message for each record behind its length, one after another (`delimited`), which
//! is how Protocol Buffers has files of many records. No schema file and no compiler
//! for one: the messages are the crate's derive, or for the types that a derive cannot
//! be put on (tuples and lists) the code that it would make.
//!
//! What a field has by default is not written, as the third version of the language
//! has it; -0.0 counts as 0.0 there.

use std::io::{BufRead, Read, Write};
use std::marker::PhantomData;

use picklestream::value::Value;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, double, message, skip_field, string, uint64};
use prost::{DecodeError, Message, decode_length_delimiter};

use crate::dataset::{Blob, DictRecord, Fixed, Mapping, Object, RecordKind, Shape, Tuple};
use crate::results::Operation;

use super::about::{About, COPIES, TYPES};
use super::refusing::refuses;
use super::watched::{Spot, Watched};
use super::{
    Codec, Error, Format, Given, Input, Loaded, NO_MAP, Output, ReadLimits, Records, Support, Take,
    Unplaced, gather_list, whole,
};

/// The crate prost.
#[derive(Debug, Clone, Copy)]
pub struct Prost;

/// Records one after another.
const DELIMITED: &str = "delimited";

/// The list in one message.
const MESSAGE: &str = "message";

/// Bytes of the longest number that a length is written as.
const LENGTH_BYTES: usize = 10;

impl Format for Prost {
    fn name(&self) -> &'static str {
        "prost"
    }

    fn about(&self) -> About {
        About {
            library: "prost",
            calls: "encode_to_vec / decode; encode_length_delimited of each record",
            holds: "all of the message; of one record after another, a record",
            schema: TYPES,
            strings: COPIES,
            loses: "the sign of -0.0",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pb", "binpb"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Typed, _) => {
                Support::No("it takes part for types that derive its own traits")
            }
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("its files say nothing of types, which only the data has here")
            }
            (RecordKind::Built(Shape::Mapping), _) => Support::No("its maps hold no lists"),
            (_, Operation::MapRead) => Support::No(NO_MAP),
            (_, Operation::Write | Operation::Read) => Support::Variants(&[MESSAGE, DELIMITED]),
            _ => Support::Variants(&[DELIMITED]),
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }

    fn files(&self) -> Vec<Option<&'static str>> {
        vec![Some(MESSAGE), Some(DELIMITED)]
    }
}

refuses!(Prost: Object, Value, Mapping);

/// The fields of a record as a message has them.
trait Fields: Default + Send + Sync {
    fn encode(&self, buffer: &mut impl BufMut);

    /// Bytes that [`encode`](Fields::encode) writes.
    fn length(&self) -> usize;

    /// Reads one of them.
    fn merge(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError>;
}

/// Types that are messages.
macro_rules! messages {
    ($($record:ty),*) => {$(
        impl Fields for $record {
            fn encode(&self, buffer: &mut impl BufMut) {
                self.encode_raw(buffer);
            }

            fn length(&self) -> usize {
                self.encoded_len()
            }

            fn merge(
                &mut self,
                tag: u32,
                wire_type: WireType,
                buffer: &mut impl Buf,
                context: DecodeContext,
            ) -> Result<(), DecodeError> {
                self.merge_field(tag, wire_type, buffer, context)
            }
        }
    )*};
}

messages!(f64, i64, String, Blob, DictRecord);

/// `message Record { double number = 1; string text = 2; uint64 integer = 3; }`
impl Fields for Tuple {
    fn encode(&self, buffer: &mut impl BufMut) {
        if self.0 != 0.0 {
            double::encode(1, &self.0, buffer);
        }
        if !self.1.is_empty() {
            string::encode(2, &self.1, buffer);
        }
        if self.2 != 0 {
            uint64::encode(3, &self.2, buffer);
        }
    }

    fn length(&self) -> usize {
        let mut length = 0;
        if self.0 != 0.0 {
            length += double::encoded_len(1, &self.0);
        }
        if !self.1.is_empty() {
            length += string::encoded_len(2, &self.1);
        }
        if self.2 != 0 {
            length += uint64::encoded_len(3, &self.2);
        }
        length
    }

    fn merge(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => double::merge(wire_type, &mut self.0, buffer, context),
            2 => string::merge(wire_type, &mut self.1, buffer, context),
            3 => uint64::merge(wire_type, &mut self.2, buffer, context),
            _ => skip_field(wire_type, tag, buffer, context),
        }
    }
}

/// `message Record { repeated string words = 1; }`
impl Fields for Vec<String> {
    fn encode(&self, buffer: &mut impl BufMut) {
        string::encode_repeated(1, self, buffer);
    }

    fn length(&self) -> usize {
        string::encoded_len_repeated(1, self)
    }

    fn merge(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => string::merge_repeated(wire_type, self, buffer, context),
            _ => skip_field(wire_type, tag, buffer, context),
        }
    }
}

/// A record as a message.
#[derive(Default)]
struct Row<T>(T);

impl<T: Fields> Message for Row<T> {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        self.0.encode(buffer);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        self.0.merge(tag, wire_type, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        self.0.length()
    }

    fn clear(&mut self) {
        self.0 = T::default();
    }
}

/// A record as a message, where it lies. It is never read.
struct Lent<'r, T>(&'r T);

impl<T: Fields> Message for Lent<'_, T> {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        self.0.encode(buffer);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        self.0.length()
    }

    fn clear(&mut self) {}
}

/// `message Records { repeated Record records = 1; }`
#[derive(Default)]
struct List<M>(Vec<M>);

impl<M: Message + Default> Message for List<M> {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        message::encode_repeated(1, &self.0, buffer);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => message::merge_repeated(wire_type, &mut self.0, buffer, context),
            _ => skip_field(wire_type, tag, buffer, context),
        }
    }

    fn encoded_len(&self) -> usize {
        message::encoded_len_repeated(1, &self.0)
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// The same, where it lies. It is never read.
struct LentList<'r, T>(&'r [T]);

impl<T: Fields> Message for LentList<'_, T> {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        for record in self.0 {
            message::encode(1, &Lent(record), buffer);
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        let records = self.0.iter();
        records.map(|it| message::encoded_len(1, &Lent(it))).sum()
    }

    fn clear(&mut self) {}
}

impl<T: Fixed + Fields> Codec<T> for Prost {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        if variant != Some(DELIMITED) {
            return self.write_list(variant, &whole::collect(records)?, output);
        }
        let mut bytes = Vec::new();
        for record in records {
            write(&*record?, &mut bytes, output)?;
        }
        Ok(())
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        if variant != Some(DELIMITED) {
            return Ok(output.write_all(&LentList(list).encode_to_vec())?);
        }
        let mut bytes = Vec::new();
        list.iter()
            .try_for_each(|record| write(record, &mut bytes, output))
    }

    fn read_records(
        &self,
        variant: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        if variant != Some(DELIMITED) {
            let list = read(input)?;
            return take(&mut Unplaced(list.into_iter().map(Ok::<_, Error>)));
        }
        let spot = Spot::new();
        take(&mut Messages {
            input: Watched::new(input, &spot),
            bytes: Vec::new(),
            spot: &spot,
            record: PhantomData,
        })
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        match variant {
            Some(DELIMITED) => gather_list(self, variant, input),
            _ => Ok(Loaded::List(read(input)?)),
        }
    }
}

/// Writes a record behind its length. The room of `bytes` is used again.
fn write<T: Fields>(record: &T, bytes: &mut Vec<u8>, output: &mut Output) -> Result<(), Error> {
    bytes.clear();
    Lent(record).encode_length_delimited(bytes)?;
    Ok(output.write_all(bytes)?)
}

/// The list of a message.
fn read<T: Fields>(input: Input) -> Result<Vec<T>, Error> {
    let bytes = whole::read(input)?;
    let list = List::<Row<T>>::decode(bytes.as_slice())?;
    // In the same block: a row is its record.
    Ok(list.0.into_iter().map(|row| row.0).collect())
}

/// Messages behind their lengths.
struct Messages<'s, T> {
    input: Watched<'s>,
    bytes: Vec<u8>,
    spot: &'s Spot,
    record: PhantomData<T>,
}

impl<T: Fields> Messages<'_, T> {
    fn read(&mut self) -> Result<T, Error> {
        let length = self.length()?;
        self.bytes.clear();
        // Nothing is allocated on a length's word.
        let read = (&mut self.input)
            .take(length as u64)
            .read_to_end(&mut self.bytes);
        if read.map_err(|error| self.spot.fault(&error))? < length {
            return Err(self.spot.fault(&"it ends within a message"));
        }
        let row = Row::<T>::decode(self.bytes.as_slice());
        Ok(row.map_err(|error| self.spot.fault(&error))?.0)
    }

    /// The length of the next message, in bytes.
    fn length(&mut self) -> Result<usize, Error> {
        let mut number = [0; LENGTH_BYTES];
        let mut read = 0;
        for byte in &mut number {
            let one = self.input.read_exact(std::slice::from_mut(byte));
            one.map_err(|error| self.spot.fault(&error))?;
            read += 1;
            // The last byte of a number has no upper bit.
            if *byte < 0x80 {
                break;
            }
        }
        let length = decode_length_delimiter(&number[..read]);
        length.map_err(|error| self.spot.fault(&error))
    }
}

impl<T: Fields> Iterator for Messages<'_, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        match self.input.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(self.read()),
            Err(error) => Some(Err(self.spot.fault(&error))),
        }
    }
}

impl<T: Fields> Records<T> for Messages<'_, T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
