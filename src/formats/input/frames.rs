//! Compressed data in several parts, one after another, as `cat` and compressors
//! that work in parallel make it: what is in them is one text.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use ruzstd::decoding::errors::{
    FrameDecoderError as ZstdError, ReadFrameHeaderError as HeaderError,
};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder as ZstdDecoder};

use super::checked::WrongSum;
use super::packed::{Packed, WINDOW_KIB};

/// The decoder of one part. It reads to the end of that part, and no further.
pub(super) trait Frame: Read + Sized {
    fn begin(packed: Packed) -> io::Result<Self>;

    /// What follows, once nothing more is read from this part.
    ///
    /// # Errors
    ///
    /// If it has not come to its end, or what came out of it is not what went
    /// in.
    fn finish(self) -> io::Result<Packed>;
}

/// Reads one part after another.
pub(super) struct Frames<F> {
    /// `None` after the last, and after an error.
    frame: Option<F>,
}

impl<F: Frame> Frames<F> {
    pub(super) fn new(packed: Packed) -> io::Result<Frames<F>> {
        Ok(Frames {
            frame: Some(F::begin(packed)?),
        })
    }
}

impl<F: Frame> Read for Frames<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(mut frame) = self.frame.take() {
            let read = frame.read(buffer)?;
            if read > 0 {
                self.frame = Some(frame);
                return Ok(read);
            }
            let mut packed = frame.finish()?;
            if skip_zeros(&mut packed)? {
                self.frame = Some(F::begin(packed)?);
            }
        }
        Ok(0)
    }
}

/// Passes over zeros, to which tapes and blocks are filled up. Whether anything
/// follows.
fn skip_zeros(packed: &mut Packed) -> io::Result<bool> {
    loop {
        let part = packed.fill_buf()?;
        let zeros = part.iter().take_while(|byte| **byte == 0).count();
        if part.is_empty() {
            return Ok(false);
        }
        let is_over = zeros < part.len();
        packed.consume(zeros);
        if is_over {
            return Ok(true);
        }
    }
}

/// It checks sum and length itself.
impl Frame for GzDecoder<Packed> {
    fn begin(packed: Packed) -> io::Result<Self> {
        Ok(GzDecoder::new(packed))
    }

    fn finish(self) -> io::Result<Packed> {
        Ok(self.into_inner())
    }
}

/// It checks its sums itself.
pub(super) type Bzip2Frame = BzDecoder<Packed>;

impl Frame for Bzip2Frame {
    fn begin(packed: Packed) -> io::Result<Self> {
        Ok(BzDecoder::new(packed))
    }

    fn finish(self) -> io::Result<Packed> {
        Ok(self.into_inner())
    }
}

/// flate2's readers of zlib and deflate end without an error where the data
/// does.
pub(super) struct Inflated<const ZLIB: bool> {
    packed: Packed,
    decoder: Decompress,
    is_done: bool,
}

/// With a header and a sum, which the decoder checks.
pub(super) type ZlibFrame = Inflated<true>;
/// Without.
pub(super) type DeflateFrame = Inflated<false>;

impl<const ZLIB: bool> Frame for Inflated<ZLIB> {
    fn begin(packed: Packed) -> io::Result<Self> {
        Ok(Inflated {
            packed,
            decoder: Decompress::new(ZLIB),
            is_done: false,
        })
    }

    fn finish(self) -> io::Result<Packed> {
        Ok(self.packed)
    }
}

impl<const ZLIB: bool> Read for Inflated<ZLIB> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_done {
            let part = self.packed.fill_buf()?;
            let is_end = part.is_empty();
            let (before_in, before_out) = (self.decoder.total_in(), self.decoder.total_out());
            let status = self.decoder.decompress(part, buffer, FlushDecompress::None);
            let taken = (self.decoder.total_in() - before_in) as usize;
            let given = (self.decoder.total_out() - before_out) as usize;
            self.packed.consume(taken);
            self.is_done = status? == Status::StreamEnd;
            if given > 0 {
                return Ok(given);
            }
            if is_end && !self.is_done {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

/// A frame of zstd; `None` where only frames that are to be passed over are
/// left.
pub(super) struct ZstdFrame {
    packed: Packed,
    decoder: Option<ZstdDecoder>,
}

impl Frame for ZstdFrame {
    fn begin(mut packed: Packed) -> io::Result<Self> {
        loop {
            let mut decoder = ZstdDecoder::new();
            decoder.set_max_window_size(u64::from(WINDOW_KIB) << 10);
            let length = match decoder.init(&mut packed) {
                Ok(()) => {
                    let decoder = Some(decoder);
                    return Ok(ZstdFrame { packed, decoder });
                }
                Err(ZstdError::ReadFrameHeaderError(HeaderError::SkipFrame { length, .. })) => {
                    u64::from(length)
                }
                Err(ZstdError::WindowSizeTooBig { .. }) => {
                    return Err(io::ErrorKind::OutOfMemory.into());
                }
                Err(error) => return Err(io::Error::other(error)),
            };
            let skipped = io::copy(&mut (&mut packed).take(length), &mut io::sink())?;
            if skipped < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if packed.fill_buf()?.is_empty() {
                let decoder = None;
                return Ok(ZstdFrame { packed, decoder });
            }
        }
    }

    fn finish(self) -> io::Result<Packed> {
        let sums = self.decoder.as_ref().and_then(|decoder| {
            let told = decoder.get_checksum_from_data()?;
            Some((told, decoder.get_calculated_checksum()?))
        });
        match sums {
            Some((told, found)) if told != found => Err(io::Error::other(WrongSum)),
            _ => Ok(self.packed),
        }
    }
}

impl Read for ZstdFrame {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(0);
        };
        while decoder.can_collect() == 0 && !decoder.is_finished() {
            decoder
                .decode_blocks(&mut self.packed, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(io::Error::other)?;
        }
        decoder.read(buffer)
    }
}

/// A frame of LZ4.
///
/// lz4_flex reads nothing at the end of a frame, and nothing where the data ends
/// between two blocks of one: only the input knows the difference.
pub(super) struct Lz4Frame(Lz4Decoder<Watched>);

impl Frame for Lz4Frame {
    fn begin(packed: Packed) -> io::Result<Self> {
        let watched = Watched {
            packed,
            has_ended: false,
        };
        Ok(Lz4Frame(Lz4Decoder::new(watched)))
    }

    fn finish(self) -> io::Result<Packed> {
        let watched = self.0.into_inner();
        match watched.has_ended {
            true => Err(io::ErrorKind::UnexpectedEof.into()),
            false => Ok(watched.packed),
        }
    }
}

impl Read for Lz4Frame {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// An input that notes whether more was asked of it than there is.
struct Watched {
    packed: Packed,
    has_ended: bool,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.packed.read(buffer)?;
        self.has_ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}
