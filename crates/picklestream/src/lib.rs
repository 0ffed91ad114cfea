//! Python's pickles and literals, read and written through serde, record by
//! record, in constant memory. Nothing is ever executed.

pub mod literal;
pub mod pickle;
pub mod value;

pub use value::Value;
