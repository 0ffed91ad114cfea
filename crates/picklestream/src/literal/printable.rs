//! Python's `str.isprintable`, which decides what `repr` writes as itself.

use super::printable_table::CHANGES;

/// Whether Python's `repr` writes `c` as itself rather than as an escape.
///
/// The answer is that of one Unicode version, named in `printable_table.rs`. A
/// Python with a newer one writes a few more characters as themselves; both
/// spellings read back as the same string.
pub(super) fn is_printable(c: char) -> bool {
    let changes = CHANGES.partition_point(|&change| change <= u32::from(c));
    changes % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(CHANGES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn known_characters() {
        for c in [' ', '~', '¡', 'ß', 'Ω', '中', '😀', '\u{fffd}', '\u{301}'] {
            assert!(is_printable(c), "{c:?}");
        }
        for c in [
            '\0',
            '\n',
            '\x1f',
            '\x7f',
            '\u{a0}',
            '\u{ad}',
            '\u{200b}',
            '\u{2028}',
            '\u{3000}',
            '\u{e000}',
            '\u{feff}',
            '\u{378}',
            '\u{e0001}',
            '\u{10ffff}',
        ] {
            assert!(!is_printable(c), "{c:?}");
        }
    }
}
