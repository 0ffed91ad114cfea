//! The messages of a stream, one after the other.

use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_schema::{Schema, SchemaRef};

use crate::formats::Error;
use crate::formats::columnar::rows;
use crate::formats::watched::{Spot, Watched};

use super::file::{self, MAGIC};
use super::message::{CONTINUATION, check, parse};

/// The batches of a stream, or of a file as if it were one: a file is a stream with a
/// table of contents behind it.
pub(super) struct Messages<'s> {
    input: Watched<'s>,
    spot: &'s Spot,
    /// Bytes of the input, if that is known.
    length: Option<u64>,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    /// The message that is read, without its body.
    message: Vec<u8>,
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
            let passed = file::pass_magic(&mut input);
            passed.map_err(|error| spot.fault(&error))?;
        }
        let mut messages = Messages {
            input,
            spot,
            length,
            schema: Arc::new(Schema::empty()),
            dictionaries: HashMap::new(),
            message: Vec::new(),
            is_file,
            has_ended: false,
        };
        if !messages.read_message()? {
            return Err(spot.fault(&"it ends before its columns are told"));
        }
        messages.schema = messages
            .parse_schema()
            .map_err(|error| spot.fault(&error))?;
        Ok(messages)
    }

    /// The columns.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn parse_schema(&self) -> Result<SchemaRef, Error> {
        let message = parse(&self.message)?;
        let schema = message.header_as_schema();
        let schema = schema.ok_or("it does not begin with its columns")?;
        if message.bodyLength() != 0 {
            return Err("its columns are told in a way that is not known".into());
        }
        if !schema.endianness().equals_to_target_endianness() {
            return Err("its numbers have another order of bytes than this machine's".into());
        }
        Ok(Arc::new(try_fb_to_schema(schema)?))
    }

    /// Reads a message: a batch, or something else.
    fn read_batch(&mut self) -> Result<Option<RecordBatch>, Error> {
        if !self.read_message()? {
            self.has_ended = true;
            self.check_end()?;
            return Ok(None);
        }
        let length = parse(&self.message).and_then(check);
        let length = length.map_err(|error| self.spot.fault(&error))?;
        let mut body = Vec::new();
        self.read_on(&mut body, length)?;
        let batch = self.decode(&body.into());
        batch.map_err(|error| self.spot.fault(&error))
    }

    fn decode(&mut self, body: &Buffer) -> Result<Option<RecordBatch>, Error> {
        let message = parse(&self.message)?;
        let version = message.version();
        let dictionaries = &mut self.dictionaries;
        if let Some(header) = message.header_as_record_batch() {
            let schema = SchemaRef::clone(&self.schema);
            let batch = read_record_batch(body, header, schema, dictionaries, None, &version)?;
            return Ok(Some(batch));
        }
        if let Some(header) = message.header_as_dictionary_batch() {
            read_dictionary(body, header, &self.schema, dictionaries, &version)?;
        }
        Ok(None)
    }

    /// Reads the next message without its body; there is none at the mark of the end.
    fn read_message(&mut self) -> Result<bool, Error> {
        let mut message = std::mem::take(&mut self.message);
        message.clear();
        self.read_on(&mut message, 4)?;
        // Files of before 2020 have a length at once.
        if message == CONTINUATION {
            message.clear();
            self.read_on(&mut message, 4)?;
        }
        let length = match message.first_chunk::<4>() {
            Some(length) => u32::from_le_bytes(*length),
            None => 0,
        };
        message.clear();
        self.read_on(&mut message, length.into())?;
        self.message = message;
        Ok(length > 0)
    }

    /// Reads so many bytes more. Room is made for what is there, and not for what is
    /// promised.
    fn read_on(&mut self, bytes: &mut Vec<u8>, more: u64) -> Result<(), Error> {
        let left = self.length;
        let left = left.map(|all| all.saturating_sub(self.spot.position()));
        let too_few = |spot: &Spot| {
            Err(spot.fault(&format_args!(
                "it ends where {more} bytes more were promised: is it whole?"
            )))
        };
        if left.is_some_and(|left| left < more) {
            return too_few(self.spot);
        }
        if left.is_some() {
            bytes.try_reserve_exact(usize::try_from(more)?)?;
        }
        let read = (&mut self.input).take(more).read_to_end(bytes);
        let read = read.map_err(|error| self.spot.fault(&error))?;
        match read as u64 == more {
            true => Ok(()),
            false => too_few(self.spot),
        }
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
