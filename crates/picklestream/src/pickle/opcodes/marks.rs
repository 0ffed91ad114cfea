//! The open marks of a stack.

/// The open marks of an unpickler's stack: for each the height of the stack
/// when it was opened, and a note of yours.
///
/// The stack itself is yours; it is only ever told by its height. An opcode may
/// not reach below the innermost mark.
///
/// ```
/// use picklestream::pickle::event::Marks;
///
/// let mut stack = vec!['a', 'b'];
/// let mut marks = Marks::new();
/// marks.open(stack.len(), "tuple");
/// stack.push('c');
/// assert_eq!(marks.below(stack.len(), 1), Some(2));
/// assert_eq!(marks.below(stack.len(), 2), None);
///
/// // POP takes an object, or the mark where nothing is above it.
/// assert!(!marks.pop(stack.len()));
/// stack.pop();
/// assert!(marks.pop(stack.len()));
/// assert!(marks.is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Marks<T = ()> {
    open: Vec<(usize, T)>,
}

impl<T> Marks<T> {
    /// No open mark.
    #[must_use]
    pub const fn new() -> Marks<T> {
        Marks { open: Vec::new() }
    }

    /// `MARK` on a stack of `height` objects.
    #[inline]
    pub fn open(&mut self, height: usize, note: T) {
        self.open.push((height, note));
    }

    /// Closes the innermost mark: the height of the stack below it, and its
    /// note. `None` if no mark is open.
    #[inline]
    pub fn close(&mut self) -> Option<(usize, T)> {
        self.open.pop()
    }

    /// The rule of `POP`, as CPython has it: where nothing is above the
    /// innermost mark, the mark goes and the answer is `true`; otherwise
    /// nothing changes here and an object is to go.
    #[inline]
    pub fn pop(&mut self, height: usize) -> bool {
        let takes_mark = matches!(self.open.last(), Some((mark, _)) if *mark == height);
        if takes_mark {
            self.open.pop();
        }
        takes_mark
    }

    /// The height of a stack of `height` objects without its last `count`.
    /// `None` if there are not as many above the innermost mark.
    #[inline]
    pub fn below(&self, height: usize, count: usize) -> Option<usize> {
        let below = height.checked_sub(count)?;
        (below >= self.floor()).then_some(below)
    }

    /// The height of the stack at the innermost mark, 0 if none is open.
    #[inline]
    pub fn floor(&self) -> usize {
        self.open.last().map_or(0, |(height, _)| *height)
    }

    /// The note of the innermost mark.
    #[inline]
    pub fn note(&self) -> Option<&T> {
        self.open.last().map(|(_, note)| note)
    }

    /// How many marks are open.
    #[inline]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether no mark is open.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Closes all of them, for another pickle.
    pub fn clear(&mut self) {
        self.open.clear();
    }

    /// Bytes of memory in use.
    pub(crate) fn used_bytes(&self) -> usize {
        size_of_val(self.open.as_slice())
    }
}

impl<T> Default for Marks<T> {
    fn default() -> Marks<T> {
        Marks::new()
    }
}
