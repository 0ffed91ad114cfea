//! Memo ids, where pickles lie within the pickle: each numbers its own from 0, and what
//! comes out is one pickle.

/// Which id an entry of the memo gets.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// The next id of the outer pickle, in its own numbers.
    next: u32,
    /// From each of these ids of the outer pickle on, how much is added.
    shifts: Vec<(u32, u32)>,
    /// The first id that an inner pickle gets, and its own next one.
    inner: Option<(u32, u32)>,
}

impl Ids {
    /// Whether ids are what they were.
    pub(super) fn are_kept(&self) -> bool {
        self.shifts.is_empty() && self.inner.is_none()
    }

    /// Whether an inner pickle has begun and not ended.
    pub(super) fn is_inner(&self) -> bool {
        self.inner.is_some()
    }

    fn shift(&self, id: u32) -> u32 {
        let after = self.shifts.partition_point(|&(from, _)| from <= id);
        after.checked_sub(1).map_or(0, |last| self.shifts[last].1)
    }

    /// The id that `MEMOIZE` means, in the pickle's own numbers.
    pub(super) fn next(&self) -> u32 {
        self.inner.map_or(self.next, |(_, next)| next)
    }

    /// The new id of an entry that is put or fetched. `None` if there is none left.
    pub(super) fn new_id(&self, id: u32) -> Option<u32> {
        match self.inner {
            Some((base, _)) => base.checked_add(id),
            None => id.checked_add(self.shift(id)),
        }
    }

    /// Notes that an entry was put.
    pub(super) fn put(&mut self, id: u32) {
        let next = match &mut self.inner {
            Some((_, next)) => next,
            None => &mut self.next,
        };
        *next = (*next).max(id.saturating_add(1));
    }

    /// An inner pickle begins.
    pub(super) fn begin_inner(&mut self) {
        let base = self.next.saturating_add(self.shift(self.next));
        self.inner = Some((base, 0));
    }

    /// The inner pickle ends; `false` if there was none.
    pub(super) fn end_inner(&mut self) -> bool {
        let Some((_, entries)) = self.inner.take() else {
            return false;
        };
        let shift = self.shift(self.next).saturating_add(entries);
        self.shifts.push((self.next, shift));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_after_an_inner_pickle_come_after_its_own() {
        let mut ids = Ids::default();
        ids.put(0);
        ids.put(1);
        assert!(ids.are_kept());
        ids.begin_inner();
        assert_eq!((ids.next(), ids.new_id(0)), (0, Some(2)));
        ids.put(0);
        ids.put(2);
        assert_eq!(ids.new_id(2), Some(4));
        assert!(ids.end_inner());
        assert_eq!(
            (ids.next(), ids.new_id(1), ids.new_id(2)),
            (2, Some(1), Some(5))
        );
        ids.put(2);
        ids.begin_inner();
        assert_eq!(ids.new_id(0), Some(6));
        ids.put(0);
        ids.end_inner();
        assert_eq!((ids.new_id(2), ids.new_id(3)), (Some(5), Some(7)));
        assert_eq!(ids.new_id(u32::MAX), None);
        assert!(!ids.end_inner());
    }
}
