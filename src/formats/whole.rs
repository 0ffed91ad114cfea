//! Files that are read whole, for decoders that want all bytes at once.

use std::io::Read;

use super::{Error, Input};

/// All bytes of an input, in a block that is no larger than they are where its
/// length is known.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn read(mut input: Input) -> Result<Vec<u8>, Error> {
    let length = input.get_ref().length().unwrap_or(0);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(length)?)?;
    // `Read::read_to_end` would ask for more once they are there.
    (&mut input).take(length).read_to_end(&mut bytes)?;
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}
