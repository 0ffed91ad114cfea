//! `serde-pickle`: the crate that the field uses, and the baseline.
//!
//! It is read through its `Value`, because its typed reader refuses integers
//! above `i64::MAX`, half of the tutorial's. A pickle case has to say who wrote
//! the file: `own-3` is serde-pickle's own protocol 3, `protocol-0` is
//! CPython's layout of protocol 0.

use std::cell::RefCell;

use serde::{Serialize, Serializer};
use serde_pickle::{DeOptions, HashableValue, SerOptions, Value as Tree};

use picklestream::value::Value;

use crate::dataset::{Digester, Record};
use crate::results::Operation;

use super::about::{About, COPIES, NOTHING, SELF_DESCRIBING};
use super::{
    Codec, Error, Format, Given, Holds, Input, Loaded, MadeBy, Output, ReadLimits, RecordKind,
    Support, Take, pickle,
};

/// The crate serde-pickle.
#[derive(Debug, Clone, Copy)]
pub struct SerdePickle;

impl Format for SerdePickle {
    fn name(&self) -> &'static str {
        "serde-pickle"
    }

    fn about(&self) -> About {
        About {
            library: "serde-pickle",
            calls: "to_writer / value_from_reader",
            holds: "the whole tree, when it reads",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pkl"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        if kind == RecordKind::Any {
            return Support::No("its files are pickles, and it knows fewer of Python's types");
        }
        if kind == RecordKind::Typed && operation == Operation::Read {
            return Support::No(
                "its tree sorts the fields of a record, so that what was read cannot be compared",
            );
        }
        match operation {
            Operation::Write | Operation::StreamWrite => {
                Support::Variants(&["protocol-2", "protocol-3"])
            }
            Operation::Read => {
                Support::Variants(&["own-2", "own-3", "protocol-0", "protocol-2", "protocol-4"])
            }
            Operation::StreamRead | Operation::ColumnRead | Operation::MapRead => {
                Support::No("its reader builds the whole tree before the first record comes out")
            }
        }
    }

    /// What it reads differs by whether tuples have marks: in its own files and in
    /// protocol 0 they do.
    fn is_usual(&self, _: Operation, variant: Option<&str>) -> bool {
        !matches!(variant, Some("protocol-2" | "own-2"))
    }

    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        let own = variant.and_then(|variant| variant.strip_prefix("own-"));
        match own {
            Some(protocol) => MadeBy {
                format: self.name(),
                variant: Some(format!("protocol-{protocol}")),
            },
            None => pickle::cpython(variant),
        }
    }
}

impl<T: Record> Codec<T> for SerdePickle {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        mut output: &mut Output,
    ) -> Result<(), Error> {
        if T::IS_ROOT {
            let record = records.next().ok_or("there is nothing to write")??;
            return Ok(serde_pickle::to_writer(
                &mut output,
                &*record,
                options(variant)?,
            )?);
        }
        let mut failed = None;
        let records = records.map_while(|record| record.map_err(|error| failed = Some(error)).ok());
        let sequence = Sequence(RefCell::new(records));
        let written = serde_pickle::to_writer(&mut output, &sequence, options(variant)?);
        match failed {
            Some(error) => Err(error),
            None => Ok(written?),
        }
    }

    /// Told how many there are.
    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        mut output: &mut Output,
    ) -> Result<(), Error> {
        match list {
            [root] if T::IS_ROOT => serde_pickle::to_writer(&mut output, root, options(variant)?)?,
            list => serde_pickle::to_writer(&mut output, &list, options(variant)?)?,
        }
        Ok(())
    }

    /// Through our own reader, for the check of what was written: its own has
    /// only [`read_list`](Codec::read_list).
    fn read_records(
        &self,
        variant: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        pickle::Pickle.read_records(variant, input, limits, take)
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let tree = serde_pickle::value_from_reader(input, DeOptions::new())?;
        Ok(match T::IS_ROOT {
            true => Loaded::Other(Box::new(Root(tree))),
            false => Loaded::Other(Box::new(tree)),
        })
    }
}

fn options(variant: Option<&str>) -> Result<SerOptions, Error> {
    match variant {
        Some("protocol-2") => Ok(SerOptions::new().proto_v2()),
        Some("protocol-3") => Ok(SerOptions::new()),
        _ => Err("serde-pickle writes protocol-2 and protocol-3 only".into()),
    }
}

/// An iterator as a list, so that serde-pickle, which knows nothing of
/// iterators, writes records as they are made.
struct Sequence<I>(RefCell<I>);

impl<I: Iterator<Item: Serialize>> Serialize for Sequence<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&mut *self.0.borrow_mut())
    }
}

impl Holds for Tree {
    fn digest(&self, digester: &mut Digester) -> Result<(), Error> {
        let Tree::List(records) = self else {
            return Err("the root is not a list".into());
        };
        Ok(records
            .iter()
            .try_for_each(|record| digester.add(&python(record)))?)
    }
}

/// A tree that is a record by itself, and not a list of records.
struct Root(Tree);

impl Holds for Root {
    fn digest(&self, digester: &mut Digester) -> Result<(), Error> {
        Ok(digester.add(&python(&self.0))?)
    }
}

/// The same value in our data model.
fn python(tree: &Tree) -> Value {
    let all = |items: &[Tree]| items.iter().map(python).collect();
    match tree {
        Tree::None => Value::None,
        Tree::Bool(v) => Value::Bool(*v),
        Tree::I64(v) => Value::Int((*v).into()),
        Tree::Int(v) => Value::from_big_int(v.clone()),
        Tree::F64(v) => Value::Float(*v),
        Tree::Bytes(v) => Value::Bytes(v.clone()),
        Tree::String(v) => Value::Str(v.clone()),
        Tree::List(items) => Value::List(all(items)),
        Tree::Tuple(items) => Value::Tuple(all(items)),
        Tree::Set(items) => Value::Set(items.iter().map(python_key).collect()),
        Tree::FrozenSet(items) => Value::FrozenSet(items.iter().map(python_key).collect()),
        Tree::Dict(pairs) => Value::Dict(
            pairs
                .iter()
                .map(|(k, v)| (python_key(k), python(v)))
                .collect(),
        ),
    }
}

fn python_key(key: &HashableValue) -> Value {
    python(&key.clone().into_value())
}
