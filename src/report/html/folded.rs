//! Many cases of one operation, folded into the best of each format.

use std::collections::HashSet;

use maud::{Markup, html};

use crate::report::family::compression;
use crate::results::Footprint;

/// As many can be looked at together.
const FEW: usize = 12;

/// Items in their order, best first: the first of each format, compressed or not,
/// and the others. Where there are few, all are among the first.
pub(super) fn split<'a, T>(items: Vec<T>, case: impl Fn(&T) -> &'a Footprint) -> (Vec<T>, Vec<T>) {
    if items.len() <= FEW {
        return (items, Vec::new());
    }
    let mut formats = HashSet::new();
    items
        .into_iter()
        .partition(|item| formats.insert(compression(&case(item).format).0))
}

/// A list of bars, best first, folded where there are many. What is folded opens
/// without a script.
pub(super) fn list<'a, T>(
    rows: &[T],
    case: impl Fn(&T) -> &'a Footprint,
    bar: impl Fn(&T) -> Markup,
) -> Markup {
    let (best, rest) = split(rows.iter().collect(), |row| case(row));
    html! {
        ul { @for row in &best { (bar(row)) } }
        @if !rest.is_empty() {
            (details(rest.len(), &html! { ul { @for row in &rest { (bar(row)) } } }))
        }
    }
}

/// A list of bars that tell more of what the table has too, best first: where
/// there are many, the best only.
pub(super) fn best<'a, T>(
    rows: &[T],
    case: impl Fn(&T) -> &'a Footprint,
    bar: impl Fn(&T) -> Markup,
) -> Markup {
    let (best, rest) = split(rows.iter().collect(), |row| case(row));
    html! {
        ul { @for row in &best { (bar(row)) } }
        @if !rest.is_empty() {
            p.note.fold {
                "These are the best of each format; all other variants (" (rest.len()) ") are in the " a href="#figures" { "table" } "."
            }
        }
    }
}

/// What is there on demand, of so many variants.
pub(super) fn details(count: usize, body: &Markup) -> Markup {
    html! {
        details.rest {
            summary {
                @match count {
                    1 => "The other variant",
                    _ => { "Other variants (" (count) ")" },
                }
            }
            (body)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::case;

    fn ids(cases: &[&Footprint]) -> Vec<String> {
        cases.iter().map(|case| case.id.clone()).collect()
    }

    #[test]
    fn each_format_is_shown_by_its_first() {
        let named = |index: usize| format!("read/{}/{index}", ["a", "b", "b+gzip", "c"][index % 4]);
        let cases: Vec<Footprint> = (0..=FEW).map(|index| case(&named(index), None)).collect();
        let (best, rest) = split(cases.iter().collect(), |case| case);
        assert_eq!(ids(&best), ["read/a/0", "read/b/1", "read/c/3"]);
        assert_eq!(rest.len(), FEW - 2);
        let (best, rest) = split(cases.iter().skip(1).collect(), |case| case);
        assert_eq!((best.len(), rest.len()), (FEW, 0), "few need no folding");
    }
}
