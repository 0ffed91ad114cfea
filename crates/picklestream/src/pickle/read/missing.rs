//! What to say of a path under which there is nothing: how far it leads, and
//! what is there.

use std::io::BufRead;
use std::marker::PhantomData;

use plainfigures::{suggest, thousands};

use super::lend::Copied;
use super::node::NodeReader;
use crate::literal;
use crate::path::{Path, Step};
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::machine::arena::Node;
use crate::pickle::machine::find::type_name;
use crate::pickle::machine::how::Part;
use crate::pickle::machine::state::{Machine, Stop};
use crate::pickle::opcodes::input::{Input, Source};
use crate::pickle::opcodes::run::run;
use crate::value::Value;

/// As many keys of a dict are shown.
const SHOWN: usize = 8;

/// As many are looked at for one that was meant.
const LOOKED_AT: usize = 10_000;

/// What a container holds.
#[derive(Debug, Default)]
pub(super) struct Holds {
    count: u64,
    /// Keys of a dict, as many as are looked at.
    keys: Vec<Value>,
}

impl Holds {
    /// Counts what a node of the batch holds.
    pub(super) fn count(&mut self, machine: &Machine, node: Node) -> Result<()> {
        let arena = &machine.arena;
        if let Node::Object { .. } = node {
            return self.count_object(machine, node);
        }
        let mut contents = arena.contents_of(node);
        if !matches!(node, Node::Dict { .. }) {
            self.count += contents.len() as u64;
            return Ok(());
        }
        while let (Some(key), Some(_)) = (arena.next(&mut contents), arena.next(&mut contents)) {
            self.key(machine, arena.node(key))?;
        }
        Ok(())
    }

    fn key(&mut self, machine: &Machine, key: &Node) -> Result<()> {
        self.count += 1;
        if self.keys.len() < LOOKED_AT {
            machine.budget.refill(&machine.arena, 0);
            let key = NodeReader::<Copied>::new(machine, key);
            self.keys.push(key.read(PhantomData)?);
        }
        Ok(())
    }

    /// Counts what an object has under names.
    fn count_object(&mut self, machine: &Machine, object: Node) -> Result<()> {
        let arena = &machine.arena;
        let (mut keys, mut is_key) = (Vec::new(), true);
        arena.each_of_object(object, |part, node| match part {
            Part::Items => {}
            Part::Pairs => {
                keys.extend(is_key.then_some(node));
                is_key = !is_key;
            }
            Part::State => {
                for container in arena.dicts_of_state(node) {
                    let mut contents = arena.contents(container);
                    while let Some(run) = arena.next_run(&mut contents) {
                        keys.extend(run.iter().step_by(2));
                    }
                }
            }
        });
        keys.iter().try_for_each(|key| self.key(machine, key))
    }
}

/// Reads the part that was made ready: what it is, and what it holds.
pub(super) fn held<R: BufRead>(
    input: &mut Input<R>,
    machine: &mut Machine,
) -> Result<(Node, Holds)> {
    let mut holds = Holds::default();
    loop {
        let stop = run(input, machine)?;
        machine.arena.finish_text()?;
        let node = machine.stack[0];
        holds.count(machine, node)?;
        if stop == Stop::End {
            return Ok((node, holds));
        }
        machine.release(node, input.offset())?;
    }
}

/// What the first `known` steps of a path lead to, and what may have been meant
/// by the next one.
pub(super) fn told(path: &Path, known: usize, node: Node, holds: &Holds) -> String {
    let name = type_name(node);
    let count = thousands(holds.count);
    match node {
        Node::Dict { .. } | Node::Object { .. } => {
            let shown: Vec<String> = holds.keys.iter().take(SHOWN).map(shown).collect();
            let shown = shown.join(", ");
            let (kind, key) = match node {
                Node::Dict { .. } => ("a dict", "key"),
                _ => ("an object", "name"),
            };
            let keys = match holds.count {
                0 => format!(" without {key}s"),
                1 => format!(" with one {key}, {shown}"),
                few if few <= SHOWN as u64 => format!(" with {count} {key}s: {shown}"),
                _ => format!(" with {count} {key}s: {shown}, …"),
            };
            format!(" is {kind}{keys}{}", meant(path, known, &holds.keys))
        }
        Node::List { .. } | Node::Tuple { .. } => match holds.count {
            0 => format!(" is a {name} without items"),
            1 => format!(" is a {name} of one item, [0]"),
            _ => format!(
                " is a {name} of {count} items, [0] to [{}]",
                holds.count - 1
            ),
        },
        _ => format!(" is of type {name}, in which a path leads nowhere"),
    }
}

/// A key as Python writes it, cut where it is long.
fn shown(key: &Value) -> String {
    const MOST: usize = 40;
    let text = literal::to_string(key).unwrap_or_else(|_| key.type_name().to_owned());
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The key that may have been meant by a step.
fn meant(path: &Path, known: usize, keys: &[Value]) -> String {
    let plain = |step: &Step| match step {
        Step::Name(name) => name.clone(),
        Step::Index(index) => index.to_string(),
        Step::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Step::None => "None".to_owned(),
    };
    let steps = keys.iter().filter_map(|key| match key {
        Value::Str(name) => Some(Step::Name(name.clone())),
        Value::Int(index) => Some(Step::Index(*index)),
        Value::Bytes(bytes) => Some(Step::Bytes(bytes.clone())),
        Value::None => Some(Step::None),
        _ => None,
    });
    let named: Vec<(String, Step)> = steps.map(|step| (plain(&step), step)).collect();
    let wanted = path.steps().get(known).map(plain).unwrap_or_default();
    let nearest = suggest(&wanted, named.iter().map(|(name, _)| name.as_str()));
    let step = named
        .iter()
        .find(|(name, _)| Some(name.as_str()) == nearest);
    match step {
        Some((_, step)) => {
            let mut steps = path.steps()[..known].to_vec();
            steps.push(step.clone());
            format!("; did you mean {}?", Path::from(steps))
        }
        None => String::new(),
    }
}

pub(super) fn not_found(path: &Path, known: usize, start: u64, what: &str) -> Error {
    let pickle = match start {
        0 => String::new(),
        start => format!(" in the pickle at byte {start}"),
    };
    let before = match known {
        0 => "the root".to_owned(),
        _ => Path::from(path.steps()[..known].to_vec()).to_string(),
    };
    let what = match what.is_empty() {
        true => String::new(),
        false => format!(": {before}{what}"),
    };
    let what = format!("there is nothing at {path}{pickle}{what}");
    Error::unplaced(ErrorKind::NotFound(what))
}
