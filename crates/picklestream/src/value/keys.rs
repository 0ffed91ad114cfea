//! Keys of dicts and items of sets, as Python compares them: `1`, `1.0` and
//! `True` are one key, and what can change is none.
//!
//! A key given again replaces the value and keeps the place. Hardly any file has
//! one, so the question is answered by fingerprints; only where two of them are
//! the same are keys compared.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::ptr;
use std::sync::LazyLock;

use num_bigint::{BigInt, Sign};

use super::model::Value;

/// Up to so many keys, each fingerprint is compared with all before it.
const FEW: usize = 16;

/// The name of the type within `key` for which Python says that it is
/// unhashable; `None` of a key.
pub(super) fn unhashable(key: &Value) -> Option<&'static str> {
    match key {
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::ByteArray(_) => {
            Some(key.type_name())
        }
        Value::Tuple(items) => items.iter().find_map(unhashable),
        _ => None,
    }
}

/// Leaves each key once: in its first place, with its last value.
pub(super) fn merge_pairs(pairs: &mut Vec<(Value, Value)>) {
    if let Some(firsts) = repeats(pairs, |(key, _)| key) {
        merge(pairs, &firsts, |kept, (_, value)| kept.1 = value);
    }
}

/// Leaves each item once, in its first place.
pub(super) fn merge_items(items: &mut Vec<Value>) {
    if let Some(firsts) = repeats(items, |item| item) {
        merge(items, &firsts, |_, _| ());
    }
}

/// `firsts` has for each entry the place of the first one with its key.
fn merge<T>(entries: &mut Vec<T>, firsts: &[usize], again: impl Fn(&mut T, T)) {
    let mut kept: Vec<T> = Vec::with_capacity(entries.len());
    // Of each entry that was kept, where it is now.
    let mut places = vec![0; firsts.len()];
    for (place, (entry, &first)) in entries.drain(..).zip(firsts).enumerate() {
        if first == place {
            places[place] = kept.len();
            kept.push(entry);
        } else {
            again(&mut kept[places[first]], entry);
        }
    }
    *entries = kept;
}

/// For each entry the place of the first one with its key, if any comes twice.
#[inline]
fn repeats<T>(entries: &[T], key: impl Fn(&T) -> &Value) -> Option<Vec<usize>> {
    let may_repeat = if entries.len() < 2 {
        false
    } else if entries.len() <= FEW {
        let mut seen = [0; FEW];
        let mut any = false;
        for (count, entry) in entries.iter().enumerate() {
            let new = fingerprint(key(entry));
            any |= seen[..count].contains(&new);
            seen[count] = new;
        }
        any
    } else {
        let mut seen: Vec<u64> = entries
            .iter()
            .map(|entry| fingerprint(key(entry)))
            .collect();
        seen.sort_unstable();
        seen.windows(2).any(|pair| pair[0] == pair[1])
    };
    may_repeat.then(|| firsts(entries, key)).flatten()
}

/// The same by comparing keys; the hash is one that no file can have foreseen.
#[cold]
fn firsts<T>(entries: &[T], key: impl Fn(&T) -> &Value) -> Option<Vec<usize>> {
    let mut places = HashMap::with_capacity(entries.len());
    let mut firsts = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        firsts.push(match places.entry(Key(key(entry))) {
            Entry::Occupied(first) => *first.get(),
            Entry::Vacant(vacant) => *vacant.insert(place),
        });
    }
    (places.len() < entries.len()).then_some(firsts)
}

/// A key with Python's equality. A NaN equals nothing, for which [`Eq`] has no
/// word; a table only ever takes it for another key.
struct Key<'a>(&'a Value);

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        feed(self.0, state);
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Key<'_>) -> bool {
        equal(self.0, other.0)
    }
}

impl Eq for Key<'_> {}

/// Python's `==` of two keys.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::None, Value::None) => true,
        (Value::Str(left), Value::Str(right)) => left == right,
        (Value::Surrogates(left), Value::Surrogates(right)) => left == right,
        (Value::Bytes(left), Value::Bytes(right)) => left == right,
        (Value::Tuple(left), Value::Tuple(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| equal(l, r))
        }
        (Value::FrozenSet(left), Value::FrozenSet(right)) => {
            // Neither has an item twice.
            let right: HashSet<Key<'_>> = right.iter().map(Key).collect();
            left.len() == right.len() && left.iter().all(|item| right.contains(&Key(item)))
        }
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

/// A number as one of the narrowest kind that it equals.
#[derive(Debug, PartialEq)]
enum Number<'a> {
    Int(i128),
    BigInt(Cow<'a, BigInt>),
    /// A float that is no integer.
    Float(f64),
    /// With an imaginary part.
    Complex(f64, f64),
}

/// The number that a key is, if it is one.
fn number(key: &Value) -> Option<Number<'_>> {
    Some(match *key {
        Value::Bool(value) => Number::Int(value.into()),
        Value::Int(value) => Number::Int(value),
        Value::BigInt(ref value) => Number::BigInt(Cow::Borrowed(value)),
        Value::Float(value) => real(value),
        Value::Complex(value, 0.0) => real(value),
        Value::Complex(value, imaginary) => Number::Complex(value, imaginary),
        _ => return None,
    })
}

fn real(value: f64) -> Number<'static> {
    let int = value as i128;
    // At the upper end the cast stops one short of 2^127, which it then equals.
    if int as f64 == value && int != i128::MAX {
        return Number::Int(int);
    }
    match value.is_finite() && value.fract() == 0.0 {
        true => Number::BigInt(Cow::Owned(integer(value))),
        false => Number::Float(value),
    }
}

/// The integer that a float of 2^127 or more is, with its sign.
fn integer(value: f64) -> BigInt {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as usize;
    let digits = bits & ((1 << 52) - 1) | 1 << 52;
    let int = BigInt::from(digits) << exponent.saturating_sub(1075);
    if value < 0.0 { -int } else { int }
}

/// Feeds a hash: the same for keys that are equal. What equals nothing feeds its
/// address, or a file of such keys could have each compared with all others.
fn feed<H: Hasher>(key: &Value, state: &mut H) {
    match key {
        Value::Str(text) => {
            state.write(text.as_bytes());
            state.write_u8(0xff);
        }
        Value::Surrogates(text) => state.write(text.as_bytes()),
        Value::Bytes(bytes) => state.write(bytes),
        Value::Object(_) => state.write_usize(ptr::from_ref(key).addr()),
        Value::Tuple(items) => {
            state.write_usize(items.len());
            for item in items {
                feed(item, state);
            }
        }
        // In any order: a sum, of what no file can have foreseen.
        Value::FrozenSet(items) => {
            static RANDOM: LazyLock<RandomState> = LazyLock::new(RandomState::new);
            let hashes = items.iter().map(|item| RANDOM.hash_one(Key(item)));
            state.write_u64(hashes.fold(0, u64::wrapping_add));
        }
        _ => match number(key) {
            Some(Number::Int(value)) => {
                state.write_u64(value as u64);
                state.write_u64((value >> 64) as u64);
            }
            Some(Number::BigInt(value)) => {
                state.write_u8(u8::from(value.sign() == Sign::Minus));
                for digit in value.iter_u64_digits() {
                    state.write_u64(digit);
                }
            }
            Some(number) if is_nan(&number) => state.write_usize(ptr::from_ref(key).addr()),
            Some(Number::Float(value)) => state.write_u64(value.to_bits()),
            Some(Number::Complex(real, imaginary)) => {
                // Without the sign of zero.
                state.write_u64((real + 0.0).to_bits());
                state.write_u64((imaginary + 0.0).to_bits());
            }
            None => {}
        },
    }
}

fn is_nan(number: &Number<'_>) -> bool {
    match *number {
        Number::Float(value) => value.is_nan(),
        Number::Complex(real, imaginary) => real.is_nan() || imaginary.is_nan(),
        _ => false,
    }
}

/// A number of 64 bits that is the same for equal keys, and hardly ever for
/// others.
#[inline]
fn fingerprint(key: &Value) -> u64 {
    if let Value::Str(text) = key
        && let Some(print) = short_print(text.as_bytes())
    {
        return print;
    }
    let mut state = Fingerprint(0);
    feed(key, &mut state);
    state.finish()
}

/// The fingerprint of up to 16 bytes, from their first and their last eight.
#[inline(always)]
fn short_print(bytes: &[u8]) -> Option<u64> {
    let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        }
        (Some(_), _) => return None,
        _ => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                let [first, last] = [first, last].map(|four| u32::from_le_bytes(*four));
                (first.into(), last.into())
            }
            _ => {
                let byte = |place| u64::from(bytes.get(place).copied().unwrap_or(0));
                (byte(0) << 8 | byte(1), byte(2))
            }
        },
    };
    let mixed = (first ^ bytes.len() as u64).wrapping_mul(GOLDEN);
    Some((mixed.rotate_left(32) ^ last).wrapping_mul(GOLDEN))
}

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// By multiplication, eight bytes at a time.
struct Fingerprint(u64);

impl Fingerprint {
    #[inline(always)]
    fn add(&mut self, word: u64) {
        let mixed = u128::from(self.0 ^ word) * u128::from(GOLDEN);
        self.0 = (mixed as u64) ^ (mixed >> 64) as u64 ^ word.rotate_left(32);
    }
}

impl Hasher for Fingerprint {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((word, after)) = rest.split_first_chunk() {
            self.add(u64::from_le_bytes(*word));
            rest = after;
        }
        let mut last = 0;
        for &byte in rest {
            last = last << 8 | u64::from(byte);
        }
        self.add(last);
        self.add(bytes.len() as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.add(word);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Surrogates;

    #[test]
    fn keys_are_equal_as_in_python() {
        let big = |bits: usize| Value::from_big_int(BigInt::from(1) << bits);
        let surrogates = || {
            let text = Surrogates::from_bytes(b"\xed\xa0\x80".to_vec());
            Value::Surrogates(text.expect("it has one"))
        };
        let same = [
            (Value::Int(1), Value::Bool(true)),
            (Value::Int(0), Value::Float(-0.0)),
            (Value::Float(1.0), Value::Complex(1.0, -0.0)),
            (Value::Complex(0.0, 1.0), Value::Complex(-0.0, 1.0)),
            (surrogates(), surrogates()),
            (big(100), Value::Float(2_f64.powi(100))),
            (big(127), Value::Float(2_f64.powi(127))),
            (big(1000), Value::Float(2_f64.powi(1000))),
            (
                Value::Tuple(vec![Value::Int(2), Value::None]),
                Value::Tuple(vec![Value::Float(2.0), Value::None]),
            ),
            (
                Value::FrozenSet(vec![Value::Int(1), Value::Int(2)]),
                Value::FrozenSet(vec![Value::Float(2.0), Value::Bool(true)]),
            ),
        ];
        for (left, right) in same {
            assert!(equal(&left, &right), "{left:?} {right:?}");
            assert_eq!(fingerprint(&left), fingerprint(&right), "{left:?}");
        }
        let nan = Value::Float(f64::NAN);
        let different = [
            (nan.clone(), nan),
            (Value::Str("1".into()), Value::Int(1)),
            (Value::Str("a".into()), Value::Bytes(b"a".to_vec())),
            (Value::Int((1 << 53) + 1), Value::Float(2_f64.powi(53))),
            (Value::None, Value::Int(0)),
            (Value::Int(i128::MAX), Value::Float(2_f64.powi(127))),
        ];
        for (left, right) in different {
            assert!(!equal(&left, &right), "{left:?} {right:?}");
        }
    }

    #[test]
    fn keys_that_only_look_alike_stay_apart_however_many_there_are() {
        for count in [1, FEW, FEW + 1, 1000] {
            let key = |number: usize| Value::Str(format!("a key with number {number}"));
            let once: Vec<_> = (0..count)
                .map(|number| (key(number), Value::None))
                .collect();
            let mut pairs = once.clone();
            merge_pairs(&mut pairs);
            assert_eq!(pairs, once);
            pairs.push((key(0), Value::Int(7)));
            merge_pairs(&mut pairs);
            assert_eq!(pairs.len(), count);
            assert_eq!(pairs[0], (key(0), Value::Int(7)));
            let mut items: Vec<_> = once
                .iter()
                .chain(&once)
                .map(|(key, _)| key.clone())
                .collect();
            merge_items(&mut items);
            assert!(items.iter().eq(once.iter().map(|(key, _)| key)));
        }
    }
}
