//! The memo: which objects a later opcode may fetch, under each policy.

use std::collections::HashMap;

use super::arena::{Arena, Node};
use super::hash::QuickHash;
use super::keeper::Keeper;
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::ids::Ranks;
use crate::pickle::options::MemoPolicy;

/// An object is small, and worth a place in a budget, up to this many bytes,
/// or this part of the budget if that is more: to look at an object takes time
/// that grows with its size, and many may be looked at and not kept.
const SMALL_BYTES: u64 = 1024;
const SMALL_PART: u64 = 256;

/// Memory of an entry of the table itself, about.
const ENTRY_BYTES: u64 = 64;

/// What is kept, by memo id.
#[derive(Debug)]
pub(crate) struct Memo {
    policy: Policy,
    /// Put since the last batch was handed out: ids, or ranks of wanted ones.
    fresh: Vec<u32>,
    /// The number that `MEMOIZE` gives next: the count of ids so far.
    next: u32,
    /// Some id was skipped, so that `next` is not the count.
    gap: bool,
}

#[derive(Debug)]
enum Policy {
    Wanted(Wanted),
    Budget {
        bytes: u64,
        /// Most bytes of one object.
        small: u64,
        full: bool,
        objects: HashMap<u32, Node, QuickHash>,
    },
    Drop,
}

/// The objects that will be fetched.
#[derive(Debug)]
struct Wanted {
    ids: Ranks,
    /// So many ids from the first one on are not wanted: the gap between wanted
    /// ids in which the last one that was put lies.
    quiet: (u32, u32),
    /// By rank of the id, those that were put.
    objects: Vec<Option<Node>>,
    /// Ranks of those that were put, each once.
    put: Vec<u32>,
}

impl Memo {
    /// `wanted` are the ids that the first pass found, ascending.
    pub(crate) fn new(policy: MemoPolicy, wanted: Vec<u32>) -> Memo {
        let policy = match policy {
            MemoPolicy::TwoPass => Policy::Wanted(Wanted {
                ids: Ranks::new(wanted),
                quiet: (0, 0),
                objects: Vec::new(),
                put: Vec::new(),
            }),
            MemoPolicy::Budget(bytes) => Policy::Budget {
                bytes,
                small: SMALL_BYTES.max(bytes / SMALL_PART),
                full: false,
                objects: HashMap::default(),
            },
            MemoPolicy::Drop => Policy::Drop,
        };
        Memo {
            policy,
            fresh: Vec::new(),
            next: 0,
            gap: false,
        }
    }

    /// Goes on where the pickle has put all ids below `next` that it ever will.
    pub(crate) fn resume(&mut self, next: u32) {
        self.next = next;
    }

    /// Whether putting does nothing but count.
    #[inline]
    pub(crate) fn only_counts(&self) -> bool {
        match &self.policy {
            Policy::Wanted(wanted) => wanted.ids.ids().is_empty(),
            Policy::Budget { .. } => false,
            Policy::Drop => true,
        }
    }

    /// `MEMOIZE`.
    #[inline]
    pub(crate) fn memoize(&mut self, node: Node, offset: u64) -> Result<()> {
        if self.gap {
            return Err(Error::malformed("MEMOIZE after memo ids with gaps", offset));
        }
        let id = self.next;
        self.next = id
            .checked_add(1)
            .ok_or_else(|| Error::malformed("more than 2^32 memo ids", offset))?;
        self.keep(id, node);
        Ok(())
    }

    /// `MEMOIZE`, if nothing speaks against it.
    #[inline(always)]
    pub(crate) fn try_memoize(&mut self, node: Node) -> bool {
        if self.gap || self.next == u32::MAX {
            return false;
        }
        let id = self.next;
        self.next += 1;
        self.keep(id, node);
        true
    }

    /// Counts `count` more ids, where [`Memo::only_counts`].
    #[inline]
    pub(crate) fn count(&mut self, count: u32) -> Option<()> {
        if self.gap {
            return None;
        }
        self.next = self.next.checked_add(count)?;
        Some(())
    }

    /// Counts an id that is put by number.
    #[inline]
    pub(crate) fn count_id(&mut self, id: u32) {
        if id == self.next && id != u32::MAX {
            self.next += 1;
        } else if id >= self.next {
            self.gap = true;
        }
    }

    /// Whether all of these ids, ascending, can be fetched however much comes
    /// before they are: none was put in the batch at hand, which may yet be found
    /// to have no room.
    pub(crate) fn keeps(&self, ids: &[u32]) -> bool {
        let last = self.fresh.iter().min().copied().unwrap_or(u32::MAX);
        ids.last().is_none_or(|id| *id < last) && ids.iter().all(|id| self.find(*id).is_some())
    }

    /// `PUT` and its like.
    #[inline]
    pub(crate) fn put(&mut self, id: u32, node: Node) {
        self.count_id(id);
        self.keep(id, node);
    }

    #[inline]
    fn keep(&mut self, id: u32, node: Node) {
        match &mut self.policy {
            Policy::Wanted(wanted) => {
                if let Some(rank) = wanted.wants(id) {
                    wanted.keep(rank, node);
                    self.fresh.push(rank as u32);
                }
            }
            Policy::Budget { objects, .. } => {
                objects.insert(id, node);
                self.fresh.push(id);
            }
            Policy::Drop => {}
        }
    }

    /// `GET` and its like.
    #[inline]
    pub(crate) fn fetch(&self, id: u32, offset: u64) -> Result<&Node> {
        self.find(id).ok_or_else(|| self.fault(id, offset))
    }

    /// What can be fetched under an id.
    #[inline]
    pub(crate) fn find(&self, id: u32) -> Option<&Node> {
        self.known(id)
            .filter(|node| !matches!(node, Node::HandedOut))
    }

    /// What is known of an id.
    #[inline]
    fn known(&self, id: u32) -> Option<&Node> {
        match &self.policy {
            Policy::Wanted(wanted) => wanted.fetch(id),
            Policy::Budget { objects, .. } => objects.get(&id),
            Policy::Drop => None,
        }
    }

    /// Changes whatever it has.
    #[cold]
    pub(crate) fn for_each(&mut self, change: impl FnMut(&mut Node)) {
        match &mut self.policy {
            Policy::Wanted(wanted) => wanted.objects.iter_mut().flatten().for_each(change),
            Policy::Budget { objects, .. } => objects.values_mut().for_each(change),
            Policy::Drop => {}
        }
    }

    /// Why an object cannot be fetched.
    #[cold]
    fn fault(&self, id: u32, offset: u64) -> Error {
        let never_put = matches!(self.policy, Policy::Wanted(_)) || (id >= self.next && !self.gap);
        match self.known(id) {
            Some(_) => Error::handed_out(
                format!("fetches the list of records itself (memo id {id})"),
                offset,
            ),
            None if never_put => Error::malformed(format!("memo id {id} was never put"), offset),
            None => Error::new(ErrorKind::NotKept(id), offset),
        }
    }

    /// What was put since the last batch was handed out, and may be fetched later.
    pub(crate) fn fresh(&self) -> impl Iterator<Item = Node> {
        self.fresh.iter().filter_map(|&place| match &self.policy {
            Policy::Wanted(wanted) => wanted.objects[place as usize],
            Policy::Budget { objects, .. } => objects.get(&place).copied(),
            Policy::Drop => None,
        })
    }

    /// Memory that the tables take, about.
    pub(crate) fn used_bytes(&self) -> u64 {
        let objects = match &self.policy {
            Policy::Wanted(wanted) => wanted.put.len(),
            Policy::Budget { objects, .. } => objects.len(),
            Policy::Drop => 0,
        };
        objects as u64 * ENTRY_BYTES + size_of_val(self.fresh.as_slice()) as u64
    }

    /// Moves what is still wanted out of the batch that is now handed out.
    /// `root` is the container whose items the records are, which is refused
    /// from here on.
    pub(crate) fn keep_beyond(&mut self, arena: &mut Arena, root: u32) -> Result<()> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let is_root = |node: Node| node.container() == Some(root);
        let mut keeper = Keeper::default();
        match &mut self.policy {
            Policy::Wanted(wanted) => {
                for rank in self.fresh.drain(..) {
                    let Some(node) = &mut wanted.objects[rank as usize] else {
                        continue;
                    };
                    if is_root(*node) {
                        *node = Node::HandedOut;
                    } else {
                        keeper.keep(arena, std::iter::once(node))?;
                    }
                }
            }
            Policy::Budget {
                bytes,
                small,
                full,
                objects,
            } => {
                for id in self.fresh.drain(..) {
                    let Some(node) = objects.get_mut(&id) else {
                        continue;
                    };
                    if is_root(*node) {
                        *node = Node::HandedOut;
                        continue;
                    }
                    let size = small_size(arena, *node, *small);
                    let spare = bytes.saturating_sub(arena.kept_bytes());
                    match size {
                        Some(size) if !*full && size + ENTRY_BYTES <= spare => {
                            *bytes -= ENTRY_BYTES;
                            keeper.keep(arena, std::iter::once(node))?;
                        }
                        _ => {
                            *full |= size.is_some();
                            objects.remove(&id);
                        }
                    }
                }
            }
            Policy::Drop => self.fresh.clear(),
        }
        Ok(())
    }

    /// A new pickle begins: its memo is empty.
    pub(crate) fn clear(&mut self) {
        match &mut self.policy {
            Policy::Wanted(wanted) => wanted.clear(),
            Policy::Budget { objects, .. } => objects.clear(),
            Policy::Drop => {}
        }
        self.fresh.clear();
        self.next = 0;
        self.gap = false;
    }
}

impl Wanted {
    /// The rank of an id, if it is wanted.
    #[inline]
    fn wants(&mut self, id: u32) -> Option<usize> {
        // Ids mostly ascend: one comparison for nearly all of them.
        let (first, count) = self.quiet;
        if id.wrapping_sub(first) < count {
            return None;
        }
        self.look_up(id)
    }

    #[inline(never)]
    fn look_up(&mut self, id: u32) -> Option<usize> {
        let ids = self.ids.ids();
        let found = ids.binary_search(&id);
        let (Ok(place) | Err(place)) = found;
        let first = match place.checked_sub(1) {
            // What comes after a wanted id is asked for next.
            _ if found.is_ok() => id.saturating_add(1),
            Some(before) => ids[before] + 1,
            None => 0,
        };
        let next = ids.get(place + usize::from(found.is_ok()));
        let end = next.map_or(u32::MAX, |&next| next);
        self.quiet = (first, end.saturating_sub(first));
        found.ok()
    }

    fn keep(&mut self, rank: usize, node: Node) {
        if self.objects.len() <= rank {
            self.objects.resize(rank + 1, None);
        }
        if self.objects[rank].replace(node).is_none() {
            self.put.push(rank as u32);
        }
    }

    #[inline]
    fn fetch(&self, id: u32) -> Option<&Node> {
        self.objects.get(self.ids.rank(id))?.as_ref()
    }

    /// Only what was put is looked at: many small pickles may follow each other
    /// where many ids are wanted.
    fn clear(&mut self) {
        for rank in self.put.drain(..) {
            self.objects[rank as usize] = None;
        }
    }
}

/// Bytes that an immutable object takes in the store of kept objects, if no
/// more than `most`.
fn small_size(arena: &Arena, node: Node, most: u64) -> Option<u64> {
    let size = match node {
        Node::Str { text: span, .. }
        | Node::Surrogates { bytes: span, .. }
        | Node::Bytes { bytes: span, .. }
        | Node::Wide { bytes: span, .. } => u64::from(span.len),
        Node::Bulk { index, .. } => arena.bulk(index).len() as u64,
        Node::Tuple { items, .. } => {
            let mut size = 16 * u64::from(items.len);
            if size > most {
                return None;
            }
            for &item in arena.items(items) {
                size += small_size(arena, item, most.checked_sub(size)?)?;
            }
            size
        }
        Node::ByteArray { .. }
        | Node::List { .. }
        | Node::Dict { .. }
        | Node::Set { .. }
        | Node::FrozenSet { .. }
        | Node::Object { .. }
        | Node::HandedOut => return None,
        _ => 16,
    };
    (size <= most).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wanted_ids_are_kept_in_any_order() {
        let mut memo = Memo::new(MemoPolicy::TwoPass, vec![2, 5, u32::MAX]);
        let Policy::Wanted(wanted) = &mut memo.policy else {
            panic!("another policy");
        };
        let order = [0, 1, 2, 3, 4, 6, 5, 2, u32::MAX, 7, 0];
        let kept: Vec<u32> = order
            .into_iter()
            .filter(|&id| wanted.wants(id).is_some())
            .collect();
        assert_eq!(kept, [2, 5, 2, u32::MAX]);
    }

    #[test]
    fn what_is_small_grows_with_the_budget() {
        for (budget, len, kept) in [
            (1 << 20, 4000, true),
            (1 << 20, 5000, false),
            (2 << 20, 5000, true),
            (10_000, 1000, true),
            (10_000, 2000, false),
            (500, 1000, false),
        ] {
            let mut arena = Arena::default();
            let root = arena.add_container().unwrap();
            let (out, start) = arena.text_mut();
            out.resize(start + len, b'a');
            let text = arena.text_since(start).unwrap();
            let mut memo = Memo::new(MemoPolicy::Budget(budget), vec![]);
            memo.put(0, Node::Str { at: 0, text });
            arena.finish_text().unwrap();
            memo.keep_beyond(&mut arena, root).unwrap();
            assert_eq!(memo.fetch(0, 0).is_ok(), kept, "{len} of {budget}");
        }
    }

    #[test]
    fn memoize_counts_ids_and_refuses_to_guess() {
        let mut memo = Memo::new(MemoPolicy::Budget(1000), vec![]);
        let node = |value| Node::signed(0, value);
        memo.put(0, node(10));
        memo.memoize(node(11), 0).unwrap();
        memo.put(1, node(12));
        memo.memoize(node(13), 0).unwrap();
        assert_eq!(*memo.fetch(1, 0).unwrap(), node(12));
        assert_eq!(*memo.fetch(2, 0).unwrap(), node(13));
        memo.put(7, node(14));
        assert!(memo.memoize(node(15), 0).is_err());
    }
}
