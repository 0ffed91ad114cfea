//! Lists, dicts and sets on their way out: where CPython puts marks, and how
//! many items it puts between them.

use std::io::Write;

use super::encoder::Encoder;
use crate::pickle::error::Result;
use crate::pickle::opcodes::opcode as op;

/// CPython's `BATCHSIZE`: items between two marks.
const BATCH: u64 = 1000;

impl<W: Write> Encoder<W> {
    /// Begins a list; `len` is what [`Items`] needs to know.
    #[inline]
    pub(crate) fn begin_list(&mut self, len: Option<usize>) -> Result<Items> {
        self.out.boundary()?;
        match self.protocol {
            0 => self.out.put(&[op::MARK, op::LIST]),
            _ => self.out.put(&[op::EMPTY_LIST]),
        }
        self.memoize(None)?;
        let one_by_one = self.protocol == 0 || len == Some(1);
        Ok(Items::new(
            one_by_one,
            op::APPEND,
            op::APPENDS,
            Closing::Plain,
        ))
    }

    #[inline]
    pub(crate) fn begin_dict(&mut self, len: Option<usize>) -> Result<Items> {
        self.out.boundary()?;
        match self.protocol {
            0 => self.out.put(&[op::MARK, op::DICT]),
            _ => self.out.put(&[op::EMPTY_DICT]),
        }
        self.memoize(None)?;
        let one_by_one = self.protocol == 0 || len == Some(1);
        Ok(Items::new(
            one_by_one,
            op::SETITEM,
            op::SETITEMS,
            Closing::EvenIfEmpty,
        ))
    }

    pub(crate) fn begin_set(&mut self, len: Option<usize>) -> Result<Items> {
        self.out.boundary()?;
        if self.protocol >= 4 {
            self.out.put(&[op::EMPTY_SET]);
            self.memoize(None)?;
            let closing = Closing::EvenIfEmpty;
            return Ok(Items::new(false, op::ADDITEMS, op::ADDITEMS, closing));
        }
        self.begin_reduced_set("set", len)
    }

    pub(crate) fn begin_frozen_set(&mut self, len: Option<usize>) -> Result<Items> {
        self.out.boundary()?;
        if self.protocol >= 4 {
            self.out.put(&[op::MARK]);
            return Ok(Items::new(
                false,
                op::FROZENSET,
                op::FROZENSET,
                Closing::AllAtOnce,
            ));
        }
        self.begin_reduced_set("frozenset", len)
    }

    /// Begins what is done to an object that is written, `len` times.
    pub(crate) fn begin_part(&mut self, part: Part, len: Option<usize>) -> Items {
        let few = self.protocol == 0 || len == Some(1);
        match part {
            Part::Items => Items::new(few, op::APPEND, op::APPENDS, Closing::Plain),
            Part::Pairs => Items::new(few, op::SETITEM, op::SETITEMS, Closing::Plain),
            Part::States => Items::new(true, op::BUILD, op::BUILD, Closing::Plain),
        }
    }

    /// A set made from a list, as before protocol 4.
    fn begin_reduced_set(&mut self, name: &'static str, len: Option<usize>) -> Result<Items> {
        self.global("builtins", name)?;
        self.begin_tuple(1)?;
        let items = self.begin_list(len)?;
        Ok(Items {
            closing: Closing::Reduce,
            ..items
        })
    }

    /// Before each item of a list or set, each key of a dict.
    #[inline]
    pub(crate) fn before_item(&mut self, items: &mut Items) {
        if items.left == 0 {
            self.out.put_opcode(op::MARK);
            items.left = BATCH;
        }
    }

    /// After each item of a list or set, each value of a dict.
    #[inline]
    pub(crate) fn after_item(&mut self, items: &mut Items) {
        // A value without its key wraps: the pickle is wrong then anyhow.
        items.left = items.left.wrapping_sub(1);
        if items.left == 0 {
            self.out.put_opcode(match items.one_by_one {
                true => items.one,
                false => items.many,
            });
            items.left = u64::from(items.one_by_one);
            items.any = true;
        }
    }

    /// After the last item.
    #[inline]
    pub(crate) fn end_items(&mut self, items: &Items) -> Result<()> {
        if items.closing == Closing::AllAtOnce {
            self.out.put(&[items.many]);
            return self.memoize(None);
        }
        if items.one_by_one {
            // Each item has its opcode.
        } else if items.left > 0 {
            self.out.put_opcode(items.many);
        } else if items.any && items.closing == Closing::EvenIfEmpty {
            // After a last batch that is full, CPython writes an empty one.
            self.out.put(&[op::MARK, items.many]);
        }
        if items.closing == Closing::Reduce {
            self.end_tuple(1)?;
            return self.reduce();
        }
        Ok(())
    }
}

/// What is done to an object that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Objects are appended.
    Items,
    /// Keys and values are set.
    Pairs,
    /// States are handed to it.
    States,
}

/// How far a list, set or dict is written.
#[derive(Debug)]
pub(crate) struct Items {
    /// An opcode after each item, no marks.
    one_by_one: bool,
    /// Items until the next opcode; 0 before the first of a batch.
    left: u64,
    /// A batch was full.
    any: bool,
    one: u8,
    many: u8,
    closing: Closing,
}

/// What comes after the last item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// The end of the last batch.
    Plain,
    /// The same, though it may be empty.
    EvenIfEmpty,
    /// There is one batch only.
    AllAtOnce,
    /// The call that makes a set of the list.
    Reduce,
}

impl Items {
    fn new(one_by_one: bool, one: u8, many: u8, closing: Closing) -> Items {
        Items {
            one_by_one,
            left: match closing {
                Closing::AllAtOnce => u64::MAX,
                _ => u64::from(one_by_one),
            },
            any: false,
            one,
            many,
            closing,
        }
    }
}
