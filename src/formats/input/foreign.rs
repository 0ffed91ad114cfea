//! Files that hold no records of ours, and what they are: one table, so that
//! every command says the same of each.

use std::fmt;

use super::line_ends;

/// A kind of file that cannot be read, and what to do about it.
pub struct Foreign {
    /// What it is, with an article.
    pub what: &'static str,
    /// The way out.
    pub way_out: &'static str,
    begins: fn(&[u8]) -> bool,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.way_out)
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

/// No pickle, literal or JSON value begins as one of these does.
const FOREIGN: &[Foreign] = &[
    Foreign {
        what: "a Git LFS pointer, not the file",
        way_out: "git lfs pull",
        begins: |prefix| prefix.starts_with(b"version https://git-lfs.github.com/"),
    },
    Foreign {
        what: "a git-annex pointer, not the file",
        way_out: "git annex get",
        begins: |prefix| prefix.starts_with(b"/annex/objects/"),
    },
    Foreign {
        what: "an HTML page, not the file",
        way_out: "download it again; is it behind a login, or has it another address?",
        begins: |prefix| begins_tag(prefix, &["<!doctype html", "<html", "<head"]),
    },
    Foreign {
        what: "XML, not the file",
        way_out: "download it again; is it behind a login, or has it another address?",
        begins: |prefix| begins_tag(prefix, &["<?xml"]),
    },
    Foreign {
        what: "the answer of a server that did not find the file",
        way_out: "download it again from its right address",
        begins: |prefix| prefix.starts_with(b"404: Not Found"),
    },
    Foreign {
        what: "nothing but zeros",
        way_out: "copy or download the file again; was the disk full?",
        begins: |prefix| prefix.len() >= 4 && prefix.iter().all(|byte| *byte == 0),
    },
    Foreign {
        what: "text saved as UTF-16",
        way_out: "save it as UTF-8 (iconv -f UTF-16 -t UTF-8); a pickle that was so saved is lost",
        begins: |prefix| {
            matches!(
                prefix,
                [0xff, 0xfe, ..]
                    | [0xfe, 0xff, ..]
                    | [b'(' | b'[' | b'{' | b'\'' | b'"', 0, _, 0, ..]
                    | [0, b'(' | b'[' | b'{' | b'\'' | b'"', 0, _, ..]
            )
        },
    },
    Foreign {
        what: "text that begins with a byte order mark",
        way_out: "save it as UTF-8 without one (tail -c +4)",
        begins: |prefix| prefix.starts_with(b"\xef\xbb\xbf"),
    },
    Foreign {
        what: "a pickle whose bytes were saved as text in UTF-8",
        way_out: "copy the file again as binary, or in Python: \
                  open(name, encoding='utf-8', newline='').read().encode('latin1')",
        begins: |prefix| matches!(prefix, [0xc2, 0x80, 2..=5, ..]),
    },
    Foreign {
        what: "a pickle that was read as text and lost bytes by it",
        way_out: "copy the file again as binary",
        begins: |prefix| matches!(prefix, [0xef, 0xbf, 0xbd, 2..=5, ..]),
    },
    Foreign {
        what: "a pickle in base64",
        way_out: "base64 -d",
        // The first twelve bits are those of PROTO, the next those of 2 to 5.
        begins: |prefix| matches!(prefix, [b'g', b'A', b'I'..=b'X', ..]),
    },
    Foreign {
        what: "a pickle whose lines end in CR LF",
        way_out: "was the file copied in text mode? Copy it again as binary",
        begins: line_ends::are_damaged,
    },
    Foreign {
        what: "a NumPy file (.npy), which is a table",
        way_out: "numpy.load, or picklebench convert",
        begins: |prefix| prefix.starts_with(b"\x93NUMPY"),
    },
    Foreign {
        what: "an HDF5 file",
        way_out: "h5py or pandas.read_hdf",
        begins: |prefix| prefix.starts_with(b"\x89HDF\r\n\x1a\n"),
    },
    Foreign {
        what: "a MATLAB file",
        way_out: "scipy.io.loadmat",
        begins: |prefix| prefix.starts_with(b"MATLAB 5.0 MAT-file"),
    },
    Foreign {
        what: "a Parquet file",
        way_out: "pandas.read_parquet, or picklebench convert with the feature `parquet`",
        begins: |prefix| prefix.starts_with(b"PAR1"),
    },
    Foreign {
        what: "an Arrow or Feather file",
        way_out: "pandas.read_feather, or picklebench convert with the feature `arrow-ipc`",
        begins: |prefix| prefix.starts_with(b"ARROW1"),
    },
    Foreign {
        what: "a Feather file of the first version",
        way_out: "pandas.read_feather",
        begins: |prefix| prefix.starts_with(b"FEA1"),
    },
    Foreign {
        what: "an Avro file",
        way_out: "fastavro.reader, or picklebench convert with the feature `avro`",
        begins: |prefix| prefix.starts_with(b"Obj\x01"),
    },
    Foreign {
        what: "a SQLite database",
        way_out: "sqlite3",
        begins: |prefix| prefix.starts_with(b"SQLite format 3\0"),
    },
    Foreign {
        what: "a safetensors file",
        way_out: "safetensors.safe_open",
        begins: |prefix| match prefix.split_first_chunk::<8>() {
            Some((length, rest)) => {
                rest.starts_with(b"{\"") && u64::from_le_bytes(*length) < 100 << 20
            }
            None => false,
        },
    },
    Foreign {
        what: "a file of joblib before 0.10, which no longer has a reader",
        way_out: "load it with that joblib, and dump it again",
        begins: |prefix| prefix.starts_with(b"ZF0x"),
    },
    Foreign {
        what: "a tar archive",
        way_out: "unpack it first (tar -xf)",
        begins: |prefix| prefix.get(257..262) == Some(b"ustar"),
    },
    Foreign {
        what: "a 7z archive",
        way_out: "unpack it first (7z x)",
        begins: |prefix| prefix.starts_with(b"7z\xbc\xaf\x27\x1c"),
    },
    Foreign {
        what: "a RAR archive",
        way_out: "unpack it first (unrar x)",
        begins: |prefix| prefix.starts_with(b"Rar!\x1a\x07"),
    },
];

/// What a file is that begins like this, if it is one of these.
pub(super) fn find(prefix: &[u8]) -> Option<&'static Foreign> {
    FOREIGN.iter().find(|foreign| (foreign.begins)(prefix))
}

/// Whether this begins with one of these, after white space and in whichever
/// case.
fn begins_tag(prefix: &[u8], tags: &[&str]) -> bool {
    let prefix = prefix.trim_ascii_start();
    tags.iter().any(|tag| {
        prefix
            .get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    })
}
