//! How large a literal may be.

/// Upper bounds for [`LiteralRecords`](super::LiteralRecords) and
/// [`from_slice_with`](super::from_slice_with).
///
/// ```
/// use picklestream::literal::{self, LiteralLimits};
///
/// let limits = LiteralLimits { depth: 2, ..LiteralLimits::default() };
/// assert!(literal::from_slice_with::<Vec<Vec<u8>>>(b"[[1]]", limits.clone()).is_ok());
/// let error = literal::from_slice_with::<Vec<Vec<u8>>>(b"[[(1)]]", limits).unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 3: nested deeper than 2 (limit `depth`)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiteralLimits {
    /// Bytes in a line, without its end. A line that does not lie whole in the
    /// reader's buffer is gathered in memory of its own, so this bounds that
    /// memory. Default: 16 MiB.
    pub line_bytes: usize,
    /// Nesting depth: brackets within brackets, grouping parentheses included. At most
    /// [`LiteralLimits::MAX_DEPTH`], whatever is set here, since reading is recursive
    /// and the stack of a thread is small. Default: that same number.
    pub depth: usize,
    /// Digits of an integer. Default: 4300, as in Python, which introduced it
    /// because the time to read a decimal integer grows faster than its length.
    pub int_digits: usize,
}

impl LiteralLimits {
    /// The greatest nesting depth that a stack of 2 MiB is sure to bear.
    pub const MAX_DEPTH: usize = 128;
}

impl Default for LiteralLimits {
    fn default() -> LiteralLimits {
        LiteralLimits {
            line_bytes: 16 << 20,
            depth: LiteralLimits::MAX_DEPTH,
            int_digits: 4300,
        }
    }
}
