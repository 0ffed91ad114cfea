//! Memo ids as indices. Picklers number objects one after another, so that an
//! id is nearly always a place in a small table; only hostile files have ids
//! far apart, and those must not cost memory for what lies between.

use std::collections::BTreeSet;

/// Ids from here on are kept in a tree: no pickle has so many objects before
/// it has more of them than an id table would take.
const DENSE: u32 = 1 << 26;

/// Ids of one page of an [`IdSet`].
const PAGE_IDS: u32 = 512;

/// No page, no rank.
const NONE: u32 = u32::MAX;

/// A set of memo ids: a bitmap in pages, of which only those exist that have an
/// id. 64 bytes each, at the most 8 MiB.
#[derive(Debug, Default)]
pub(crate) struct IdSet {
    /// The page of so many ids, or [`NONE`].
    directory: Vec<u32>,
    pages: Vec<[u64; PAGE_IDS as usize / 64]>,
    beyond: BTreeSet<u32>,
    len: usize,
}

impl IdSet {
    /// How many ids there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether an id has a page and is there: a quick answer to be sure of only
    /// where it is yes.
    #[inline(always)]
    pub(crate) fn has_on_page(&self, id: u32) -> bool {
        let page = self.directory.get((id / PAGE_IDS) as usize);
        let page = page.and_then(|&page| self.pages.get(page as usize));
        page.is_some_and(|page| page[(id % PAGE_IDS / 64) as usize] >> (id % 64) & 1 != 0)
    }

    /// Adds an id; whether it is new.
    #[inline]
    pub(crate) fn insert(&mut self, id: u32) -> bool {
        let page = self.directory.get((id / PAGE_IDS) as usize);
        let Some(page) = page.and_then(|&page| self.pages.get_mut(page as usize)) else {
            return self.insert_far(id);
        };
        let word = &mut page[(id % PAGE_IDS / 64) as usize];
        let bit = 1 << (id % 64);
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        self.len += 1;
        true
    }

    /// Adds an id that has no page yet.
    #[cold]
    fn insert_far(&mut self, id: u32) -> bool {
        if id >= DENSE {
            let is_new = self.beyond.insert(id);
            self.len += usize::from(is_new);
            return is_new;
        }
        let place = (id / PAGE_IDS) as usize;
        if self.directory.len() <= place {
            self.directory.resize(place + 1, NONE);
        }
        self.directory[place] = self.pages.len() as u32;
        self.pages.push([0; PAGE_IDS as usize / 64]);
        self.insert(id)
    }

    /// Whether an id is among them.
    #[inline]
    pub(crate) fn contains(&self, id: u32) -> bool {
        let page = self.directory.get((id / PAGE_IDS) as usize);
        match page.and_then(|&page| self.pages.get(page as usize)) {
            Some(page) => page[(id % PAGE_IDS / 64) as usize] & (1 << (id % 64)) != 0,
            None => id >= DENSE && self.beyond.contains(&id),
        }
    }

    /// All ids, ascending.
    pub(crate) fn ascending(&self) -> Vec<u32> {
        let mut ids = Vec::with_capacity(self.len);
        for (first, &page) in (0..).step_by(PAGE_IDS as usize).zip(&self.directory) {
            let words = self.pages.get(page as usize).into_iter().flatten();
            for (first, &word) in (first..).step_by(64).zip(words) {
                let mut left = word;
                while left != 0 {
                    ids.push(first + left.trailing_zeros());
                    left &= left - 1;
                }
            }
        }
        ids.extend(&self.beyond);
        ids
    }
}

/// The rank of each id among given ones: found without a search up to an id that
/// grows with their number, which is up to the last one where they lie close
/// together.
///
/// ```
/// use picklestream::pickle::event::Ranks;
///
/// let ranks = Ranks::new(vec![3, 7]);
/// assert_eq!(ranks.rank(7), 1);
/// assert!(ranks.rank(5) >= ranks.ids().len());
/// ```
#[derive(Debug, Default)]
pub struct Ranks {
    ids: Vec<u32>,
    /// By id, or [`NONE`].
    table: Vec<u32>,
}

impl Ranks {
    /// Of these ids, ascending.
    #[must_use]
    pub fn new(ids: Vec<u32>) -> Ranks {
        // 64 bytes an id, and what a few thousand objects before them take.
        let most = 4096 + 16 * ids.len();
        let len = ids.last().map_or(0, |&last| most.min(last as usize + 1));
        let mut table = vec![NONE; len];
        for (rank, &id) in (0..).zip(&ids) {
            match table.get_mut(id as usize) {
                Some(place) => *place = rank,
                None => break,
            }
        }
        Ranks { ids, table }
    }

    /// All ids, ascending.
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The place of `id` among the ids. One that is not among them may have any
    /// place that is too great.
    #[must_use]
    #[inline]
    pub fn rank(&self, id: u32) -> usize {
        match self.table.get(id as usize) {
            Some(&rank) => rank as usize,
            None => self.search(id),
        }
    }

    #[inline(never)]
    fn search(&self, id: u32) -> usize {
        self.ids.binary_search(&id).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ids: &[u32]) {
        let mut set = IdSet::default();
        let new = ids.iter().filter(|&&id| set.insert(id)).count();
        let mut expected = ids.to_vec();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!((new, set.len()), (expected.len(), expected.len()));
        assert_eq!(set.ascending(), expected);
        for id in ids.iter().flat_map(|&id| [id, id ^ 1, id ^ 512]) {
            assert_eq!(set.contains(id), expected.contains(&id), "{id}");
        }
        let ranks = Ranks::new(set.ascending());
        for id in ids
            .iter()
            .flat_map(|&id| [id.saturating_sub(1), id, id ^ 1])
        {
            let rank = Some(ranks.rank(id)).filter(|&rank| rank < expected.len());
            assert_eq!(rank, expected.binary_search(&id).ok(), "{id}");
        }
        assert_eq!(ranks.ids(), expected);
    }

    #[test]
    fn ids_close_together_and_far_apart_are_found() {
        check(&[]);
        check(&[0]);
        check(&[7, 3, 7, 511, 512, 0, 127, 128]);
        check(&(0..3000).collect::<Vec<u32>>());
        check(&(0..3000).map(|id| id * 3).collect::<Vec<u32>>());
        check(&(0..3000).map(|id| id * 1_000_003).collect::<Vec<u32>>());
        check(&[u32::MAX, DENSE, DENSE - 1, 1]);
    }

    #[test]
    fn an_id_far_away_costs_no_table() {
        assert!(Ranks::new(vec![1, u32::MAX]).table.len() < 5000);
        let mut set = IdSet::default();
        set.insert(u32::MAX);
        assert!(set.directory.is_empty() && set.pages.is_empty());
    }
}
