//! How many slots the tables of lists, dicts and sets have after what was done
//! to them.

/// When the table of a list grows, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListRule {
    /// By an eighth and 3 or 6: to 3.8.
    Eighth,
    /// By an eighth and 6, in multiples of 4: from 3.9.
    EighthOfFours,
}

impl ListRule {
    /// All of them.
    pub(super) const ALL: [ListRule; 2] = [ListRule::Eighth, ListRule::EighthOfFours];

    /// Its place among all of them.
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// The slots of a list of `len` items with `slots` that now gets to hold
    /// `new_len`: CPython's `list_resize`.
    pub(super) fn resize(self, slots: u64, len: u64, new_len: u64) -> u64 {
        if new_len <= slots {
            return slots;
        }
        match self {
            ListRule::Eighth => new_len + (new_len >> 3) + if new_len < 9 { 3 } else { 6 },
            ListRule::EighthOfFours => {
                let slots = (new_len + (new_len >> 3) + 6) & !3;
                // Where that leaves less room than was just added.
                if new_len - len > slots.saturating_sub(new_len) {
                    (new_len + 3) & !3
                } else {
                    slots
                }
            }
        }
    }
}

/// When the table of a dict grows, and by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DictRule {
    /// 2.7: at two thirds full, to four times the items, or twice from 50,000.
    Quadruple,
    /// 3.8: at two thirds full, to three times the items.
    Triple,
    /// 3.11 on: the same, and when the first key arrives that is not a str.
    TripleByKind,
}

/// Two thirds of the slots of a dict can be used.
pub(super) fn usable(slots: u64) -> u64 {
    2 * slots / 3
}

/// 3.11's `calculate_log2_keysize`, which for some powers of two gives twice
/// what is asked for.
fn keys_size(least: u64) -> u64 {
    let last = ((least | 8) - 1) | 7;
    1 << (u64::BITS - last.leading_zeros())
}

/// The smallest power of two, from 8, that is more than `least`.
fn above(least: u64) -> u64 {
    (least + 1).next_power_of_two().max(8)
}

impl DictRule {
    /// All of them.
    pub(super) const ALL: [DictRule; 3] = [
        DictRule::Quadruple,
        DictRule::Triple,
        DictRule::TripleByKind,
    ];

    /// Its place among all of them.
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// The slots of an empty dict that is made for `len` items: CPython's
    /// `_PyDict_NewPresized`. 0 is the table that all empty dicts share.
    pub(super) fn presized(self, len: u64) -> u64 {
        const MOST: u64 = 128 << 10;
        match self {
            // The opcode has 16 bits for it.
            DictRule::Quadruple if len > 5 => above(len.min(0xFFFF)),
            DictRule::Quadruple => 8,
            _ if len <= usable(8) => 0,
            DictRule::Triple if len > usable(MOST) => MOST,
            DictRule::Triple => (3 * len).div_ceil(2).next_power_of_two().max(16),
            DictRule::TripleByKind => keys_size((3 * len).div_ceil(2)),
        }
    }

    /// The slots of an empty dict that takes over `len` items from another: 2.7's
    /// `PyDict_Merge`.
    pub(super) fn merged(self, len: u64) -> u64 {
        if 3 * len >= 16 { above(2 * len) } else { 8 }
    }

    /// The slots of a table that a dict of `len` items moves into when it grows.
    pub(super) fn grown(self, len: u64) -> u64 {
        match self {
            DictRule::Quadruple => above(if len > 50_000 { 2 * len } else { 4 * len }),
            DictRule::Triple => (3 * len).next_power_of_two().max(8),
            DictRule::TripleByKind => keys_size(3 * len),
        }
    }

    /// Adds an item to a dict of `len` items: its slots and whether all keys
    /// are str, before and after.
    pub(super) fn add(self, slots: u64, text: bool, len: u64, key_is_text: bool) -> (u64, bool) {
        match self {
            DictRule::Quadruple => {
                let len = len + 1;
                if len * 3 >= slots.max(8) * 2 {
                    return (self.grown(len), false);
                }
                (slots.max(8), false)
            }
            DictRule::Triple => match slots {
                0 => (8, false),
                _ if len >= usable(slots) => (self.grown(len), false),
                _ => (slots, false),
            },
            DictRule::TripleByKind => {
                if slots == 0 {
                    return (8, key_is_text);
                }
                let (mut slots, mut is_text) = (slots, text);
                if text && !key_is_text {
                    (slots, is_text) = (self.grown(len), false);
                }
                if len >= usable(slots) {
                    slots = self.grown(len);
                }
                (slots, is_text)
            }
        }
    }
}

impl DictRule {
    /// Adds `count` items, all with keys of the same kind: the slots and whether
    /// all keys are str, after. `before` are the slots before it last grew.
    pub(super) fn add_many(
        self,
        (mut slots, mut text): (u64, bool),
        len: u64,
        key_is_text: bool,
        count: u64,
        before: &mut u64,
    ) -> (u64, bool) {
        let (mut len, end) = (len, len + count);
        while len < end {
            let old = slots;
            (slots, text) = self.add(slots, text, len, key_is_text);
            if slots != old {
                *before = old;
            }
            // Up to the item that makes it grow nothing changes.
            let grows_at = match self {
                DictRule::Quadruple => (2 * slots).div_ceil(3) - 1,
                _ => usable(slots),
            };
            len = (len + 1).max(grows_at).min(end);
        }
        (slots, text)
    }
}

/// When the table of a set grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetRule {
    /// 2.7: at two thirds of its slots.
    TwoThirds,
    /// 3.7 on: at three fifths.
    ThreeFifths,
}

impl SetRule {
    /// All of them.
    pub(super) const ALL: [SetRule; 2] = [SetRule::TwoThirds, SetRule::ThreeFifths];

    /// Its place among all of them.
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    fn is_full(self, slots: u64, len: u64) -> bool {
        match self {
            SetRule::TwoThirds => 3 * len >= 2 * slots,
            SetRule::ThreeFifths => 5 * len >= 3 * (slots - 1),
        }
    }

    /// The slots after an item came that makes it `len`.
    pub(super) fn add(self, slots: u64, len: u64) -> u64 {
        let slots = slots.max(8);
        if !self.is_full(slots, len) {
            return slots;
        }
        above(if len > 50_000 { 2 * len } else { 4 * len })
    }

    /// The slots of a set made of `len` items one by one.
    pub(super) fn of_items(self, len: u64) -> u64 {
        (1..=len).fold(8, |slots, len| self.add(slots, len))
    }

    /// The slots of a set made from another set of `len` items: CPython's
    /// `set_merge`.
    pub(super) fn of_set(self, len: u64) -> u64 {
        if self.is_full(8, len) {
            above(2 * len)
        } else {
            8
        }
    }
}
