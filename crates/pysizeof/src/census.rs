//! How many objects there are of each kind, from which the sizes in every build
//! follow at any time: counting an object is adding one to a number.

use picklestream::pickle::event::{IntSpelling, StrSpelling};

use super::blocks::{MAPPED, Parts, Tally, pages};
use super::build::Build;
use super::growth::{ListRule, SetRule};
use super::kind::Type;
use super::layout::Layout;
use super::shape::{Int, Shape};
use super::table::Table;
use super::text::Text;

/// Lengths of text and bytes that have a count each.
const LENGTHS: usize = 512;

/// Lengths of tuples, and of tables of lists, that have a count each.
const ITEMS: usize = 65;

/// The small ints that an interpreter keeps.
const SMALL: std::ops::RangeInclusive<i64> = -5..=256;

/// Ways in which an int or a str is spelt.
const SPELLINGS: usize = 3;

/// Numbers of objects, which may go down again; boxed, for it is large.
#[derive(Debug, Clone)]
pub(super) struct Census {
    /// `False`, `True` and `None`.
    constants: [u64; 3],
    floats: u64,
    complexes: u64,
    /// By spelling and value.
    small_ints: [[u64; 262]; SPELLINGS],
    /// By spelling and bits: of 64 bits are those beyond an `i64`.
    ints: [[u64; 65]; SPELLINGS],
    /// Empty ones, by spelling.
    empty_texts: [u64; SPELLINGS],
    /// Those of one character of Latin-1, by spelling and character.
    characters: [[u64; 256]; SPELLINGS],
    /// Other ASCII: as text, and as Python 2's `str`.
    ascii: [[u64; LENGTHS]; 2],
    empty_bytes: u64,
    one_byte: [u64; 256],
    bytes: [u64; LENGTHS],
    tuples: [u64; ITEMS],
    lists: u64,
    /// Tables of lists by the rule of growth and their slots.
    list_tables: [[u64; ITEMS]; 2],
    /// By the rule of growth, the slots as a power of two, and whether all keys
    /// are text.
    dicts: [[[u64; 2]; 64]; 3],
    /// `OrderedDict` and `defaultdict` in the same way.
    ordered: [[[u64; 2]; 64]; 3],
    default: [[[u64; 2]; 64]; 3],
    /// Dicts of classes of their own.
    sub: [[[u64; 2]; 64]; 3],
    /// Items of all `OrderedDict`s.
    links: u64,
    /// `OrderedDict`s without items.
    unlinked: u64,
    sets: [[u64; 64]; 2],
    /// Those among the sets that are `frozenset()`.
    pub(super) empty_frozensets: u64,
    /// Bytes of large tables of lists that no item was written to yet.
    untouched: [u64; 2],
    /// All others, in every build.
    others: Vec<Tally>,
    /// Those among all others, and sets and lists, that a pickler's memo notes.
    noted: u64,
}

impl Census {
    pub(super) fn new() -> Box<Census> {
        Box::new(Census {
            constants: [0; 3],
            floats: 0,
            complexes: 0,
            small_ints: [[0; 262]; SPELLINGS],
            ints: [[0; 65]; SPELLINGS],
            empty_texts: [0; SPELLINGS],
            characters: [[0; 256]; SPELLINGS],
            ascii: [[0; LENGTHS]; 2],
            empty_bytes: 0,
            one_byte: [0; 256],
            bytes: [0; LENGTHS],
            tuples: [0; ITEMS],
            lists: 0,
            list_tables: [[0; ITEMS]; 2],
            dicts: [[[0; 2]; 64]; 3],
            ordered: [[[0; 2]; 64]; 3],
            default: [[[0; 2]; 64]; 3],
            sub: [[[0; 2]; 64]; 3],
            links: 0,
            unlinked: 0,
            sets: [[0; 64]; 2],
            empty_frozensets: 0,
            untouched: [0; 2],
            others: vec![Tally::NONE; Build::ALL.len()],
            noted: 0,
        })
    }

    /// One more object of this shape.
    #[inline]
    pub(super) fn add(&mut self, shape: &Shape) {
        self.change(shape, 1);
    }

    /// One less.
    pub(super) fn sub(&mut self, shape: &Shape) {
        self.change(shape, u64::MAX);
    }

    /// How many objects of this shape were counted; 0 where they are not told
    /// apart.
    pub(super) fn count_of(&mut self, shape: &Shape) -> u64 {
        self.place(shape).map_or(0, |count| *count)
    }

    /// So many more objects of this shape; less, as the two's complement.
    #[inline]
    pub(super) fn change(&mut self, shape: &Shape, count: u64) {
        match self.place(shape) {
            Some(place) => *place = place.wrapping_add(count),
            None => self.change_other(shape, count),
        }
    }

    #[inline]
    fn place(&mut self, shape: &Shape) -> Option<&mut u64> {
        match *shape {
            Shape::Float => Some(&mut self.floats),
            Shape::Int(int) => {
                let spelling = spelling_of_int(int.spelling);
                match int.value {
                    Some(value) if SMALL.contains(&value) => {
                        self.small_ints[spelling].get_mut((value + 5) as usize)
                    }
                    // The least values take one bit more than others of their type.
                    Some(value) if value == i64::MIN || value == i64::from(i32::MIN) => {
                        self.ints[spelling].get_mut(int.bits as usize - 1)
                    }
                    Some(_) => self.ints[spelling].get_mut(int.bits as usize),
                    None if int.bits == 64 => self.ints[spelling].get_mut(64),
                    None => None,
                }
            }
            Shape::Str(text) => self.place_of_text(&text),
            Shape::Bytes(0, _) => Some(&mut self.empty_bytes),
            Shape::Bytes(_, Some(byte)) => Some(&mut self.one_byte[usize::from(byte)]),
            Shape::Bytes(len, None) => self.bytes.get_mut(len as usize),
            Shape::Tuple(len) => self.tuples.get_mut(len as usize),
            Shape::Complex => Some(&mut self.complexes),
            Shape::None => Some(&mut self.constants[2]),
            Shape::Bool(value) => Some(&mut self.constants[usize::from(value)]),
            Shape::ByteArray(_)
            | Shape::Of(_)
            | Shape::Decimal(_)
            | Shape::Scalar(..)
            | Shape::TypedArray(..) => None,
        }
    }

    #[inline]
    fn place_of_text(&mut self, text: &Text) -> Option<&mut u64> {
        let spelling = spelling_of_text(text.spelling);
        let is_text = text.spelling == StrSpelling::Unicode;
        match (text.chars, u32::from(text.widest)) {
            (0, _) => Some(&mut self.empty_texts[spelling]),
            (1, only @ 0..0x100) => Some(&mut self.characters[spelling][only as usize]),
            (chars, _) if text.utf8_bytes == chars => {
                self.ascii[usize::from(!is_text)].get_mut(chars as usize)
            }
            _ => None,
        }
    }

    #[inline(never)]
    fn change_other(&mut self, shape: &Shape, count: u64) {
        if !matches!(shape, Shape::Int(_)) {
            self.noted = self.noted.wrapping_add(count);
        }
        for (build, tally) in Build::ALL.into_iter().zip(&mut self.others) {
            let layout = Layout::of(build);
            tally.add(&layout.blocks, shape.parts(layout), count);
            if let Shape::Str(text) = shape
                && text.utf8_bytes > text.chars
            {
                tally.encode(&layout.blocks, text.utf8_bytes, count);
            }
        }
    }
}

/// Containers.
impl Census {
    /// So many more of a container in the state that it is in.
    pub(super) fn add_container(&mut self, kind: Type, table: &Table, count: u64) {
        let more = |place: &mut u64| *place = place.wrapping_add(count);
        let power = |slots: u64| (u64::BITS - slots.leading_zeros()) as usize;
        match kind {
            Type::List => {
                more(&mut self.lists);
                for (rule, &slots) in table.slots.iter().take(ListRule::ALL.len()).enumerate() {
                    match self.list_tables[rule].get_mut(slots as usize) {
                        Some(place) => more(place),
                        None => self.add_list_table(rule, slots, count),
                    }
                }
            }
            Type::Dict | Type::OrderedDict | Type::DefaultDict | Type::SubDict(_) => {
                let dicts = match kind {
                    Type::OrderedDict => &mut self.ordered,
                    Type::DefaultDict => &mut self.default,
                    Type::SubDict(_) => &mut self.sub,
                    _ => &mut self.dicts,
                };
                for (rule, &slots) in table.slots.iter().enumerate() {
                    more(&mut dicts[rule][power(slots) % 64][usize::from(table.text_keys)]);
                }
            }
            Type::Set | Type::FrozenSet => {
                for (rule, &slots) in table.slots.iter().take(SetRule::ALL.len()).enumerate() {
                    more(&mut self.sets[rule][power(slots) % 64]);
                }
            }
            Type::Instance(..)
            | Type::Deque
            | Type::Array(_)
            | Type::Dtype(..)
            | Type::NamedTuple(_)
            | Type::Opaque(_) => {}
        }
    }

    /// So many more of these blocks in one build.
    pub(super) fn add_parts(&mut self, build: Build, parts: Parts, count: u64) {
        let layout = Layout::of(build);
        self.others[build as usize].add(&layout.blocks, parts, count);
    }

    /// One more block of malloc's of so many bytes in one build.
    pub(super) fn add_malloc(&mut self, build: Build, bytes: u64) {
        let layout = Layout::of(build);
        self.others[build as usize].add_malloc(&layout.blocks, bytes);
    }

    /// So many more objects that a pickler's memo notes.
    pub(super) fn note(&mut self, count: u64) {
        self.noted = self.noted.wrapping_add(count);
    }

    /// So many more items of an `OrderedDict` that had `len`.
    pub(super) fn add_links(&mut self, len: u64, count: u64) {
        self.links = self.links.wrapping_add(count);
        if len == 0 && count > 0 {
            self.unlinked = self.unlinked.wrapping_sub(1);
        }
    }

    /// One more `OrderedDict` without items.
    pub(super) fn add_unlinked(&mut self) {
        self.unlinked += 1;
    }

    fn add_list_table(&mut self, rule: usize, slots: u64, count: u64) {
        for (build, tally) in Build::ALL.into_iter().zip(&mut self.others) {
            let layout = Layout::of(build);
            if layout.list_rule.index() == rule {
                tally.add(&layout.blocks, layout.list_table(slots), count);
            }
        }
    }

    /// Bytes of tables of lists that are mapped by themselves and were not
    /// written to: so many more by each rule.
    pub(super) fn add_untouched(&mut self, kind: Type, table: &Table, len: u64, count: u64) {
        if kind != Type::List {
            return;
        }
        for (sum, &slots) in self.untouched.iter_mut().zip(&table.slots) {
            let bytes = untouched(8 * slots, 8 * len.min(slots));
            *sum = sum.wrapping_add(bytes.wrapping_mul(count));
        }
    }

    /// The same of an array with room for `room` bytes, of which it has `used`.
    pub(super) fn add_untouched_array(&mut self, room: u64, used: u64) {
        for sum in &mut self.untouched {
            *sum = sum.wrapping_add(untouched(room, used));
        }
    }
}

/// Bytes of a block of `room` bytes that nothing was written to behind the first `used`:
/// 0 unless it is mapped by itself.
fn untouched(room: u64, used: u64) -> u64 {
    match room {
        MAPPED.. => pages(room) - pages(used),
        _ => 0,
    }
}

/// What follows from the numbers.
impl Census {
    /// How many floats there are.
    pub(super) fn floats(&self) -> u64 {
        self.floats
    }

    /// How many lists there are.
    pub(super) fn lists(&self) -> u64 {
        self.lists
    }

    /// The sums over all objects in a build.
    pub(super) fn tally(&self, build: Build) -> Tally {
        let layout = Layout::of(build);
        let mut tally = self.others[build as usize].clone();
        tally.note(self.noted);
        let mut add = |parts, count: u64, is_noted: bool| {
            tally.add(&layout.blocks, parts, count);
            if is_noted {
                tally.note(count);
            }
        };
        for (value, &count) in (0..).zip(&self.constants[..2]) {
            add(layout.int(value, true), once(count), false);
        }
        add(layout.none(), once(self.constants[2]), false);
        add(layout.float(), self.floats, false);
        add(layout.complex(), self.complexes, true);
        self.add_ints(layout, &mut |parts, count| add(parts, count, false));
        self.add_texts(layout, &mut |parts, count| add(parts, count, true));
        for (len, &count) in (0..).zip(&self.tuples) {
            let count = if len == 0 { once(count) } else { count };
            add(layout.tuple(len), count, len > 0);
        }
        add(layout.list(0), self.lists, true);
        for (slots, &count) in (0..).zip(&self.list_tables[layout.list_rule.index()]) {
            add(layout.list_table(slots), count, false);
        }
        let slots = |power: u32| 1u64 << power >> 1;
        let rule = layout.dict_rule.index();
        let kinds = [
            (Type::Dict, &self.dicts[rule]),
            (Type::OrderedDict, &self.ordered[rule]),
            (Type::DefaultDict, &self.default[rule]),
            (Type::SubDict(0), &self.sub[rule]),
        ];
        for (kind, dicts) in kinds {
            for (power, counts) in (0..).zip(dicts) {
                for (&count, is_text) in counts.iter().zip([false, true]) {
                    if count > 0 {
                        let dict = layout.dict_of(kind, slots(power), is_text);
                        add(dict, count, true);
                    }
                    if count > 0 && kind == Type::OrderedDict {
                        for part in layout.order(slots(power)) {
                            add(part, count, false);
                        }
                    }
                }
            }
        }
        add(layout.link(), self.links, false);
        // The table of links comes with the first item.
        add(layout.order_of_empty(), self.unlinked.wrapping_neg(), false);
        for (power, &count) in (0..).zip(&self.sets[layout.set_rule.index()]) {
            if count > 0 {
                add(layout.set(slots(power)), count, true);
            }
        }
        if layout.one_empty_frozenset && self.empty_frozensets > 0 {
            let more = self.empty_frozensets - 1;
            add(layout.set(0), more.wrapping_neg(), true);
        }
        tally.untouched(self.untouched[layout.list_rule.index()]);
        tally
    }

    fn add_ints(&self, layout: &Layout, add: &mut impl FnMut(Parts, u64)) {
        let spellings = [
            IntSpelling::Plain,
            IntSpelling::LongText,
            IntSpelling::LongBinary,
        ];
        for (place, value) in SMALL.enumerate() {
            let mut is_there = false;
            for (counts, spelling) in self.small_ints.iter().zip(spellings) {
                match counts[place] {
                    0 => {}
                    _ if layout.keeps_small_ints(spelling) => is_there = true,
                    count => add(Int::small(value, spelling).parts(layout), count),
                }
            }
            if is_there {
                add(Int::small(value, IntSpelling::Plain).parts(layout), 1);
            }
        }
        for (counts, spelling) in self.ints.iter().zip(spellings) {
            for (bits, &count) in (0..).zip(counts).filter(|(_, count)| **count > 0) {
                add(Int::of_bits(bits, spelling).parts(layout), count);
            }
        }
    }

    fn add_texts(&self, layout: &Layout, add: &mut impl FnMut(Parts, u64)) {
        let is_python_2 = layout.plain_int_bits.is_some();
        let spellings = [
            StrSpelling::Unicode,
            StrSpelling::Bytes,
            StrSpelling::Quoted,
        ];
        let text = |len, widest, spelling| layout.text(&Text::of_widest(len, widest, spelling));
        let [texts, of_bytes, quoted] = self.empty_texts;
        let [texts, byte_strings] = if is_python_2 {
            [texts, self.empty_bytes + of_bytes + quoted]
        } else {
            [texts + of_bytes + quoted, self.empty_bytes]
        };
        add(text(0, '\0', StrSpelling::Unicode), once(texts));
        add(layout.bytes(0), once(byte_strings));
        for only in 0..=u8::MAX {
            let place = usize::from(only);
            let counts = self.characters.map(|counts| counts[place]);
            let alone = |spelling| text(1, char::from(only), spelling);
            if is_python_2 {
                // Text and what stood in quotes is made anew each time.
                let mut kept = self.one_byte[place];
                for (count, spelling) in counts.into_iter().zip(spellings) {
                    if spelling == StrSpelling::Bytes && only < 0x80 {
                        kept += count;
                    } else {
                        add(alone(spelling), count);
                    }
                }
                add(layout.bytes(1), once(kept));
            } else {
                add(alone(StrSpelling::Unicode), once(counts.iter().sum()));
                add(layout.bytes(1), once(self.one_byte[place]));
            }
        }
        for (counts, spelling) in self.ascii.iter().zip(spellings) {
            for (len, &count) in (0..).zip(counts).filter(|(_, count)| **count > 0) {
                add(text(len, 'a', spelling), count);
            }
        }
        for (len, &count) in (0..).zip(&self.bytes).filter(|(_, count)| **count > 0) {
            add(layout.bytes(len), count);
        }
    }
}

/// One for what exists once, if it is there.
fn once(count: u64) -> u64 {
    u64::from(count > 0)
}

fn spelling_of_int(spelling: IntSpelling) -> usize {
    match spelling {
        IntSpelling::Plain => 0,
        IntSpelling::LongText => 1,
        IntSpelling::LongBinary => 2,
    }
}

fn spelling_of_text(spelling: StrSpelling) -> usize {
    match spelling {
        StrSpelling::Unicode => 0,
        StrSpelling::Bytes => 1,
        StrSpelling::Quoted => 2,
    }
}
