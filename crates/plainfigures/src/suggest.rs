//! What somebody may have meant.

/// The candidate that is nearest to a name that does not exist, if any is near
/// enough to be meant: at most a third of it would have to be changed. Of
/// several as near, the first.
///
/// ```
/// use plainfigures::suggest;
///
/// let cases = ["write/text", "read/text", "read/pickle"];
/// assert_eq!(suggest("read/txet", cases), Some("read/text"));
/// assert_eq!(suggest("sleep", cases), None);
/// ```
#[must_use]
pub fn suggest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let edits = |candidate| (strsim::levenshtein(wanted, candidate), candidate);
    let (edits, nearest) = candidates
        .into_iter()
        .map(edits)
        .min_by_key(|(edits, _)| *edits)?;
    (edits <= nearest.chars().count() / 3).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn the_nearest_that_is_near_enough() {
        assert_eq!(
            suggest("abcdef", ["abcxyz", "abcdxy", "abcdyx"]),
            Some("abcdxy")
        );
        assert_eq!(suggest("abcdef", ["abcxyz"]), None, "half of it is another");
        assert_eq!(suggest("", ["a"]), None);
        assert_eq!(suggest("a", []), None);
        assert_eq!(suggest("prüfen", ["prufen"]), Some("prufen"));
    }
}
