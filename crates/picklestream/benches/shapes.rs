//! Records of several shapes, the same ones every time, and pickles of them as
//! CPython writes them: with its memo, and with strs that are one object
//! fetched from it.

use std::collections::HashMap;

use picklestream::Value;
use serde::{Deserialize, Serialize};

/// Written as a tuple.
pub type Tuple = (f64, String, u64);

/// Written as a dict.
#[derive(Serialize, Deserialize)]
pub struct Dict {
    pub id: u64,
    pub name: String,
    pub city: String,
    pub score: f64,
    pub tags: Vec<String>,
    pub active: bool,
}

/// A [`Dict`] as it lies in a batch.
#[expect(dead_code, reason = "reading is what is measured")]
#[derive(Deserialize)]
pub struct DictRef<'a> {
    pub id: u64,
    pub name: &'a str,
    pub city: &'a str,
    pub score: f64,
    #[serde(borrow)]
    pub tags: Vec<&'a str>,
    pub active: bool,
}

/// Where the records of all shapes come from.
pub struct Source {
    state: u64,
    words: Vec<String>,
}

impl Default for Source {
    fn default() -> Source {
        let mut source = Source {
            state: 0x9E37_79B9_7F4A_7C15,
            words: Vec::new(),
        };
        source.words = (0..1000).map(|_| source.letters(4, 12)).collect();
        source
    }
}

impl Source {
    /// xorshift64: any bits will do.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    fn letters(&mut self, least: u64, most: u64) -> String {
        let len = least + self.below(most - least + 1);
        let letter = |source: &mut Source| char::from(b'@' + source.below(26) as u8);
        (0..len).map(|_| letter(self)).collect()
    }

    /// A float, a str of 20 characters and an integer of up to 64 bits.
    pub fn tuple(&mut self) -> Tuple {
        (self.float(), self.letters(20, 20), self.next())
    }

    pub fn dict(&mut self) -> Dict {
        Dict {
            id: self.below(1_000_000),
            name: self.letters(6, 16),
            city: self.letters(4, 12),
            score: self.float(),
            tags: (0..3).map(|_| self.letters(2, 6)).collect(),
            active: self.below(2) == 0,
        }
    }

    /// From 0 to 1.
    pub fn float(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of one byte, of four, or of eight.
    pub fn integer(&mut self) -> u64 {
        match self.below(3) {
            0 => self.below(256),
            1 => self.below(1 << 32),
            _ => self.next(),
        }
    }

    /// 5 to 60 characters, in one of ten strs not only ASCII.
    pub fn string(&mut self) -> String {
        let text = self.letters(5, 60);
        match self.below(10) {
            0 => text.replace(['A', 'K'], "é").replace('Q', "€"),
            _ => text,
        }
    }

    /// Ten strs, each of them one of a thousand objects.
    pub fn words(&mut self) -> Vec<String> {
        (0..10)
            .map(|_| {
                let word = self.below(self.words.len() as u64);
                self.words[word as usize].clone()
            })
            .collect()
    }

    /// Lists, dicts, numbers, strs and `None` within each other.
    pub fn object(&mut self) -> Value {
        let items = (0..3).map(|_| self.part(1)).collect();
        Value::List(items)
    }

    fn part(&mut self, depth: u32) -> Value {
        match self.below(if depth < 4 { 8 } else { 5 }) {
            0 => Value::None,
            1 => Value::Int(i128::from(self.below(100_000))),
            2 => Value::Float(self.float()),
            3 => Value::Str(self.letters(3, 12)),
            4 => Value::Bool(self.below(2) == 0),
            5 => Value::List((0..2).map(|_| self.part(depth + 1)).collect()),
            _ => {
                let pairs = ["kind", "parent", "children"].iter().map(|key| {
                    let value = self.part(depth + 1);
                    (Value::Str((*key).to_owned()), value)
                });
                Value::Dict(pairs.collect())
            }
        }
    }
}

/// A record as CPython's `pickle` would have it.
pub trait Python {
    fn value(&self) -> Value;
}

impl Python for f64 {
    fn value(&self) -> Value {
        Value::Float(*self)
    }
}

impl Python for u64 {
    fn value(&self) -> Value {
        Value::Int(i128::from(*self))
    }
}

impl Python for String {
    fn value(&self) -> Value {
        Value::Str(self.clone())
    }
}

impl Python for Vec<String> {
    fn value(&self) -> Value {
        Value::List(self.iter().map(Python::value).collect())
    }
}

impl Python for Tuple {
    fn value(&self) -> Value {
        Value::Tuple(vec![self.0.value(), self.1.value(), self.2.value()])
    }
}

impl Python for Dict {
    fn value(&self) -> Value {
        let pairs = [
            ("id", self.id.value()),
            ("name", self.name.value()),
            ("city", self.city.value()),
            ("score", self.score.value()),
            ("tags", self.tags.value()),
            ("active", Value::Bool(self.active)),
        ];
        let pairs = pairs.map(|(key, value)| (Value::Str(key.to_owned()), value));
        Value::Dict(pairs.into())
    }
}

impl Python for Value {
    fn value(&self) -> Value {
        self.clone()
    }
}

/// A pickle of a list of records as CPython writes it. Keys of dicts are one
/// object each; so are all strs with the same text if `one_object`.
pub fn cpython<T: Python>(records: &[T], protocol: u8, one_object: bool) -> Vec<u8> {
    let mut pickler = Pickler {
        out: Vec::new(),
        protocol,
        next: 0,
        ids: HashMap::new(),
        one_object,
    };
    if protocol >= 2 {
        pickler.out.extend_from_slice(&[0x80, protocol]);
    }
    pickler.list(records.iter().map(Python::value));
    pickler.out.push(b'.');
    pickler.out
}

/// Items between two `APPENDS`.
const BATCH: usize = 1000;

struct Pickler {
    out: Vec<u8>,
    protocol: u8,
    next: u32,
    ids: HashMap<String, u32>,
    one_object: bool,
}

impl Pickler {
    fn line(&mut self, opcode: u8, text: &str) {
        self.out.push(opcode);
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'\n');
    }

    fn memoize(&mut self) {
        let id = self.next;
        self.next += 1;
        match (self.protocol, u8::try_from(id)) {
            (0, _) => self.line(b'p', &id.to_string()),
            (4.., _) => self.out.push(0x94),
            (_, Ok(id)) => self.out.extend_from_slice(&[b'q', id]),
            _ => {
                self.out.push(b'r');
                self.out.extend_from_slice(&id.to_le_bytes());
            }
        }
    }

    fn text(&mut self, text: &str, one_object: bool) {
        if one_object {
            match (self.protocol, self.ids.get(text).copied()) {
                (_, None) => {
                    self.ids.insert(text.to_owned(), self.next);
                }
                (0, Some(id)) => return self.line(b'g', &id.to_string()),
                (_, Some(id)) => {
                    return match u8::try_from(id) {
                        Ok(id) => self.out.extend_from_slice(&[b'h', id]),
                        Err(_) => {
                            self.out.push(b'j');
                            self.out.extend_from_slice(&id.to_le_bytes());
                        }
                    };
                }
            }
        }
        match self.protocol {
            // Latin-1, and escapes beyond.
            0 => {
                self.out.push(b'V');
                for c in text.chars() {
                    match u8::try_from(u32::from(c)) {
                        Ok(byte) => self.out.push(byte),
                        Err(_) => {
                            let escape = format!("\\u{:04x}", u32::from(c));
                            self.out.extend_from_slice(escape.as_bytes());
                        }
                    }
                }
                self.out.push(b'\n');
            }
            2 => {
                self.out.push(b'X');
                let len = text.len() as u32;
                self.out.extend_from_slice(&len.to_le_bytes());
                self.out.extend_from_slice(text.as_bytes());
            }
            _ => {
                self.out.extend_from_slice(&[0x8c, text.len() as u8]);
                self.out.extend_from_slice(text.as_bytes());
            }
        }
        self.memoize();
    }

    fn int(&mut self, value: i128) {
        match (self.protocol, i32::try_from(value)) {
            (0, Ok(_)) => self.line(b'I', &value.to_string()),
            (0, Err(_)) => self.line(b'L', &format!("{value}L")),
            (_, Ok(0..=0xff)) => self.out.extend_from_slice(&[b'K', value as u8]),
            (_, Ok(0..=0xffff)) => {
                self.out.push(b'M');
                self.out.extend_from_slice(&(value as u16).to_le_bytes());
            }
            (_, Ok(value)) => {
                self.out.push(b'J');
                self.out.extend_from_slice(&value.to_le_bytes());
            }
            _ => {
                let len = (129 - value.leading_zeros()).div_ceil(8) as usize;
                self.out.extend_from_slice(&[0x8a, len as u8]);
                self.out.extend_from_slice(&value.to_le_bytes()[..len]);
            }
        }
    }

    fn list(&mut self, items: impl ExactSizeIterator<Item = Value>) {
        self.begin(b"]", b"(l");
        let mut left = items.len();
        for (number, item) in items.enumerate() {
            if self.protocol > 0 && number % BATCH == 0 && left > 1 {
                self.out.push(b'(');
            }
            let alone = number % BATCH == 0 && left == 1;
            self.value(&item);
            left -= 1;
            if self.protocol == 0 || alone {
                self.out.push(b'a');
            } else if left == 0 || number % BATCH == BATCH - 1 {
                self.out.push(b'e');
            }
        }
    }

    fn begin(&mut self, binary: &[u8], textual: &[u8]) {
        let opcode = if self.protocol == 0 { textual } else { binary };
        self.out.extend_from_slice(opcode);
        self.memoize();
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.out.push(b'N'),
            Value::Bool(value) => match (self.protocol, value) {
                (0, _) => self.line(b'I', if *value { "01" } else { "00" }),
                (_, true) => self.out.push(0x88),
                (_, false) => self.out.push(0x89),
            },
            Value::Int(value) => self.int(*value),
            Value::Float(value) if self.protocol == 0 => self.line(b'F', &format!("{value:?}")),
            Value::Float(value) => {
                self.out.push(b'G');
                self.out.extend_from_slice(&value.to_be_bytes());
            }
            Value::Str(text) => self.text(text, self.one_object),
            Value::List(items) => self.list(items.iter().cloned()),
            Value::Tuple(items) => {
                let by_mark = self.protocol == 0 || items.len() > 3;
                if by_mark {
                    self.out.push(b'(');
                }
                for item in items {
                    self.value(item);
                }
                let opcode = match items.len() {
                    len @ 1..=3 if !by_mark => 0x84 + len as u8,
                    _ => b't',
                };
                self.out.push(opcode);
                self.memoize();
            }
            Value::Dict(pairs) => {
                self.begin(b"}", b"(d");
                if self.protocol > 0 {
                    self.out.push(b'(');
                }
                for (key, value) in pairs {
                    match key {
                        Value::Str(text) => self.text(text, true),
                        other => self.value(other),
                    }
                    self.value(value);
                    if self.protocol == 0 {
                        self.out.push(b's');
                    }
                }
                if self.protocol > 0 {
                    self.out.push(b'u');
                }
            }
            other => unreachable!("no shape has a {}", other.type_name()),
        }
    }
}
