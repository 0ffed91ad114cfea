//! Lists of texts that are in the memo: words that occur again and again.

use super::node::{Container, What};
use super::{MOST_NODES, Unpickler};
use crate::kind::Type;

impl Unpickler {
    /// Behind a `MARK`: items for the list below it that are all fetched texts, up to
    /// their `APPENDS`. Tells how many bytes these opcodes are; none if there is anything
    /// else among them, or if more is to be noted of the items than how many they are.
    #[inline]
    pub(super) fn take_references(&mut self, opcodes: &[u8]) -> usize {
        if !matches!(opcodes.first(), Some(b'h' | b'j')) {
            return 0;
        }
        let Some(place) = self.list_to_lengthen() else {
            return 0;
        };
        let (mut at, mut count, mut rust) = (0, 0, 0u64);
        loop {
            let id = match opcodes[at..] {
                [b'h', id, ..] => {
                    at += 2;
                    u32::from(id)
                }
                [b'j', a, b, c, d, ..] => {
                    at += 5;
                    u32::from_le_bytes([a, b, c, d])
                }
                [b'e', ..] => break,
                _ => return 0,
            };
            match self.memo.text(id) {
                Some(bytes) => rust = rust.saturating_add(bytes),
                None => return 0,
            }
            count += 1;
        }
        let height = self.stack.len() + count;
        if height > MOST_NODES {
            return 0;
        }
        self.loading.stack_most = self.loading.stack_most.max(height as u64);
        if let Some(mut list) = self.containers.take_out(place) {
            self.lengthen(&mut list, count as u64);
            list.rust_parts = list.rust_parts.saturating_add(rust);
            list.records = None;
            self.containers.put_back(place, list);
        }
        at + 1
    }

    /// The list on top, if nothing is to be noted of further items but their number.
    fn list_to_lengthen(&self) -> Option<u32> {
        if self.watch.is_some() || self.numbers_of_list.is_some() {
            return None;
        }
        let node = self.stack.get(self.marks.floor()..)?.last()?;
        let What::Container(place) = node.what else {
            return None;
        };
        let list = self.containers.get(place)?;
        let shows = list.shows_all() && list.has_room_to_show();
        (list.kind == Type::List && !shows).then_some(place)
    }

    /// More items at the end of a list.
    fn lengthen(&mut self, list: &mut Container, more: u64) {
        let mut table = list.table;
        table.extend_list(list.len, more);
        self.grow(list, table);
        list.len += more;
        self.live.add_untouched(list.kind, &list.table, list.len, 1);
    }
}
