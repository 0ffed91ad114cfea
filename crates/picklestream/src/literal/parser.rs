//! What is next in a text, and whether it is what was asked for.
//!
//! Serde's side is in `de.rs`.

use std::borrow::Cow;

use crate::value::Kind;

use super::cursor::Cursor;
use super::error::{Error, ErrorKind};
use super::limits::LiteralLimits;
use super::lookahead::{Separator, first_separator};
use super::number::{self, Number};
use super::string::{self, Prefix};

/// Reads one literal.
pub(super) struct Parser<'de, 'l> {
    pub(super) cursor: Cursor<'de>,
    limits: &'l LiteralLimits,
    /// How many more brackets may be opened within each other.
    pub(super) depth: usize,
}

/// What is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    None,
    Bool(bool),
    Number,
    String(Prefix),
    /// `bytearray(`
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    /// `set(` or `frozenset(`
    Call(Kind),
}

impl<'de, 'l> Parser<'de, 'l> {
    pub(super) fn new(text: &'de [u8], limits: &'l LiteralLimits) -> Parser<'de, 'l> {
        Parser {
            cursor: Cursor::new(text),
            limits,
            depth: limits.depth.min(LiteralLimits::MAX_DEPTH),
        }
    }

    /// Runs `read` behind any parentheses that only group.
    #[inline]
    pub(super) fn grouped<R>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<R, Error>,
    ) -> Result<R, Error> {
        if self.cursor.next_token() == Some(b'(') && self.opens_group() {
            return self.within_groups(read);
        }
        read(self)
    }

    /// Whether the parenthesis that is next opens no tuple.
    pub(super) fn opens_group(&self) -> bool {
        first_separator(&self.cursor.rest()[1..], self.depth) == Separator::Close
    }

    #[cold]
    fn within_groups<R>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let outside = self.depth;
        let mut groups = 0;
        while self.cursor.next_token() == Some(b'(') && self.opens_group() {
            self.enter(1)?;
            groups += 1;
        }
        let value = read(self)?;
        for _ in 0..groups {
            self.cursor.expect(b')')?;
        }
        self.depth = outside;
        Ok(value)
    }

    /// Moves past an opening bracket (and what stands before it).
    #[inline]
    pub(super) fn enter(&mut self, bytes: usize) -> Result<(), Error> {
        if self.depth == 0 {
            return Err(self.too_deep());
        }
        self.depth -= 1;
        self.cursor.skip(bytes);
        Ok(())
    }

    #[cold]
    fn too_deep(&self) -> Error {
        let limit = self.limits.depth.min(LiteralLimits::MAX_DEPTH);
        let message = format!("nested deeper than {limit} (limit `depth`)");
        Error::at(ErrorKind::Limit, self.cursor.at, message)
    }

    /// What is next; nothing is moved but white space.
    pub(super) fn shape(&mut self) -> Result<Shape, Error> {
        let Some(first) = self.cursor.next_token() else {
            return Err(self.cursor.unexpected("a value"));
        };
        match first {
            b'(' => Ok(Shape::Tuple),
            b'[' => Ok(Shape::List),
            b'{' => Ok(self.brace()),
            _ if number::starts_number(first) => Ok(Shape::Number),
            b'\'' | b'"' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word_shape(),
            _ => Err(self.cursor.unexpected("a value")),
        }
    }

    fn brace(&self) -> Shape {
        match first_separator(&self.cursor.rest()[1..], self.depth) {
            Separator::Comma | Separator::Close => Shape::Set,
            Separator::Colon | Separator::Empty | Separator::Nothing => Shape::Dict,
        }
    }

    pub(super) fn brace_may_be_set(&self) -> bool {
        let separator = first_separator(&self.cursor.rest()[1..], self.depth);
        !matches!(separator, Separator::Colon | Separator::Empty)
    }

    fn word_shape(&self) -> Result<Shape, Error> {
        if let Some(prefix) = string::prefix(&self.cursor)? {
            return Ok(Shape::String(prefix));
        }
        let word = self.cursor.word();
        let call = self.cursor.rest().get(word.len()) == Some(&b'(');
        match word {
            b"None" => Ok(Shape::None),
            b"True" => Ok(Shape::Bool(true)),
            b"False" => Ok(Shape::Bool(false)),
            b"inf" | b"nan" | b"infj" | b"nanj" => Ok(Shape::Number),
            b"bytearray" if call => Ok(Shape::ByteArray),
            b"set" if call => Ok(Shape::Call(Kind::Set)),
            b"frozenset" if call => Ok(Shape::Call(Kind::FrozenSet)),
            _ => {
                let shown = self.cursor.shown_word();
                let what = if call { "call of" } else { "name" };
                let message = format!("expected a value, found the {what} {shown}");
                Err(Error::at(ErrorKind::Unsupported, self.cursor.at, message))
            }
        }
    }

    pub(super) fn read_number(&mut self) -> Result<Number, Error> {
        number::read_number(&mut self.cursor, self.limits)
    }

    /// The bytes of `b'…'` or `bytearray(b'…')`.
    pub(super) fn read_bytes(&mut self, shape: Shape) -> Result<Cow<'de, [u8]>, Error> {
        match shape {
            Shape::String(prefix) if prefix.bytes => string::read_bytes(&mut self.cursor, prefix),
            Shape::ByteArray => {
                self.cursor.skip(b"bytearray(".len());
                if self.cursor.next_token() == Some(b')') {
                    self.cursor.skip(1);
                    return Ok(Cow::Borrowed(b""));
                }
                let bytes = match string::prefix(&self.cursor)? {
                    Some(prefix) if prefix.bytes => string::read_bytes(&mut self.cursor, prefix)?,
                    _ => return Err(self.cursor.unexpected("bytes, such as b'…'")),
                };
                self.cursor.expect(b')')?;
                Ok(bytes)
            }
            _ => Err(self.mismatch("bytes", shape)),
        }
    }

    /// An error for a value of another type than `expected`.
    #[cold]
    pub(super) fn mismatch(&mut self, expected: &str, shape: Shape) -> Error {
        let at = self.cursor.at;
        let found = match shape {
            Shape::None => "None".to_owned(),
            Shape::Bool(true) => "True".to_owned(),
            Shape::Bool(false) => "False".to_owned(),
            Shape::Number => match self.read_number() {
                Ok(number) => number.describe(),
                Err(error) => return error,
            },
            Shape::String(prefix) if prefix.bytes => "bytes".to_owned(),
            Shape::String(_) => "a str".to_owned(),
            Shape::ByteArray => "a bytearray".to_owned(),
            Shape::Tuple => "a tuple".to_owned(),
            Shape::List => "a list".to_owned(),
            Shape::Dict => "a dict".to_owned(),
            Shape::Call(Kind::FrozenSet) => "a frozenset".to_owned(),
            Shape::Set | Shape::Call(_) => "a set".to_owned(),
        };
        let hint = match expected {
            "a float" if found.starts_with("the int") => {
                " (Python writes a float with a point: 1.0)"
            }
            _ => "",
        };
        let message = format!("expected {expected}, found {found}{hint}");
        Error::at(ErrorKind::Data, at, message)
    }

    /// Reads an int and gives it to `fit`, which says whether it is in range.
    pub(super) fn read_int<T>(
        &mut self,
        expected: &str,
        fit: impl FnOnce(bool, u128) -> Option<T>,
    ) -> Result<T, Error> {
        self.grouped(|this| {
            let shape = this.shape()?;
            let at = this.cursor.at;
            if shape != Shape::Number {
                return Err(this.mismatch("an int", shape));
            }
            let number = this.read_number()?;
            let fitting = match &number {
                Number::Int { negative, size } => fit(*negative, *size),
                Number::BigInt(_) => None,
                Number::Float(_) | Number::Complex(..) => {
                    let message = format!("expected an int, found {}", number.describe());
                    return Err(Error::at(ErrorKind::Data, at, message));
                }
            };
            fitting.ok_or_else(|| {
                let message = format!("{} does not fit {expected}", number.describe());
                Error::at(ErrorKind::Data, at, message)
            })
        })
    }

    pub(super) fn read_float(&mut self) -> Result<f64, Error> {
        self.grouped(|this| {
            let shape = this.shape()?;
            let at = this.cursor.at;
            if shape == Shape::Number
                && let Number::Float(float) = this.read_number()?
            {
                return Ok(float);
            }
            this.cursor.at = at;
            Err(this.mismatch("a float", shape))
        })
    }
}
