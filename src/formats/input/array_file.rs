//! NumPy's `.npy`: an array of objects is a pickle behind a header.

/// Whether a file that begins like this holds an array of objects.
pub(crate) fn is_pickle(prefix: &[u8]) -> bool {
    header_before_pickle(prefix).is_some()
}

/// Bytes of the header before the pickle, in a file that begins like this and
/// holds an array of objects.
///
/// The layout is that of `numpy.lib.format`: the magic number, a version, the
/// length of a dict in two or four bytes, and the dict.
pub(super) fn header_before_pickle(prefix: &[u8]) -> Option<usize> {
    let rest = prefix.strip_prefix(b"\x93NUMPY")?;
    let (start, length) = match rest {
        [1, _, a, b, ..] => (10, u16::from_le_bytes([*a, *b]).into()),
        [2..=3, _, a, b, c, d, ..] => (12, u32::from_le_bytes([*a, *b, *c, *d])),
        _ => return None,
    };
    let end = usize::try_from(length).ok()?.checked_add(start)?;
    let header = prefix.get(start..end)?;
    let is = |wanted: &[u8]| header.windows(wanted.len()).any(|part| part == wanted);
    (is(b"'descr': '|O'") || is(b"'descr': 'O'")).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arrays_of_objects_are_pickles() {
        let file = |descr: &str| {
            let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,), }}");
            let length = u16::try_from(header.len()).unwrap().to_le_bytes();
            [
                b"\x93NUMPY\x01\0",
                &length[..],
                header.as_bytes(),
                b"\x80\x02N.",
            ]
            .concat()
        };
        let objects = file("|O");
        let length = objects.len();
        assert_eq!(header_before_pickle(&objects), Some(length - 4));
        assert_eq!(header_before_pickle(&file("<f8")), None);
        for cut in 0..length - 4 {
            assert_eq!(header_before_pickle(&objects[..cut]), None);
        }
    }
}
