//! The compressions that are recognised and read through: one table.

use std::fmt;
use std::io::{self, Read};

use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress};
use lzma_rust2::{LzmaReader, XzReader};

use super::frames::{Bzip2Frame, DeflateFrame, Frames, Lz4Frame, ZlibFrame, ZstdFrame};
use super::packed::{Packed, WINDOW_KIB};

/// A way to make data smaller.
pub(super) struct Compression {
    /// What messages call it.
    pub(super) name: &'static str,
    /// How names of files end that are so compressed.
    pub(super) endings: &'static [&'static str],
    /// Whether a file that begins like this is so compressed.
    pub(super) begins: fn(&[u8]) -> bool,
    /// Makes the reader of what is in it.
    pub(super) reader: fn(Packed) -> io::Result<Box<dyn Read>>,
}

impl fmt::Debug for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// No pickle, literal or JSON value begins as any of these does: their first
/// bytes are no opcodes, or what follows would make no sense after them.
pub(super) const COMPRESSIONS: &[Compression] = &[
    Compression {
        name: "gzip",
        endings: &["gz", "gzip"],
        begins: |prefix| prefix.starts_with(b"\x1f\x8b\x08"),
        reader: |packed| Ok(Box::new(Frames::<GzDecoder<Packed>>::new(packed)?)),
    },
    Compression {
        name: "zlib",
        endings: &["zlib", "z"],
        begins: begins_zlib,
        reader: |packed| Ok(Box::new(Frames::<ZlibFrame>::new(packed)?)),
    },
    Compression {
        name: "bzip2",
        endings: &["bz2"],
        // The magic number of a block follows, or that of the end.
        begins: |prefix| match prefix {
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] => {
                rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90")
            }
            _ => false,
        },
        reader: |packed| Ok(Box::new(Frames::<Bzip2Frame>::new(packed)?)),
    },
    Compression {
        name: "xz",
        endings: &["xz"],
        begins: |prefix| prefix.starts_with(b"\xfd7zXZ\0"),
        reader: |packed| Ok(Box::new(XzReader::new_mem_limit(packed, true, WINDOW_KIB))),
    },
    Compression {
        name: "lzma",
        endings: &["lzma"],
        begins: begins_lzma,
        reader: |packed| {
            let reader = LzmaReader::new_mem_limit(packed, WINDOW_KIB, None);
            Ok(Box::new(reader?))
        },
    },
    Compression {
        name: "zstd",
        endings: &["zst", "zstd"],
        begins: begins_zstd,
        reader: |packed| Ok(Box::new(Frames::<ZstdFrame>::new(packed)?)),
    },
    Compression {
        name: "lz4",
        endings: &["lz4"],
        begins: |prefix| prefix.starts_with(b"\x04\x22\x4d\x18"),
        reader: |packed| Ok(Box::new(Frames::<Lz4Frame>::new(packed)?)),
    },
];

/// How names of compressed files end.
pub(crate) fn compressed_endings() -> impl Iterator<Item = &'static str> {
    let endings = COMPRESSIONS
        .iter()
        .flat_map(|compression| compression.endings);
    endings.copied()
}

/// The compression of a file that begins like this, if there is one.
pub(super) fn find(prefix: &[u8]) -> Option<&'static Compression> {
    COMPRESSIONS
        .iter()
        .find(|compression| (compression.begins)(prefix))
}

/// What entries of zip archives are, where they are not stored as they are.
pub(super) const DEFLATE: &Compression = &Compression {
    name: "zip",
    endings: &[],
    begins: |_| false,
    reader: |packed| Ok(Box::new(Frames::<DeflateFrame>::new(packed)?)),
};

/// What entries of zip archives are, where they are stored as they are.
pub(super) const STORED: &Compression = &Compression {
    name: "zip",
    endings: &[],
    begins: |_| false,
    reader: |packed| Ok(Box::new(packed)),
};

/// Files of joblib that are not compressed; see `Unpacked::with_arrays`.
pub(super) const JOBLIB: &Compression = &Compression {
    name: "joblib",
    endings: &[],
    begins: |_| false,
    reader: |packed| Ok(Box::new(packed)),
};

/// zlib has no magic number: its two bytes have to add up, and what follows is
/// tried. Only the largest window is looked for, which all writers use that do
/// not go out of their way: the bytes of smaller ones are opcodes.
fn begins_zlib(prefix: &[u8]) -> bool {
    let &[0x78, flags, _, ..] = prefix else {
        return false;
    };
    let adds_up = u16::from_be_bytes([0x78, flags]).is_multiple_of(31);
    let wants_dictionary = flags & 0x20 != 0;
    let mut out = [0; 512];
    adds_up
        && !wants_dictionary
        && Decompress::new(true)
            .decompress(prefix, &mut out, FlushDecompress::None)
            .is_ok()
}

/// The old form of xz, which `lzma.FORMAT_ALONE` is, has no magic number
/// either: the usual properties, a size of dictionary that encoders write, and
/// a length that is unknown or below 256 GiB, as xz itself looks for it.
fn begins_lzma(prefix: &[u8]) -> bool {
    let Some((&[0x5d, a, b, c, d], rest)) = prefix.split_first_chunk::<5>() else {
        return false;
    };
    let Some(length) = rest.first_chunk::<8>() else {
        return false;
    };
    let (dictionary, length) = (
        u32::from_le_bytes([a, b, c, d]),
        u64::from_le_bytes(*length),
    );
    let usual = dictionary.is_power_of_two() || dictionary.count_ones() == 2;
    usual && dictionary >= 4096 && (length == u64::MAX || length < 1 << 38)
}

/// A frame, or one to be passed over and then a frame.
fn begins_zstd(prefix: &[u8]) -> bool {
    const MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";
    match prefix {
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] => {
            let length = u32::from_le_bytes([*a, *b, *c, *d]);
            usize::try_from(length)
                .ok()
                .and_then(|length| rest.get(length..))
                .is_some_and(|rest| rest.starts_with(MAGIC))
        }
        _ => prefix.starts_with(MAGIC),
    }
}
