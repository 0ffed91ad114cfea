//! Files of joblib, as the pickles that they would be.
//!
//! `joblib.dump` writes a pickle in which each numpy array is an object of a class of
//! its own (`NumpyArrayWrapper`), and the bytes of the array follow the opcodes of that
//! object, in the middle of the pickle: no unpickler can read on from there without
//! knowing how many they are. [`Plain`] knows. What comes out of it is a pickle that has
//! the arrays as numpy itself pickles them.
//!
//! ```
//! use std::io::Read;
//! use picklestream::{Value, known};
//! use picklestream::pickle::{self, Objects, ReadOptions, joblib};
//!
//! // joblib.dump(numpy.array([1.5, 2.5]), file), protocol 2, as joblib 1.1 wrote it
//! let file = [
//!     &b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\nq\0)\x81q\x01}q\x02(X\x05\0\0\0shapeq\x03\
//!     K\x02\x85q\x04X\x05\0\0\0orderq\x05X\x01\0\0\0Cq\x06X\x05\0\0\0dtypeq\x07cnumpy\ndtype\nq\x08\
//!     X\x02\0\0\0f8q\t\x89\x88\x87q\nRq\x0b(K\x03X\x01\0\0\0<q\x0cNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff\
//!     K\0tq\rbub"[..],
//!     &1.5_f64.to_le_bytes(),
//!     &2.5_f64.to_le_bytes(),
//!     b".",
//! ];
//! let file = file.concat();
//! assert!(joblib::is_named_in(&file));
//! let mut plain = Vec::new();
//! joblib::Plain::new(&file[..]).read_to_end(&mut plain)?;
//! let mut options = ReadOptions::default();
//! options.objects = Objects::AsData;
//! let Value::Object(array) = pickle::from_pipe(&plain[..], &options)? else { panic!() };
//! assert_eq!(known::repr(&array).unwrap()?, "[1.5, 2.5]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Source: joblib, `joblib/numpy_pickle.py`, from 0.10 on. What older ones wrote
//! (`NDArrayWrapper`) has its arrays in files of their own.
//!
//! `plain` passes the pickle on, `stack` follows as much of it as arrays need, `array`
//! says what their bytes are, and `ids` numbers memo entries anew where a pickle lies
//! within the pickle.

mod array;
mod error;
mod ids;
mod plain;
mod stack;

use super::opcodes::opcode as op;

pub use error::Error;
pub use plain::Plain;

/// The class of the objects that stand for arrays: module and name.
pub(crate) const WRAPPER: (&str, &str) = ("joblib.numpy_pickle", "NumpyArrayWrapper");

/// Whether a file that begins so is a pickle which names the class that stands for
/// arrays. The bytes of an array come only after that: where the name comes late, what
/// comes before is plain.
#[must_use]
pub fn is_named_in(prefix: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(prefix, text).is_some();
    let (module, name) = WRAPPER;
    let global = format!("c{module}\n{name}\n");
    // From protocol 2 on a pickle says that it is one.
    let names = prefix.first() == Some(&op::PROTO) && has(module.as_bytes());
    names && has(name.as_bytes()) || has(global.as_bytes())
}
