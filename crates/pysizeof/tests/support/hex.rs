//! Bytes that a script wrote as hexadecimal digits.

/// The bytes of pairs of digits.
pub fn bytes_of(digits: &str) -> Vec<u8> {
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_bytes().chunks(2).map(byte).collect()
}
