//! A pickle as CPython's C unpickler builds it, without building it.
//!
//! Every object is made by one opcode and counted there; what is fetched from
//! the memo was counted before, in whichever record. Nothing else is kept of an
//! object than the stack holds, unless a later opcode fetches it: of each such
//! object its size, not its parts.
//!
//! `quick` takes the opcodes that most of a pickle is made of, `references` lists of
//! what is in the memo. `node` is an object on the stack, `stack` what moves it there and
//! away, `memo` what is fetched later, `count` and `fill` what is counted, `call` what is
//! made by code, `instance` the objects of unknown classes, `state` what they are given,
//! `library` the objects of the standard library, `typed` Python's own arrays, `arrays`
//! those of numpy, `passing` what stands for these in files of joblib, `look` what the
//! process has at a time, `parts` which part takes how much.

mod arrays;
mod call;
mod count;
mod fill;
mod instance;
mod library;
mod look;
mod memo;
mod node;
mod parts;
mod passing;
mod quick;
mod references;
mod stack;
mod state;
mod typed;

use std::collections::HashMap;
use std::io::{BufRead, Seek};
use std::rc::Rc;

use picklestream::pickle::event::{self, Event, Follower, Marks};
use picklestream::pickle::{ErrorKind, PickleLimits, Result};

use super::census::Census;
use super::cost::Loading;
use super::kind::Type;
use super::layout::Memory;
use super::object::Object;
use super::parts::Watch;
use super::sizing::{Detail, Instances, Made, Sizing, Unknown};
use instance::Known;
use look::RecentTexts;
use memo::Memo;
use node::{Container, Node, Places};
use typed::Numbers;

/// Objects that may be shown are kept up to this many at a time.
const MOST_SHOWN: usize = 100_000;

/// Objects on the stack at once, containers at once, and objects kept for the
/// memo: some 300 MiB each. CPython writes a thousand at a time, but for tuples.
const MOST_NODES: usize = 1 << 22;

/// Open marks.
const MOST_MARKS: usize = 1 << 20;

/// Items of a tuple from which on its making is looked at by itself.
const MANY_ITEMS: usize = 1 << 15;

/// Names of unknown objects that are listed; the rest are counted as `others`.
const MOST_NAMES: usize = 100;

pub(super) fn size_of_file<R: BufRead + Seek>(
    mut reader: R,
    memory: Memory,
    detail: Detail,
) -> Result<Sizing> {
    let limits = PickleLimits::default();
    let wanted = event::fetched_ids(&mut reader, &limits)?;
    size(reader, Memo::of_wanted(wanted), memory, detail, &limits)
}

pub(super) fn size_of_pipe<R: BufRead>(
    reader: R,
    memory: Memory,
    detail: Detail,
) -> Result<Sizing> {
    let limits = PickleLimits::default();
    size(reader, Memo::All(HashMap::new()), memory, detail, &limits)
}

fn size<R: BufRead>(
    reader: R,
    memo: Memo,
    memory: Memory,
    detail: Detail,
    limits: &PickleLimits,
) -> Result<Sizing> {
    let mut sizer = Unpickler {
        memory,
        watch: match detail {
            Detail::Totals => None,
            Detail::Parts => Some(Box::new(Watch::new(memory))),
        },
        stack: Vec::new(),
        marks: Marks::new(),
        memo,
        next_id: 0,
        live: Census::new(),
        held: Census::new(),
        dropped: Census::new(),
        loading: Loading::new(),
        containers: Places::new(),
        shown: Places::new(),
        arguments: Places::new(),
        recent: RecentTexts::new(),
        texts: Vec::new(),
        names: Vec::new(),
        instances: Known::new(),
        argument: String::new(),
        has_utc: false,
        has_arrays: false,
        numbers_of_list: None,
        passing: None,
        places_of_names: HashMap::new(),
        numbers: 0,
        is_recursive: false,
        root: None,
        length: 0,
        cut_short: None,
    };
    match event::follow(reader, limits, &mut sizer) {
        Err(error) if matches!(error.kind(), ErrorKind::Truncated) => {
            sizer.cut_short = Some(error.offset().unwrap_or(sizer.length));
            sizer.root = sizer.stack.first().copied();
            sizer.snapshot(|_| 0);
            sizer.finish().map_err(|_| error)
        }
        Err(error) => Err(error),
        Ok(_) => sizer.finish(),
    }
}

struct Unpickler {
    memory: Memory,
    /// Where it is asked for which part takes how much.
    watch: Option<Box<Watch>>,
    stack: Vec<Node>,
    /// Whether what is above each may be shown.
    marks: Marks<bool>,
    memo: Memo,
    next_id: u32,
    /// The objects of the data.
    live: Box<Census>,
    /// Arguments of calls that only CPython's memo keeps.
    held: Box<Census>,
    /// Arguments of calls that nothing keeps.
    dropped: Box<Census>,
    loading: Loading,
    containers: Places<Container>,
    /// Objects without parts, and tuples, that may be shown.
    shown: Places<Rc<Object>>,
    arguments: Places<Rc<[Node]>>,
    recent: RecentTexts,
    /// Texts that are kept and could be names.
    texts: Vec<Rc<str>>,
    /// Names of what code would make, and how many of each it would.
    names: Vec<Name>,
    instances: Known,
    /// The text of the first argument of the last call.
    argument: String,
    /// `datetime.timezone.utc` was counted.
    has_utc: bool,
    /// Something of numpy came.
    has_arrays: bool,
    /// Those of the last list that an `array.array` may be made of, once this class came.
    numbers_of_list: Option<Box<Numbers>>,
    /// The place on the stack, and the identity, of what stands for an array of joblib.
    passing: Option<(usize, u64)>,
    places_of_names: HashMap<Rc<str>, u32>,
    numbers: u64,
    is_recursive: bool,
    root: Option<Node>,
    /// Bytes of the pickle.
    length: u64,
    /// The byte at which it ends too early.
    cut_short: Option<u64>,
}

/// The name of what code would make.
struct Name {
    text: Rc<str>,
    /// How many objects of unknown size.
    unknown: u64,
    /// How many that are taken to be instances of a class written in Python.
    instances: u64,
}

impl Follower for Unpickler {
    /// Items are counted by their length.
    const MEASURES: bool = true;

    fn event(&mut self, event: Event<'_>, offset: u64) -> Result<()> {
        self.length = offset + 1;
        self.on(event)
    }

    #[inline]
    fn leap(&mut self, bytes: &[u8], at: &mut usize) -> Result<()> {
        self.take_known(bytes, at)
    }
}

impl Unpickler {
    fn on(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Leaf(leaf) => self.leaf(leaf),
            Event::Long(long) => self.long(long),
            Event::EmptyList => self.new_container(Type::List).map(drop),
            Event::EmptyDict => self.new_container(Type::Dict).map(drop),
            Event::EmptySet => self.new_container(Type::Set).map(drop),
            Event::Mark => self.open_mark(),
            Event::PopMark => {
                let from = self.pop_mark()?;
                self.discard(from);
                Ok(())
            }
            Event::Pop => self.pop(),
            Event::Dup => self.duplicate(),
            Event::Stop => self.stop(),
            Event::Put(Some(id)) => self.put(id),
            Event::Put(None) => self.memoize(),
            Event::Get(id) => self.get(id),
            Event::Tuple(count) => {
                let from = self.from(count)?;
                self.tuple(from)
            }
            Event::List => self.collect(Type::List),
            Event::Dict => self.collect(Type::Dict),
            Event::FrozenSet => self.collect(Type::FrozenSet),
            Event::Append => self.add_above(Some(1), Type::is_list),
            Event::Appends => self.add_above(None, Type::is_list),
            Event::SetItem => self.add_above(Some(2), Type::is_dict),
            Event::SetItems => self.add_above(None, Type::is_dict),
            Event::AddItems => self.add_above(None, |kind| kind == Type::Set),
            Event::Global(Some(global), _) => self.push(Node::new(node::What::Known(global), 0)),
            Event::Global(None, name) => self.foreign(name),
            Event::StackGlobal => self.stack_global(),
            Event::Reduce => self.reduce(),
            Event::Code {
                name,
                parts,
                callable,
            } => self.make(&name, parts, callable),
            Event::Build => self.build(),
        }
    }

    fn finish(mut self) -> Result<Sizing> {
        let root = self.root.ok_or_else(|| event::malformed("no value"))?;
        let Some(object) = self.object(&root) else {
            return Err(event::malformed("the pickle holds no object of its own"));
        };
        let record_total = object.record;
        let rust_total = match root.what {
            node::What::Container(place) => {
                let container = self.containers.get(place);
                container.map_or(0, Container::rust_bytes)
            }
            _ => root.rust,
        };
        // Objects that share objects that share objects can be more values
        // than any memory holds.
        let rust_total = Some(rust_total).filter(|&bytes| bytes < u64::MAX);
        let total = self.total();
        let cost = self.cost();
        let parts = self.parts(&root, total);
        let mut unknown: Vec<Unknown> = self
            .names
            .iter()
            .filter(|name| name.unknown > 0)
            .map(|name| Unknown {
                name: name.text.to_string(),
                count: name.unknown,
            })
            .collect();
        unknown.sort_by(|a, b| a.name.cmp(&b.name));
        let named = self.names.iter().filter(|name| name.instances > 0);
        let mut instances: Vec<Instances> = named
            .map(|name| Instances {
                class: name.text.to_string(),
                count: name.instances,
            })
            .collect();
        instances.sort_by(|a, b| a.class.cmp(&b.class));
        let is_value = !self.is_recursive && unknown.is_empty() && instances.is_empty();
        Ok(Sizing {
            root: object,
            total,
            rust_total: rust_total.filter(|_| is_value),
            record_total: record_total.filter(|_| !self.is_recursive),
            unknown,
            instances,
            is_recursive: self.is_recursive,
            cut_short: self.cut_short,
            cost: Some(cost),
            parts,
            made: Made::Unpickled,
            memory: self.memory,
        })
    }
}
