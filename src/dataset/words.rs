//! Lists of words out of few: what a memo is for.

use super::builtin::Builtin;
use super::columns::NoColumns;
use super::draw::Draw;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// Words that there are.
const WORDS: u32 = 1000;

/// Words in a record.
const PER_RECORD: usize = 10;

impl Record for Vec<String> {
    const KIND: RecordKind = RecordKind::Built(Shape::Words);
    type Borrowed<'file> = Vec<&'file str>;
    const SHARES_STRINGS: bool = true;
}

impl Typed for Vec<String> {}

impl Fixed for Vec<String> {}

impl Measured for Vec<String> {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        let words = self.iter().map(|word| size_of::<String>() + word.len());
        words.sum()
    }
}

impl Builtin for Vec<String> {
    const SHAPE: Shape = Shape::Words;
    type Source = WordLists;

    fn source(records: u64, seed: u64) -> WordLists {
        let mut draw = Draw::new(seed, Shape::Words);
        let words = (0..WORDS).map(|at| {
            let len = draw.between(3, 10);
            // Its number makes it another than the others.
            format!("{}{at}", draw.letters(len, b'a', 26))
        });
        let words = words.collect();
        WordLists {
            words,
            draw,
            left: records,
        }
    }
}

/// Makes lists of ten words out of 1,000, which are made first.
#[derive(Debug, Clone)]
pub struct WordLists {
    words: Vec<String>,
    draw: Draw,
    left: u64,
}

impl Iterator for WordLists {
    type Item = Vec<String>;

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }

    fn next(&mut self) -> Option<Vec<String>> {
        self.left = self.left.checked_sub(1)?;
        let mut word = || self.words[self.draw.below(WORDS) as usize].clone();
        Some((0..PER_RECORD).map(|_| word()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ten_words_out_of_a_thousand() {
        let records: Vec<Vec<String>> = Vec::source(10_000, 1).collect();
        assert!(records.iter().all(|words| words.len() == PER_RECORD));
        let words: HashSet<&String> = records.iter().flatten().collect();
        assert_eq!(words.len(), WORDS as usize);
    }
}
