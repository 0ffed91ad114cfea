//! The keys that the dicts of a class's instances share (PEP 412), as an unpickler
//! fills them in a process that made no instance of the class before.
//!
//! Source: `insertdict`, `insert_into_dictkeys`, `init_inline_values` and
//! `_PyDict_NewKeysForClass` in `Objects/dictobject.c` of CPython.

use super::growth::DictRule;

/// When an instance's dict can share its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SharedRule {
    /// 3.8: five keys, in the order in which the first instance got them.
    Ordered,
    /// 3.11 on: 29 keys in any order, fewer the more instances there were before:
    /// each takes one free place away, down to the last.
    AnyOrder,
}

impl SharedRule {
    /// Keys that there is room for.
    fn most(self) -> u64 {
        match self {
            SharedRule::Ordered => 5,
            SharedRule::AnyOrder => 30,
        }
    }
}

/// How a dict holds its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// With the class; the dict has values only.
    Shared,
    /// In a table of its own, of so many slots.
    Own { slots: u64, text_keys: bool },
}

/// A key that is not known: it is taken to be the one that stands in its place.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// The keys of a class.
#[derive(Debug, Clone)]
pub(super) struct SharedKeys {
    rule: SharedRule,
    /// By their numbers.
    keys: Vec<u32>,
    free: u64,
}

impl SharedKeys {
    pub(super) fn new(rule: SharedRule) -> SharedKeys {
        SharedKeys {
            rule,
            keys: Vec::new(),
            free: rule.most(),
        }
    }

    /// Instances took no places away: their class has a base that makes them.
    pub(super) fn free_all(&mut self) {
        self.free = self.rule.most().saturating_sub(self.keys.len() as u64);
    }

    /// How many values a dict that shares them has room for.
    pub(super) fn slots(&self) -> u64 {
        self.keys.len() as u64 + self.free
    }

    /// Another instance is made.
    pub(super) fn instance(&mut self) {
        if self.rule == SharedRule::AnyOrder && self.free > 1 {
            self.free -= 1;
        }
    }

    /// An instance's dict gets `len` keys, of which the first are known.
    pub(super) fn fill(&mut self, known: &[u32], len: u64, are_texts: bool) -> Keeping {
        if !are_texts {
            return self.unshared(0, len, false);
        }
        for used in 0..len {
            let key = known.get(used as usize).copied().unwrap_or(UNKNOWN);
            let place = self.find(key, used);
            let fits = match (self.rule, place) {
                (SharedRule::Ordered, Some(place)) => place == used,
                (SharedRule::Ordered, None) => used == self.keys.len() as u64 && self.free > 0,
                (SharedRule::AnyOrder, Some(_)) => true,
                (SharedRule::AnyOrder, None) => self.free > 0,
            };
            if !fits {
                return self.unshared(used, len, true);
            }
            if place.is_none() {
                self.keys.push(key);
                self.free -= 1;
            }
        }
        Keeping::Shared
    }

    fn find(&self, key: u32, used: u64) -> Option<u64> {
        let there = self.keys.get(used as usize).copied();
        if there.is_some_and(|there| key == there || key == UNKNOWN) {
            return Some(used);
        }
        let place = self.keys.iter().position(|&known| known == key);
        place.map(|place| place as u64).filter(|_| key != UNKNOWN)
    }

    /// How a dict grows that shares no keys.
    pub(super) fn dict_rule(&self) -> DictRule {
        match self.rule {
            SharedRule::Ordered => DictRule::Triple,
            SharedRule::AnyOrder => DictRule::TripleByKind,
        }
    }

    /// The dict gets a table of its own when it has `used` of `len` keys.
    fn unshared(&self, used: u64, len: u64, text_keys: bool) -> Keeping {
        let rule = self.dict_rule();
        let table = (rule.grown(used), text_keys);
        let (slots, text_keys) = rule.add_many(table, used, text_keys, len - used, &mut 0);
        Keeping::Own { slots, text_keys }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_another_order_are_shared_from_3_11_on() {
        let own = |slots| Keeping::Own {
            slots,
            text_keys: false,
        };
        let mut keys = SharedKeys::new(SharedRule::Ordered);
        assert_eq!(keys.fill(&[1, 2, 3], 3, true), Keeping::Shared);
        assert_eq!(keys.fill(&[1, 2], 2, true), Keeping::Shared);
        assert_eq!(keys.fill(&[2, 1], 2, true), own(8));
        assert_eq!(keys.fill(&[1, 2, 3, 4, 5, 6], 6, true), own(16));
        let mut keys = SharedKeys::new(SharedRule::AnyOrder);
        assert_eq!(keys.fill(&[1, 2, 3], 3, true), Keeping::Shared);
        assert_eq!(keys.fill(&[3, 1], 2, true), Keeping::Shared);
        assert_eq!(keys.slots(), 30);
    }

    #[test]
    fn each_instance_takes_a_place_until_one_is_left() {
        let mut keys = SharedKeys::new(SharedRule::AnyOrder);
        for _ in 0..40 {
            keys.instance();
            assert_eq!(keys.fill(&[1, 2], 2, true), Keeping::Shared);
        }
        assert_eq!(keys.slots(), 3);
        assert_eq!(keys.fill(&[1, 2, 3], 3, true), Keeping::Shared);
        let own = Keeping::Own {
            slots: 16,
            text_keys: true,
        };
        assert_eq!(keys.fill(&[1, 2, 3, 4], 4, true), own);
    }
}
