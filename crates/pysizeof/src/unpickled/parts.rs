//! Which part takes how much: what goes into a container or a tuple becomes part of
//! its branch.

use std::num::NonZeroU64;
use std::rc::Rc;
use std::vec::IntoIter;

use super::Unpickler;
use super::node::{Container, Node, What};
use crate::build::Sizes;
use crate::kind::Type;
use crate::parts::{Branch, Parts, Spot, Stats, TypeId, Watch};
use crate::rust;
use crate::shape::Shape;

/// Items of a tuple whose places are told apart.
const MOST_PLACES: usize = 16;

/// Tuples that wait, by their places on the stack.
type Tuples = IntoIter<(usize, Branch)>;

/// The branch of the tuple at a place of the stack. Others that were lower are of tuples
/// that are gone.
#[inline]
fn tuple_at(place: usize, tuples: &mut Tuples) -> Option<Branch> {
    while let Some((its, _)) = tuples.as_slice().first()
        && *its <= place
    {
        let is_its = *its == place;
        let (_, tuple) = tuples.next()?;
        if is_its {
            return Some(tuple);
        }
    }
    None
}

impl Unpickler {
    /// Text is about to be pushed.
    pub(super) fn watch_text(&mut self, text: &[u8]) {
        let is_key = self.is_key_next();
        let place = self.stack.len();
        if let Some(watch) = &mut self.watch {
            watch.note_text(text);
            if is_key {
                watch.note_key(place, text);
            }
        }
    }

    /// Whether the next object will be a key of a dict.
    #[inline]
    fn is_key_next(&self) -> bool {
        let floor = self.marks.floor();
        let is_dict = |node: &Node| match node.what {
            What::Container(place) => {
                let container = self.containers.get(place);
                container.is_some_and(Container::is_dict)
            }
            _ => false,
        };
        let is_even = (self.stack.len() - floor).is_multiple_of(2);
        let under = floor.checked_sub(1).map(|under| &self.stack[under]);
        // Among others above the mark, or one by one.
        (is_even && under.is_some_and(is_dict)) || self.stack.last().is_some_and(is_dict)
    }

    /// The items above `from` go into a container of `len` items.
    #[inline(never)]
    pub(super) fn note_items(&mut self, container: &mut Container, from: usize, len: u64) {
        let Some(mut watch) = self.watch.take() else {
            return;
        };
        let kind = self.type_of(container.kind, &mut watch);
        let mut branch = match container.branch.take() {
            Some(branch) => branch,
            None => Box::new(Branch::new(Spot::Root, kind)),
        };
        let before = branch.branches();
        let is_dict = container.is_dict();
        let mut tuples = watch.tuples_from(from);
        let mut from_here = from;
        if container.kind == Type::List {
            from_here += self.note_references(&mut watch, &mut branch, from, len);
        }
        for place in from_here..self.stack.len() {
            let above = place - from;
            let spot = match container.kind {
                _ if is_dict && above.is_multiple_of(2) => Spot::Keys,
                _ if is_dict => self.spot_of_key(place - 1, &watch),
                Type::List | Type::Deque => Spot::Item(len + above as u64),
                Type::Opaque(_) | Type::Instance(..) => self.spot_of_state(place),
                _ => Spot::Items,
            };
            self.note_item(&mut watch, &mut branch, spot, place, &mut tuples);
        }
        watch.cut_keys(from);
        let items = (self.stack.len() - from) as u64;
        // A comma behind each, or a colon behind a key.
        branch.punctuate(items);
        watch.waiting = (watch.waiting + branch.branches()).saturating_sub(before);
        container.branch = Some(branch);
        self.watch = Some(watch);
    }

    /// As many of the items above `from` as are strs and the like that were fetched,
    /// at once: lists of words are made of them. Tells how many there are.
    fn note_references(
        &self,
        watch: &mut Watch,
        branch: &mut Branch,
        from: usize,
        len: u64,
    ) -> usize {
        let mut all = Stats::default();
        let mut kind = None;
        let mut count = 0;
        for node in &self.stack[from..] {
            let What::Shape(shape) = &node.what else {
                break;
            };
            if !node.is_fetched || matches!(shape, Shape::Tuple(_)) {
                break;
            }
            let its = watch.type_of(shape);
            if kind.is_some_and(|kind| kind != its) {
                break;
            }
            kind = Some(its);
            all.add(&Stats::of(shape));
            count += 1;
        }
        if let Some(kind) = kind {
            branch.adopt_references(len, kind, count as u64, &all);
        }
        count
    }

    /// The items above `from` become a tuple.
    #[inline(never)]
    pub(super) fn note_tuple(&mut self, from: usize, shape: Shape) {
        let Some(mut watch) = self.watch.take() else {
            return;
        };
        watch.count(&shape);
        let mut branch = Branch::new(Spot::Root, TypeId::TUPLE);
        let mut tuples = watch.tuples_from(from);
        let has_places = self.stack.len() - from <= MOST_PLACES;
        for place in from..self.stack.len() {
            let above = place - from;
            let spot = match has_places {
                true => Spot::Place(above as u32),
                false => Spot::Item(above as u64),
            };
            self.note_item(&mut watch, &mut branch, spot, place, &mut tuples);
        }
        let (sizes, mut stats) = watch.leaf(&shape);
        stats.json += (self.stack.len() - from) as u64;
        match shape {
            // The interpreter's own.
            Shape::Tuple(0) => branch.add_shared(&stats),
            _ => branch.close(&sizes, &stats),
        }
        watch.cut_keys(from);
        watch.push_tuple(from, branch, self.marks.floor());
        self.watch = Some(watch);
    }

    /// The object at a place of the stack becomes a part of a branch.
    #[inline]
    fn note_item(
        &mut self,
        watch: &mut Watch,
        branch: &mut Branch,
        spot: Spot,
        place: usize,
        tuples: &mut Tuples,
    ) {
        let node = self.stack[place];
        match node.what {
            What::Shape(shape) if node.is_fetched => {
                let kind = watch.type_of(&shape);
                let stats = match shape {
                    Shape::Tuple(_) => json_of(rust_as_json(node.rust)),
                    _ => Stats::of(&shape),
                };
                branch.adopt_shared(spot, kind, &stats);
            }
            What::Shape(Shape::Tuple(_)) => {
                // Without one, it is part of the one beside it.
                if let Some(mut tuple) = tuple_at(place, tuples) {
                    tuple.put(spot);
                    branch.adopt(tuple);
                }
            }
            What::Shape(shape) => {
                let (sizes, stats) = watch.leaf(&shape);
                let kind = watch.type_of(&shape);
                branch.adopt_leaf(spot, kind, &sizes, &stats);
            }
            What::Container(container) => {
                let Some(held) = self.containers.get(container) else {
                    // It is the one that is being filled.
                    branch.adopt_shared(spot, TypeId::OTHERS, &Stats::default());
                    return;
                };
                if node.is_fetched || held.json.is_some() {
                    let stats = json_of(held.json.map_or(0, NonZeroU64::get));
                    let kind = self.type_of(held.kind, watch);
                    branch.adopt_shared(spot, kind, &stats);
                    return;
                }
                if let Some(mut part) = self.finished(container, watch) {
                    part.put(spot);
                    branch.adopt(part);
                }
            }
            What::Known(_) | What::Class(_) | What::Foreign(_) | What::Arguments(_) => {
                let kind = watch.type_named("type");
                branch.adopt_shared(spot, kind, &Stats::default());
            }
        }
    }

    /// The branch of a container that becomes part of something.
    fn finished(&mut self, place: u32, watch: &mut Watch) -> Option<Branch> {
        let container = self.containers.get(place)?;
        let (kind, table, len) = (container.kind, container.table, container.len);
        let (becomes, is_garbage) = (container.becomes.as_deref().copied(), container.is_garbage);
        let type_id = self.type_of(kind, watch);
        let sizes = match (becomes, kind) {
            (Some(sizes), _) => sizes,
            (None, Type::Opaque(_)) => Sizes::default(),
            (None, _) if is_garbage => Sizes::default(),
            (None, _) => table.sizes(kind, len, self.memory),
        };
        if becomes.is_some() || !is_garbage {
            watch.count_object(type_id, &sizes);
        }
        let container = self.containers.get_mut(place)?;
        let mut branch = match container.branch.take() {
            Some(branch) => {
                watch.waiting = watch.waiting.saturating_sub(branch.branches());
                *branch
            }
            None => Branch::new(Spot::Root, type_id),
        };
        branch.close(&sizes, &json_of(2));
        container.json = NonZeroU64::new(branch.json().max(1));
        if watch.is_full() {
            branch.forget_parts();
        }
        Some(branch)
    }

    /// What is below the tuple at a place of the stack, for what is made of its items.
    pub(super) fn take_tuple(&mut self, place: usize, len: u64) -> Option<Box<Branch>> {
        let watch = self.watch.as_mut()?;
        let mut tuples = watch.tuples_from(place);
        let (_, mut branch) = tuples.find(|(its, _)| *its == place)?;
        branch.open_again(&watch.leaf(&Shape::Tuple(len)).0);
        Some(Box::new(branch))
    }

    /// A key of a state gives way to one that is interned.
    pub(super) fn forget_key_of(&mut self, dict: u32, key: &Node) {
        let (Some(watch), What::Shape(shape), false) = (&mut self.watch, key.what, key.is_fetched)
        else {
            return;
        };
        watch.uncount(&shape, 1);
        let sizes = watch.leaf(&shape).0;
        let container = self.containers.get_mut(dict);
        if let Some(branch) = container.and_then(|dict| dict.branch.as_mut()) {
            branch.forget_key(TypeId::STR, &sizes);
        }
    }

    /// What is below an array that keeps its data as another object.
    pub(super) fn branch_of_data(&mut self, data: &Node) -> Option<Box<Branch>> {
        let What::Shape(shape) = data.what else {
            return self.take_branch(data);
        };
        let watch = self.watch.as_mut()?;
        let (sizes, stats) = watch.leaf(&shape);
        let (array, kind) = (watch.type_named("numpy.ndarray"), watch.type_of(&shape));
        let mut branch = Branch::new(Spot::Root, array);
        match data.is_fetched {
            true => branch.adopt_shared(Spot::State, kind, &stats),
            false => branch.adopt_leaf(Spot::State, kind, &sizes, &stats),
        }
        Some(Box::new(branch))
    }

    /// The parts of a container are garbage.
    pub(super) fn forget_branch(&mut self, node: &Node) {
        if let (Some(branch), Some(watch)) = (self.take_branch(node), &mut self.watch) {
            watch.waiting = watch.waiting.saturating_sub(branch.branches());
        }
    }

    /// What a list becomes when it is made something else.
    pub(super) fn take_branch(&mut self, node: &Node) -> Option<Box<Branch>> {
        let What::Container(place) = node.what else {
            return None;
        };
        let mut branch = self.containers.get_mut(place)?.branch.take()?;
        branch.forget_indices();
        Some(branch)
    }

    fn type_of(&self, kind: Type, watch: &mut Watch) -> TypeId {
        match kind {
            Type::List => TypeId::LIST,
            Type::Dict => TypeId::DICT,
            Type::Set => TypeId::SET,
            Type::FrozenSet => watch.type_named("frozenset"),
            Type::OrderedDict => watch.type_named("OrderedDict"),
            Type::DefaultDict => watch.type_named("defaultdict"),
            Type::Deque => watch.type_named("deque"),
            Type::Array(_) => watch.type_named("numpy.ndarray"),
            Type::Dtype(..) => watch.type_named("numpy.dtype"),
            Type::Instance(name, _)
            | Type::SubDict(name)
            | Type::NamedTuple(name)
            | Type::Opaque(name) => watch.type_named(self.name(name)),
        }
    }

    /// Where a dict has the value of the key at a place of the stack.
    #[inline]
    fn spot_of_key(&self, place: usize, watch: &Watch) -> Spot {
        let node = &self.stack[place];
        match node.what {
            What::Shape(Shape::Int(int)) => match int.value {
                Some(value) => Spot::Number(value),
                None => Spot::Values,
            },
            What::Shape(Shape::Str(_)) => match self.texts.get(node.name as usize) {
                Some(name) => Spot::Name(Rc::clone(name)),
                None => match watch.key(place) {
                    Some(name) if !node.is_fetched => Spot::Name(name.into()),
                    _ => Spot::Values,
                },
            },
            _ => Spot::Values,
        }
    }

    /// A dict among what an object is made of is its state.
    fn spot_of_state(&self, place: usize) -> Spot {
        match self.stack[place].what {
            What::Container(place) => {
                let is_dict = self.containers.get(place).is_some_and(Container::is_dict);
                if is_dict { Spot::State } else { Spot::Items }
            }
            _ => Spot::Items,
        }
    }

    /// The answer, with `root` as the data.
    pub(super) fn parts(&mut self, root: &Node, total: Sizes) -> Option<Parts> {
        let mut watch = self.watch.take()?;
        let mut tuples = watch.tuples_from(0);
        let mut branch = match root.what {
            What::Container(place) => self.finished(place, &mut watch)?,
            What::Shape(shape) => {
                let waiting = tuple_at(0, &mut tuples);
                let kind = watch.type_of(&shape);
                let (sizes, stats) = watch.leaf(&shape);
                waiting.unwrap_or_else(|| {
                    let mut leaf = Branch::new(Spot::Root, kind);
                    leaf.add_leaf(&sizes, &stats);
                    leaf
                })
            }
            _ => Branch::new(Spot::Root, watch.type_named("type")),
        };
        if self.cut_short.is_some() {
            for place in 1..self.stack.len() {
                self.note_item(&mut watch, &mut branch, Spot::Loose, place, &mut tuples);
            }
        }
        branch.put(Spot::Root);
        for (&name, class) in &self.instances.classes {
            let kind = watch.type_named(self.name(name));
            let too_much = class.told_too_much();
            if branch.lose(kind, &too_much) {
                watch.lose(TypeId::DICT, &too_much);
            }
        }
        Some(watch.finish(branch, total))
    }
}

fn json_of(json: u64) -> Stats {
    Stats {
        json,
        ..Stats::default()
    }
}

/// About what a shared tuple takes in JSON: of its items only what they take in Rust
/// is known.
fn rust_as_json(bytes: u64) -> u64 {
    (bytes - rust::VALUE.min(bytes)) / 2
}
