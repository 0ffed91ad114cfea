//! Something that takes memory.

use std::collections::BTreeMap;

/// How often each word of a text comes.
#[must_use]
pub fn count_words(text: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

/// The same, with words that are borrowed from the text.
#[must_use]
pub fn count_borrowed_words(text: &str) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// A text of so many words, one in ten of which is new.
#[must_use]
pub fn text(words: u64) -> String {
    (0..words).map(|at| format!("word-{} ", at / 10)).collect()
}
