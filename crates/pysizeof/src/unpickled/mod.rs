//! A pickle as CPython's C unpickler builds it, without building it.
//!
//! Every object is made by one opcode and counted there; what is fetched from
//! the memo was counted before, in whichever record. Nothing else is kept of an
//! object than the stack holds, unless a later opcode fetches it: of each such
//! object its size, not its parts.
//!
//! `node` is an object on the stack, `stack` what moves it there and away,
//! `count` and `fill` what is counted, `call` what is made by code.

mod call;
mod count;
mod fill;
mod node;
mod stack;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead, Seek};
use std::rc::Rc;

use picklestream::pickle::event::{self, Event, Marks};
use picklestream::pickle::{PickleLimits, Result};

use super::build::{Build, Sizes};
use super::container::Kind;
use super::layout::Memory;
use super::shape::Singleton;
use super::sizing::{Made, Opaque, Sizing};
use node::{Node, What};

/// Objects that may be shown are kept up to this many at a time.
const MOST_SHOWN: usize = 100_000;

/// Objects on the stack at once, and objects kept for the memo: some 100 MiB
/// each. CPython writes a thousand at a time.
const MOST_NODES: usize = 1 << 20;

/// Names of opaque objects that are listed; the rest are counted as `others`.
const MOST_NAMES: usize = 100;

pub(super) fn size_of_file<R: BufRead + Seek>(
    mut reader: R,
    memory: Memory,
    allow_opaque: bool,
) -> Result<Sizing> {
    let limits = PickleLimits::default();
    let wanted = event::fetched_ids(&mut reader, &limits)?;
    size(reader, Some(wanted), memory, allow_opaque, &limits)
}

pub(super) fn size_of_pipe<R: BufRead>(
    reader: R,
    memory: Memory,
    allow_opaque: bool,
) -> Result<Sizing> {
    size(reader, None, memory, allow_opaque, &PickleLimits::default())
}

fn size<R: BufRead>(
    reader: R,
    wanted: Option<Vec<u32>>,
    memory: Memory,
    allow_opaque: bool,
    limits: &PickleLimits,
) -> Result<Sizing> {
    let mut sizer = Unpickler {
        memory,
        allow_opaque,
        wanted,
        stack: Vec::new(),
        marks: Marks::new(),
        memo: HashMap::new(),
        next_id: 0,
        seen: HashSet::new(),
        total: Sizes::default(),
        alive: Rc::new(()),
        numbers: 0,
        opaque: BTreeMap::new(),
        is_recursive: false,
        root: None,
    };
    event::events(reader, limits, |event, _| sizer.on(event))?;
    sizer.finish()
}

struct Unpickler {
    memory: Memory,
    allow_opaque: bool,
    /// Ids that are fetched from the memo, ascending; absent for a pipe, which
    /// cannot be read beforehand.
    wanted: Option<Vec<u32>>,
    stack: Vec<Node>,
    /// Whether what is above each may be shown.
    marks: Marks<bool>,
    memo: HashMap<u32, Node>,
    next_id: u32,
    /// Objects that a build has but one of and that were counted.
    seen: HashSet<(Build, Singleton)>,
    total: Sizes,
    /// Cloned for each object that may be shown: its count is theirs.
    alive: Rc<()>,
    numbers: u64,
    /// How many opaque objects of each name.
    opaque: BTreeMap<String, u64>,
    is_recursive: bool,
    root: Option<Node>,
}

impl Unpickler {
    fn on(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Leaf(leaf) => self.leaf(leaf),
            Event::EmptyList => self.new_container(Kind::List),
            Event::EmptyDict => self.new_container(Kind::Dict),
            Event::EmptySet => self.new_container(Kind::Set),
            Event::Mark => {
                let show = self.shows_next();
                if self.marks.len() == MOST_NODES {
                    return Err(event::malformed("too many marks"));
                }
                self.marks.open(self.stack.len(), show);
                Ok(())
            }
            Event::PopMark => {
                let from = self.pop_mark()?;
                self.discard(from);
                Ok(())
            }
            Event::Pop => self.pop(),
            Event::Dup => {
                let node = self.top()?.fetched();
                self.push(node)
            }
            Event::Stop => self.stop(),
            Event::Put(id) => self.put(id),
            Event::Get(id) => self.get(id),
            Event::Tuple(count) => {
                let from = self.from(count)?;
                self.tuple(from)
            }
            Event::List => self.collect(Kind::List),
            Event::Dict => self.collect(Kind::Dict),
            Event::FrozenSet => self.collect(Kind::FrozenSet),
            Event::Append => self.add_above(Some(1), &[Kind::List]),
            Event::Appends => self.add_above(None, &[Kind::List]),
            Event::SetItem => self.add_above(Some(2), &[Kind::Dict]),
            Event::SetItems => self.add_above(None, &[Kind::Dict]),
            Event::AddItems => self.add_above(None, &[Kind::Set]),
            Event::Global(Some(global), _) => self.push(Node::new(What::Known(global))),
            Event::Global(None, name) => self.foreign(name),
            Event::StackGlobal => self.stack_global(),
            Event::Reduce => self.reduce(),
            Event::Code {
                name,
                parts,
                callable,
            } => self.code(name, parts, callable),
            Event::Build => self.build(),
        }
    }

    fn finish(self) -> Result<Sizing> {
        let root = self.root.ok_or_else(|| event::malformed("no value"))?;
        let object = match root.object(self.memory) {
            Some(object) => object,
            None => return Err(event::malformed("the pickle holds no object of its own")),
        };
        let record_total = object.record;
        // Objects that share objects that share objects can be more values
        // than any memory holds.
        let rust_total = Some(root.rust_bytes()).filter(|&bytes| bytes < u64::MAX);
        Ok(Sizing {
            root: object,
            total: self.total,
            rust_total: rust_total.filter(|_| !self.is_recursive && self.opaque.is_empty()),
            record_total: record_total.filter(|_| !self.is_recursive),
            opaque: self
                .opaque
                .into_iter()
                .map(|(name, count)| Opaque { name, count })
                .collect(),
            is_recursive: self.is_recursive,
            made: Made::Unpickled,
            memory: self.memory,
        })
    }
}
