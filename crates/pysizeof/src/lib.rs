//! How many bytes an object takes in Python, without running Python and
//! without executing anything: the tutorial's `show_sizeof` for a literal or a
//! pickle, for several builds of CPython, and for Rust.
//!
//! A container's size depends on how it was made, so [`of_literal`] makes it as
//! CPython compiles and evaluates a literal, [`of_pickle`] as CPython's C
//! unpickler builds it.
//!
//! ```
//! use pysizeof::{self as sizeof, Build, Memory};
//!
//! let sizing = sizeof::of_literal("[4, 'toaster', 230.1]", Memory::Requested)?;
//! // sys.getsizeof of the list alone …
//! assert_eq!(sizing.root().bytes().of(Build::Cpython27), 96);
//! assert_eq!(sizing.root().bytes().of(Build::Cpython311), 88);
//! // … and with all that it refers to.
//! assert_eq!(sizing.total().of(Build::Cpython311), 88 + 28 + 56 + 24);
//! # Ok::<(), sizeof::Error>(())
//! ```
//!
//! # What is counted
//!
//! An object that is referred to twice is counted once: what a pickle fetches
//! from its memo, equal constants of a literal (which the compiler makes one
//! object), and what the interpreter has but one of, such as small ints.
//!
//! # Limits of the model
//!
//! - A str of a literal is `str` in Python 2 as well: bytes, in UTF-8.
//! - Equal keys are those that Python 3 takes to be equal; to Python 2, `'a'` and
//!   `b'a'` are equal too.
//! - The keys of a pickled dict, and the items of a pickled set, are taken to
//!   be different from each other, as every pickler writes them.
//! - A str that was once encoded to UTF-8 may keep that; a new one does not.
//! - A dict display of more than 65,535 items is not modelled for 3.8, which
//!   made it in several pieces.
//!
//! # Where things are
//!
//! `layout` is the table of numbers; `build` the builds, `growth` the rules by
//! which tables grow, `shape` objects without parts and `container` those with
//! some. `compiled` is the model for literals; `unpickled` that for
//! pickles; `rust` the same in Rust. `object` is what is told.

mod build;
mod compiled;
mod container;
mod growth;
mod layout;
mod object;
mod rust;
mod shape;
mod unpickled;

use std::io::{BufRead, Seek};
use std::rc::Rc;

use picklestream::{literal, pickle};

pub use build::{Build, Sizes};
pub use object::Object;

/// Parts of an object of a pickle that are kept to be shown.
pub const KEPT_CHILDREN: usize = 10;

/// Which bytes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// Those that CPython asks for: `sys.getsizeof`.
    #[default]
    Requested,
    /// Those that it is given: blocks of pymalloc (of 8 bytes in 2.7, of 16
    /// since) or of malloc.
    Allocated,
}

impl Memory {
    fn of(self, layout: &layout::Layout, parts: layout::Parts) -> u64 {
        match self {
            Memory::Requested => layout.requested(parts),
            Memory::Allocated => layout.allocated(parts),
        }
    }
}

/// How the object is taken to have come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Compiled and evaluated, as a literal is.
    Compiled,
    /// Built by the C unpickler.
    Unpickled,
}

/// Objects of a pickle that only code could make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    /// `module.name` of what makes them, or what else is known.
    pub name: String,
    /// How many there are.
    pub count: u64,
}

/// The sizes of an object and of all that it refers to.
#[derive(Debug, Clone)]
pub struct Sizing {
    root: Rc<Object>,
    total: Sizes,
    rust_total: Option<u64>,
    record_total: Option<u64>,
    opaque: Vec<Opaque>,
    is_recursive: bool,
    made: Made,
    memory: Memory,
}

impl Sizing {
    /// The object, with its parts.
    #[must_use]
    pub fn root(&self) -> &Object {
        &self.root
    }

    /// Bytes of it and all it refers to, each object once, without those of
    /// opaque objects.
    #[must_use]
    pub fn total(&self) -> Sizes {
        self.total
    }

    /// Bytes of it as a [`Value`](picklestream::value::Value). Absent where none can
    /// hold it: a container that contains itself, an opaque object.
    #[must_use]
    pub fn rust_total(&self) -> Option<u64> {
        self.rust_total
    }

    /// Bytes of it as a record `(f64, String, u64)`, or as a `Vec` of such.
    /// Absent where it is none.
    #[must_use]
    pub fn record_total(&self) -> Option<u64> {
        self.record_total
    }

    /// The opaque objects, by name.
    #[must_use]
    pub fn opaque(&self) -> &[Opaque] {
        &self.opaque
    }

    /// Whether a container contains itself.
    #[must_use]
    pub fn is_recursive(&self) -> bool {
        self.is_recursive
    }

    /// How it is taken to have come about.
    #[must_use]
    pub fn made(&self) -> Made {
        self.made
    }

    /// Which bytes these are.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.memory
    }
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The literal cannot be read.
    #[error(transparent)]
    Literal(#[from] literal::Error),
    /// A dict key or an item of a set that Python refuses as such.
    #[error("unhashable type: '{0}'; a dict key or an item of a set cannot be changeable")]
    Unhashable(&'static str),
    /// The pickle cannot be read.
    #[error(transparent)]
    Pickle(#[from] pickle::Error),
}

/// The sizes of a Python literal.
///
/// # Errors
/// [`Error::Literal`] and [`Error::Unhashable`].
pub fn of_literal(text: &str, memory: Memory) -> Result<Sizing, Error> {
    compiled::size(&literal::from_str(text)?, memory)
}

/// The sizes of the one pickle that `reader` holds. It is read twice: first
/// for what its memo fetches, which is kept, and nothing else, so that a list
/// takes memory for one batch of its records.
///
/// What would run code is an error, or with `allow_opaque` an object of a size
/// that is not known, whose parts are counted.
///
/// ```
/// use std::io::Cursor;
/// use pysizeof::{self as sizeof, Build, Memory};
///
/// // pickle.dumps([4, 'toaster', 230.1], 2)
/// let pickle = b"\x80\x02]q\0(K\x04X\x07\0\0\0toasterq\x01G@l\xc333333e.";
/// let sizing = sizeof::of_pickle(Cursor::new(pickle), Memory::Requested, false)?;
/// // Appending leaves room: 8 slots, where the literal has 4.
/// assert_eq!(sizing.root().bytes().of(Build::Cpython311), 120);
/// assert_eq!(sizing.root().repr(40), "[4, 'toaster', 230.1]");
/// # Ok::<(), sizeof::Error>(())
/// ```
///
/// # Errors
/// [`Error::Pickle`].
pub fn of_pickle<R: BufRead + Seek>(
    reader: R,
    memory: Memory,
    allow_opaque: bool,
) -> Result<Sizing, Error> {
    Ok(unpickled::size_of_file(reader, memory, allow_opaque)?)
}

/// The same from an input that can be read only once. Then every object in
/// the memo is kept, which is an error beyond 2^20 of them.
///
/// # Errors
/// [`Error::Pickle`].
pub fn of_pickle_pipe<R: BufRead>(
    reader: R,
    memory: Memory,
    allow_opaque: bool,
) -> Result<Sizing, Error> {
    Ok(unpickled::size_of_pipe(reader, memory, allow_opaque)?)
}
