//! Whether what serde reads may borrow from the batch.

use serde::de::Visitor;

use crate::pickle::error::Result;

/// Whether what is read may borrow from the batch: `'a` is how long the batch
/// lives, `'de` how long serde may borrow.
pub(crate) trait Lend<'a, 'de>: Copy {
    fn text<V: Visitor<'de>>(visitor: V, text: &'a str) -> Result<V::Value>;
    fn bytes<V: Visitor<'de>>(visitor: V, bytes: &'a [u8]) -> Result<V::Value>;

    /// Whether what is large is moved out of the batch, and not lent.
    const MOVES: bool;
}

/// What is read borrows from the batch.
#[derive(Clone, Copy)]
pub(crate) struct Borrowed;

impl<'a> Lend<'a, 'a> for Borrowed {
    const MOVES: bool = false;

    #[inline]
    fn text<V: Visitor<'a>>(visitor: V, text: &'a str) -> Result<V::Value> {
        visitor.visit_borrowed_str(text)
    }

    fn bytes<V: Visitor<'a>>(visitor: V, bytes: &'a [u8]) -> Result<V::Value> {
        visitor.visit_borrowed_bytes(bytes)
    }
}

/// What is read outlives the batch.
#[derive(Clone, Copy)]
pub(crate) struct Copied;

impl<'a, 'de> Lend<'a, 'de> for Copied {
    const MOVES: bool = true;

    #[inline]
    fn text<V: Visitor<'de>>(visitor: V, text: &'a str) -> Result<V::Value> {
        visitor.visit_str(text)
    }

    fn bytes<V: Visitor<'de>>(visitor: V, bytes: &'a [u8]) -> Result<V::Value> {
        visitor.visit_bytes(bytes)
    }
}
