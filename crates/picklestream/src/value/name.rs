//! Newtype names that only our own codecs give a meaning to.

/// Asked for by `Value` when it is read. Static, so that it has one address.
pub(crate) static VALUE: &str = "$picklestream::Value";
/// Content: the decimal digits, with sign, as a str.
pub(crate) const BIG_INT: &str = "$picklestream::BigInt";
/// Content: bytes.
pub(crate) const BYTE_ARRAY: &str = "$picklestream::ByteArray";
/// Content: a sequence.
pub(crate) const SET: &str = "$picklestream::Set";
/// Content: a sequence.
pub(crate) const FROZEN_SET: &str = "$picklestream::FrozenSet";
/// Content: bytes, UTF-8 with surrogates.
pub(crate) const SURROGATES: &str = "$picklestream::Surrogates";
/// Content: what it is; asked twice, a tuple of parts; asked three times,
/// Python's notation. See `known::transport`.
pub(crate) const OBJECT: &str = "$picklestream::Object";
/// Content: a str that is written without quotes.
pub(crate) const CODE: &str = "$picklestream::Code";
/// A tuple variant of this name is written without brackets and commas.
pub(crate) const JOINED: &str = "$picklestream::Joined";
/// Content: a tuple of two floats.
pub(crate) const COMPLEX: &str = "$picklestream::Complex";

/// Whether it is `Value` that asks, which is known by the address of the name
/// before it is compared.
#[inline]
pub(crate) fn is_value(newtype: &'static str) -> bool {
    std::ptr::eq(newtype, VALUE) || newtype == VALUE
}
