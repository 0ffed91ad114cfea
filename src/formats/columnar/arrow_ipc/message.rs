//! A message, which is checked before the crate decodes it: what it promises has to be
//! there, or the crate would ask for memory on its word, or panic.

use arrow_ipc::{Message, MessageHeader, RecordBatch as Header, root_as_message};

use crate::formats::Error;

/// What stands before a message, and before the end.
pub(super) const CONTINUATION: [u8; 4] = [0xff; 4];

/// A batch may have so many rows beyond those for which its bytes have at least a bit
/// each: columns of nothing but nulls take none.
const ROWS_WITHOUT_BYTES: u64 = 1 << 20;

/// A message without its body.
///
/// # Errors
///
/// If it is none.
pub(super) fn parse(message: &[u8]) -> Result<Message<'_>, Error> {
    root_as_message(message).map_err(|error| damaged(&error))
}

/// What the crate says, which ends with empty lines.
pub(super) fn damaged(error: &dyn std::fmt::Display) -> Error {
    let error = error.to_string();
    format!("it is damaged: {}", error.trim_end()).into()
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
