//! Something that takes memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A record of somebody's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub number: u64,
    pub customer: String,
    pub amounts: Vec<f64>,
    pub note: Option<String>,
}

/// So many orders, the same each time for the same seed.
pub fn orders(count: u64, seed: u64) -> impl Iterator<Item = Order> {
    (0..count).map(move |at| Order {
        number: at,
        customer: format!("customer {}", (at * 7 + seed) % 1000),
        amounts: (0..at % 4).map(|item| item as f64 * 1.25).collect(),
        note: (at % 10 == 0).then(|| format!("note {at}")),
    })
}

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
