//! Distinct strings: nothing that a memo could share.

use super::builtin::{Builtin, Drawn};
use super::columns::NoColumns;
use super::draw::Draw;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// Characters that are not ASCII: of two, three and four bytes as UTF-8.
const WIDE: [char; 8] = ['ä', 'ß', 'ж', 'λ', '中', '文', '한', '🦀'];

impl Record for String {
    const KIND: RecordKind = RecordKind::Built(Shape::Strings);
    type Borrowed<'file> = &'file str;
}

impl Typed for String {}

impl Fixed for String {}

impl Measured for String {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        self.len()
    }
}

impl Builtin for String {
    const SHAPE: Shape = Shape::Strings;
    type Source = Drawn<String>;

    fn source(records: u64, seed: u64) -> Drawn<String> {
        Drawn::new(Shape::Strings, records, seed, make)
    }
}

/// 5 to 60 characters, of which the last are the number of the record in 32
/// signs, so that no two are the same.
fn make(draw: &mut Draw, at: u64) -> String {
    const SIGNS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    let mut number = Vec::new();
    let mut rest = at;
    while number.is_empty() || rest > 0 {
        number.push(SIGNS[(rest % 32) as usize]);
        rest /= 32;
    }
    let len = draw.between(5, 60).saturating_sub(number.len() as u32);
    let mut text = if draw.below(10) == 0 {
        (0..len).map(|_| WIDE[draw.below(8) as usize]).collect()
    } else {
        // Capitals, which no number has.
        draw.letters(len, b'A', 26)
    };
    text.extend(number.iter().rev().map(|sign| char::from(*sign)));
    text.shrink_to_fit();
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn they_are_distinct_and_a_tenth_is_not_ascii() {
        let records: Vec<String> = String::source(50_000, 1).collect();
        assert_eq!(records.iter().collect::<HashSet<_>>().len(), 50_000);
        let wide = records.iter().filter(|text| !text.is_ascii()).count();
        assert!((4_500..5_500).contains(&wide), "{wide}");
        let lengths = records.iter().map(|text| text.chars().count());
        let (least, most) = (lengths.clone().min(), lengths.max());
        assert_eq!((least, most), (Some(5), Some(60)));
    }
}
