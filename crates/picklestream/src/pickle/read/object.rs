//! Objects that only code could make, for serde: their parts for
//! [`Value`](crate::value::Value), their attributes for any other type.

use std::marker::PhantomData;

use serde::de::value::{StrDeserializer, UnitDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::lend::Lend;
use super::node::NodeReader;
use super::sequence::{Chain, Run, Sequence};
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::Node;
use crate::pickle::machine::how::{How, Part};
use crate::pickle::machine::state::Machine;

/// An object, by how it is made and where its nodes lie.
#[derive(Clone, Copy)]
pub(super) struct ObjectReader<'a, M> {
    machine: &'a Machine,
    how: How,
    nodes: Nodes<'a>,
    lend: PhantomData<M>,
}

/// Where the nodes of an object lie.
#[derive(Clone, Copy)]
enum Nodes<'a> {
    /// In a container.
    Container(u32),
    /// Of a global that stands for data, which is handed over as any other.
    Words(&'a str, &'a str),
}

impl<'a, M: Copy> ObjectReader<'a, M> {
    /// What `node` is, if it is an object.
    pub(super) fn new(machine: &'a Machine, node: &Node) -> Option<Self> {
        let (how, nodes) = match *node {
            Node::Object { how, container, .. } => (how, Nodes::Container(container)),
            Node::Global { global, .. } => {
                let (module, name) = global.words();
                (How::Global, Nodes::Words(module, name))
            }
            _ => return None,
        };
        Some(ObjectReader {
            machine,
            how,
            nodes,
            lend: PhantomData,
        })
    }

    /// The nodes of the head, as many as there are.
    fn head(self) -> [Option<&'a Node>; 3] {
        let mut head = [None; 3];
        if let Nodes::Container(container) = self.nodes {
            let chain = Chain::new(&self.machine.arena, container);
            for (place, node) in head.iter_mut().zip(chain.take(self.how.head())) {
                *place = Some(node);
            }
        }
        head
    }

    /// Module and name of the class or function.
    fn words(self) -> Option<(&'a str, &'a str)> {
        match (self.how, self.nodes) {
            (_, Nodes::Words(module, name)) => Some((module, name)),
            (How::Global, _) => {
                let [
                    Some(&Node::Str { text: module, .. }),
                    Some(&Node::Str { text: name, .. }),
                    _,
                ] = self.head()
                else {
                    return None;
                };
                let arena = &self.machine.arena;
                Some((arena.text(module), arena.text(name)))
            }
            (How::Call | How::New | How::NewWithNames, _) => {
                Self::new(self.machine, self.head()[0]?)?.of_global()
            }
            _ => None,
        }
    }

    fn of_global(self) -> Option<(&'a str, &'a str)> {
        (self.how == How::Global).then(|| self.words()).flatten()
    }

    /// All that was done to it of one kind.
    fn log(self, part: Part) -> Log<'a> {
        let mut log = Log {
            nodes: None,
            part,
            in_run: 0,
            left: 0,
        };
        if let Nodes::Container(container) = self.nodes {
            let mut chain = Chain::new(&self.machine.arena, container);
            chain.by_ref().take(self.how.head()).for_each(drop);
            log.nodes = Some(chain.clone());
            log.left = lengths(chain, part);
        }
        log
    }

    fn sequence<I: ExactSizeIterator<Item = &'a Node>>(
        self,
        items: I,
    ) -> Result<Sequence<'a, I, M>> {
        Sequence::open(self.machine, items)
    }

    /// The attributes: keys and values that were set, and those of states that are
    /// dicts, or tuples of two such.
    pub(super) fn visit_map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        if let (How::Global, Some((module, name))) = (self.how, self.words()) {
            return visitor.visit_string(format!("{module}.{name}"));
        }
        let mut runs = vec![Attributes::Pairs(self.log(Part::Pairs))];
        for state in self.log(Part::State) {
            match *state {
                Node::None { .. } => {}
                Node::Dict { container, .. } => runs.push(self.dict(container)),
                Node::Tuple { items, .. } => {
                    let parts = self.machine.arena.items(items);
                    let all_dicts =
                        |node: &Node| matches!(node, Node::Dict { .. } | Node::None { .. });
                    if parts.len() != 2 || !parts.iter().all(all_dicts) {
                        return Err(self.no_fields());
                    }
                    for part in parts {
                        if let Node::Dict { container, .. } = *part {
                            runs.push(self.dict(container));
                        }
                    }
                }
                _ => return Err(self.no_fields()),
            }
        }
        runs.reverse();
        let left = runs.iter().map(ExactSizeIterator::len).sum();
        self.sequence(Fields { runs, left })?.visit_map(visitor)
    }

    fn dict(self, container: u32) -> Attributes<'a> {
        Attributes::Dict(Chain::new(&self.machine.arena, container))
    }

    #[cold]
    fn no_fields(self) -> Error {
        let name = match self.words() {
            Some((module, name)) => format!("{module}.{name}"),
            None => "an object".to_owned(),
        };
        de::Error::custom(format!(
            "{name} has a state that is no dict of attributes; read it as a Value"
        ))
    }

    /// What was appended or added to it.
    pub(super) fn visit_items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        self.sequence(self.log(Part::Items))?.visit(visitor)
    }

    /// Whether there is anything for [`Self::visit_items`].
    pub(super) fn has_items(self) -> bool {
        self.log(Part::Items).len() > 0
    }
}

fn lengths(nodes: Chain<'_>, wanted: Part) -> usize {
    let mut left = 0;
    nodes
        .filter_map(|node| match *node {
            Node::Part { part, count } if left == 0 => {
                left = count;
                (part == wanted).then_some(count as usize)
            }
            _ => {
                left -= 1;
                None
            }
        })
        .sum()
}

/// The nodes of one part of an object.
#[derive(Clone)]
struct Log<'a> {
    nodes: Option<Chain<'a>>,
    part: Part,
    /// Nodes that follow of the run at hand, which is of the part.
    in_run: u32,
    left: usize,
}

impl Log<'_> {
    const NOTHING: Log<'static> = Log {
        nodes: None,
        part: Part::Items,
        in_run: 0,
        left: 0,
    };
}

impl<'a> Iterator for Log<'a> {
    type Item = &'a Node;

    fn next(&mut self) -> Option<&'a Node> {
        if self.left == 0 {
            return None;
        }
        let nodes = self.nodes.as_mut()?;
        while self.in_run == 0 {
            match *nodes.next()? {
                Node::Part { part, count } if part == self.part => self.in_run = count,
                Node::Part { count, .. } => nodes.by_ref().take(count as usize).for_each(drop),
                _ => {}
            }
        }
        self.in_run -= 1;
        self.left -= 1;
        nodes.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Log<'_> {}

/// Keys and values in turn.
enum Attributes<'a> {
    Pairs(Log<'a>),
    Dict(Chain<'a>),
}

impl<'a> Iterator for Attributes<'a> {
    type Item = &'a Node;

    fn next(&mut self) -> Option<&'a Node> {
        match self {
            Attributes::Pairs(log) => log.next(),
            Attributes::Dict(chain) => chain.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Attributes::Pairs(log) => log.size_hint(),
            Attributes::Dict(chain) => chain.size_hint(),
        }
    }
}

impl ExactSizeIterator for Attributes<'_> {}

/// The same of several dicts, the last of `runs` first.
struct Fields<'a> {
    runs: Vec<Attributes<'a>>,
    left: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a Node;

    fn next(&mut self) -> Option<&'a Node> {
        loop {
            if let Some(node) = self.runs.last_mut()?.next() {
                self.left -= 1;
                return Some(node);
            }
            self.runs.pop();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Fields<'_> {}

/// Answers `deserialize_tuple` with the parts: see `value::parts`.
impl<'a, 'de, M: Lend<'a, 'de>> Deserializer<'de> for ObjectReader<'a, M> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(PartsAccess {
            object: self,
            next: 0,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf option unit unit_struct newtype_struct seq tuple tuple_struct
        map struct enum identifier ignored_any
    }
}

struct PartsAccess<'a, M> {
    object: ObjectReader<'a, M>,
    next: u32,
}

impl<'a, 'de, M: Lend<'a, 'de>> SeqAccess<'de> for PartsAccess<'a, M> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        let object = self.object;
        let word = |text: &str, seed: S| {
            let word: StrDeserializer<'_, Error> = text.into_deserializer();
            seed.deserialize(word)
        };
        let [first, second, third] = object.head();
        let (module, name) = object.words().unwrap_or_default();
        let number = self.next;
        self.next += 1;
        match number {
            0 => word(
                match object.how {
                    How::Global => "global",
                    How::Persistent => "persistent",
                    How::Extension => "extension",
                    How::Buffer => "buffer",
                    _ if object.words().is_none() => "call of",
                    How::Call => "call",
                    How::New | How::NewWithNames => "new",
                },
                seed,
            ),
            1 => word(module, seed),
            2 => match (object.how, first) {
                (How::Extension, Some(&Node::Int { value, .. })) => word(&value.to_string(), seed),
                _ => word(name, seed),
            },
            3 => match first {
                Some(called) if object.how.is_of_callable() && object.words().is_none() => {
                    NodeReader::<M>::new(object.machine, called).read(seed)
                }
                _ => seed.deserialize(UnitDeserializer::new()),
            },
            4 => {
                let arguments: Run<'a> = match (object.how, first, second) {
                    (How::Persistent, Some(id), _) => std::slice::from_ref(id).iter(),
                    (
                        How::Call | How::New | How::NewWithNames,
                        _,
                        Some(&Node::Tuple { items, .. }),
                    ) => object.machine.arena.items(items).iter(),
                    _ => [].iter(),
                };
                seed.deserialize(Items(object.sequence(arguments)?))
            }
            5 => {
                let named = match third {
                    Some(&Node::Dict { container, .. }) => object.dict(container),
                    _ => Attributes::Pairs(Log::NOTHING),
                };
                seed.deserialize(Pairs(object.sequence(named)?))
            }
            6 => seed.deserialize(Items(object.sequence(object.log(Part::Items))?)),
            7 => seed.deserialize(Pairs(object.sequence(object.log(Part::Pairs))?)),
            8 => seed.deserialize(Items(object.sequence(object.log(Part::State))?)),
            _ => return Ok(None),
        }
        .map(Some)
    }
}

/// Items as a sequence.
struct Items<'a, I, M>(Sequence<'a, I, M>);

/// Keys and values as a map.
struct Pairs<'a, I, M>(Sequence<'a, I, M>);

macro_rules! deserializers {
    ($($type:ident $visit:ident;)*) => {
        $(
            impl<'a, 'de, I: ExactSizeIterator<Item = &'a Node>, M: Lend<'a, 'de>>
                Deserializer<'de> for $type<'a, I, M>
            {
                type Error = Error;

                fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                    self.0.$visit(visitor)
                }

                forward_to_deserialize_any! {
                    bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
                    bytes byte_buf option unit unit_struct newtype_struct seq tuple
                    tuple_struct map struct enum identifier ignored_any
                }
            }
        )*
    };
}

deserializers! {
    Items visit;
    Pairs visit_map;
}
