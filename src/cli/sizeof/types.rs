//! How much each type of objects takes, as a table.

use plainfigures::{Align, Table, thousands, visible};
use pysizeof::{Build, Parts, Sizes, Sizing};

use super::table::version;
use super::words;

/// Types that are shown; the others are one row.
const MOST_ROWS: usize = 40;

/// The types for people, the largest first.
pub(super) fn types(sizing: &Sizing, parts: &Parts) -> String {
    let figures = Build::ALL.map(|_| Align::Right);
    let mut table = Table::new([Align::Left, Align::Right].into_iter().chain(figures));
    let versions = Build::ALL.map(|build| version(build).to_owned());
    let mut row = |name: &str, count: String, figures: Vec<String>| {
        let first = [visible(name), count];
        table.row(first.into_iter().chain(figures));
    };
    row("type", "objects".to_owned(), versions.to_vec());
    let figures = |of: &dyn Fn(Build) -> u64| Build::ALL.map(|build| thousands(of(build))).to_vec();
    let of = |sizes: Sizes| figures(&|build| sizes.of(build));
    let (shown, rest) = parts.types().split_at(parts.types().len().min(MOST_ROWS));
    for one in shown {
        row(&one.type_name, thousands(one.count), of(one.bytes));
    }
    if !rest.is_empty() {
        let count = rest.iter().map(|one| one.count).sum();
        let sum = |build| rest.iter().map(|one| one.bytes.of(build)).sum();
        let name = format!("{} more types", thousands(rest.len() as u64));
        row(&name, thousands(count), figures(&sum));
    }
    let has_rest = Build::ALL.iter().any(|&it| parts.untyped().of(it) > 0);
    if has_rest {
        row("–", String::new(), of(parts.untyped()));
    }
    row("total", String::new(), of(sizing.total()));
    let mut text = table.to_string();
    text.push('\n');
    text.push_str("each object once, without what it refers to");
    if has_rest {
        text.push_str("; –: ");
        text.push_str(words::ELSEWHERE);
    }
    text.push('\n');
    text
}
