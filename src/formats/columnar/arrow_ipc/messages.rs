//! The messages of a stream, each checked before the crate decodes it: what a message
//! promises has to be there, or the crate would ask for memory on its word, or panic.

use std::io::{BufRead, Read};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{Message, MessageHeader, RecordBatch as Header, root_as_message};

use crate::formats::Error;
use crate::formats::columnar::rows;
use crate::formats::watched::{Spot, Watched};

use super::file::{self, MAGIC};

/// What stands before a message, and before the end.
pub(super) const CONTINUATION: [u8; 4] = [0xff; 4];

/// A batch may have so many rows beyond those for which its bytes have at least a bit
/// each: columns of nothing but nulls take none.
const ROWS_WITHOUT_BYTES: u64 = 1 << 20;

/// The batches of a stream, or of a file as if it were one: a file is a stream with a
/// table of contents behind it.
pub(super) struct Messages<'s> {
    input: Watched<'s>,
    spot: &'s Spot,
    /// Bytes of the input, if that is known.
    length: Option<u64>,
    decoder: StreamDecoder,
    is_file: bool,
    has_ended: bool,
}

impl<'s> Messages<'s> {
    /// Those of `input`, of which `spot` is the place.
    ///
    /// # Errors
    ///
    /// If it does not begin with a schema.
    pub(super) fn read(
        mut input: Watched<'s>,
        length: Option<u64>,
        spot: &'s Spot,
    ) -> Result<Messages<'s>, Error> {
        let begin = input.fill_buf().map_err(|error| spot.fault(&error))?;
        let is_file = begin.starts_with(MAGIC);
        if is_file {
            let mut magic = [0; 8];
            let read = input.read_exact(&mut magic);
            read.map_err(|error| spot.fault(&error))?;
        }
        let mut messages = Messages {
            input,
            spot,
            length,
            decoder: StreamDecoder::new(),
            is_file,
            has_ended: false,
        };
        while messages.decoder.schema().is_none() {
            if messages.read_batch()?.is_some() || messages.has_ended {
                return Err(spot.fault(&"it has no schema"));
            }
        }
        Ok(messages)
    }

    /// The columns.
    pub(super) fn schema(&self) -> arrow_schema::SchemaRef {
        let schema = self.decoder.schema();
        schema.unwrap_or_else(|| arrow_schema::Schema::empty().into())
    }

    /// Reads a message: a batch, or something else.
    fn read_batch(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Some(mut message) = self.read_message()? else {
            self.has_ended = true;
            self.check_end()?;
            return Ok(None);
        };
        let batch = self.decoder.decode(&mut message);
        batch.map_err(|error| self.spot.fault(&error))
    }

    /// The bytes of the next message; `None` at the mark of the end.
    fn read_message(&mut self) -> Result<Option<Buffer>, Error> {
        let mut bytes = Vec::new();
        self.read_on(&mut bytes, 4)?;
        // Files of before 2020 have a length at once.
        if bytes == CONTINUATION {
            self.read_on(&mut bytes, 4)?;
        }
        let start = bytes.len();
        let length = match bytes.last_chunk::<4>() {
            Some(length) => u32::from_le_bytes(*length),
            None => 0,
        };
        if length == 0 {
            return Ok(None);
        }
        self.read_on(&mut bytes, length.into())?;
        let body = self.check_message(&bytes[start..])?;
        self.read_on(&mut bytes, body)?;
        Ok(Some(bytes.into()))
    }

    /// What a message without its body says of it: how many bytes it has.
    fn check_message(&self, message: &[u8]) -> Result<u64, Error> {
        let message = root_as_message(message).map_err(|error| self.spot.fault(&error))?;
        check(message).map_err(|error| self.spot.fault(&error))
    }

    /// Reads so many bytes more. Room is made for what is there, and not for what is
    /// promised.
    fn read_on(&mut self, bytes: &mut Vec<u8>, more: u64) -> Result<(), Error> {
        let left = self
            .length
            .map(|all| all.saturating_sub(self.spot.position()));
        if left.is_some_and(|left| left < more) {
            return Err(self.spot.fault(&format_args!(
                "it ends where {more} bytes more were promised: is it whole?"
            )));
        }
        if left.is_some() {
            bytes.try_reserve_exact(usize::try_from(more)?)?;
        }
        let read = (&mut self.input).take(more).read_to_end(bytes);
        let read = read.map_err(|error| self.spot.fault(&error))?;
        if (read as u64) < more {
            return Err(self.spot.fault(&format_args!(
                "it ends where {more} bytes more were promised: is it whole?"
            )));
        }
        Ok(())
    }

    /// What comes after the mark of the end.
    fn check_end(&mut self) -> Result<(), Error> {
        match self.is_file {
            true => file::check_end(&mut self.input).map_err(|error| self.spot.fault(&error)),
            false => self.input.expect_end(),
        }
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Result<RecordBatch, Error>> {
        while !self.has_ended {
            let batch = self.read_batch();
            self.has_ended |= batch.is_err();
            if let Some(batch) = batch.transpose() {
                return Some(batch);
            }
        }
        None
    }
}

impl rows::BatchSource for Messages<'_> {
    fn bytes_read(&self) -> u64 {
        self.spot.position()
    }
}

/// How many bytes the body of a message has, if all that it says of them can be.
///
/// # Errors
///
/// If it promises what its body does not hold.
pub(super) fn check(message: Message<'_>) -> Result<u64, Error> {
    let body = u64::try_from(message.bodyLength())
        .map_err(|_| "a message has a body of less than no bytes")?;
    let header = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => {
            let dictionary = message.header_as_dictionary_batch();
            dictionary.and_then(|dictionary| dictionary.data())
        }
        _ => return Ok(body),
    };
    let header = header.ok_or("a batch has no header")?;
    check_header(header, body)?;
    Ok(body)
}

fn check_header(header: Header<'_>, body: u64) -> Result<(), Error> {
    for buffer in header.buffers().into_iter().flatten() {
        let start = u64::try_from(buffer.offset()).ok();
        let length = u64::try_from(buffer.length()).ok();
        let end = start
            .zip(length)
            .and_then(|(start, length)| start.checked_add(length));
        if end.is_none_or(|end| end > body) {
            return Err("a column lies beyond the end of its batch".into());
        }
    }
    let most = body.saturating_mul(8).saturating_add(ROWS_WITHOUT_BYTES);
    let nodes = header.nodes().into_iter().flatten();
    let lengths = nodes.flat_map(|node| [node.length(), node.null_count()]);
    for rows in lengths.chain([header.length()]) {
        if u64::try_from(rows).is_ok_and(|rows| rows <= most) {
            continue;
        }
        return Err(format!("a batch of {body} bytes cannot have {rows} rows").into());
    }
    Ok(())
}
