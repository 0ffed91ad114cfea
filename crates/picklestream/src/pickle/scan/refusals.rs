//! What pickles name that only code could make: each name once, with how often
//! and where first.

use std::collections::HashMap;

use super::summary::Refused;
use crate::pickle::opcodes::globals;

/// Names are told up to this many.
const MOST_NAMES: usize = 100;

/// Names are followed through the memo up to this many ids.
const MOST_IDS: usize = 1000;

/// What an object on the stack is, as far as this goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Data,
    /// Something to be called: the number of its name.
    Callee(u32),
    /// Something that only a call would make.
    Made,
}

/// A name and what is done with it.
#[derive(Debug)]
struct Name {
    text: String,
    /// Where it occurs first.
    offset: u64,
    /// How often it is named, and how often called: once named, it may be
    /// fetched from the memo for every call.
    named: u64,
    called: u64,
}

/// All of them so far.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    names: Vec<Name>,
    numbers: HashMap<String, u32>,
    /// Roles by memo id.
    memo: HashMap<u32, Role>,
    /// Occurrences of names beyond those that are told.
    more: u64,
}

impl Refusals {
    /// Whether no object but plain data was seen.
    pub(super) fn are_none(&self) -> bool {
        self.memo.is_empty()
    }

    /// A global is named. What it stands for on the stack.
    pub(super) fn global(&mut self, module: &[u8], name: &[u8], at: u64) -> Role {
        if globals::find(module, name).is_some() {
            return Role::Data;
        }
        let module = String::from_utf8_lossy(module);
        let name = String::from_utf8_lossy(name);
        let number = self.number(globals::shown(&module, &name), at);
        match self.names.get_mut(number as usize) {
            Some(name) => name.named += 1,
            None => self.more += 1,
        }
        Role::Callee(number)
    }

    /// Something without a name is asked for, such as `opcode PERSID`.
    pub(super) fn nameless(&mut self, what: String, at: u64) {
        let number = self.number(what, at);
        match self.names.get_mut(number as usize) {
            Some(name) => name.named += 1,
            None => self.more += 1,
        }
    }

    /// It is called.
    pub(super) fn call(&mut self, number: u32) {
        if let Some(name) = self.names.get_mut(number as usize) {
            name.called += 1;
        }
    }

    /// The number of a name: that of no name for those beyond what is told.
    fn number(&mut self, text: String, offset: u64) -> u32 {
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        if self.names.len() == MOST_NAMES {
            return u32::MAX;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(text.clone(), number);
        self.names.push(Name {
            text,
            offset,
            named: 0,
            called: 0,
        });
        number
    }

    /// An object enters the memo.
    pub(super) fn put(&mut self, id: u32, role: Role) {
        if role == Role::Data {
            self.memo.remove(&id);
        } else if self.memo.len() < MOST_IDS {
            self.memo.insert(id, role);
        }
    }

    /// An object is fetched from the memo.
    pub(super) fn get(&self, id: u32) -> Role {
        self.memo.get(&id).copied().unwrap_or(Role::Data)
    }

    /// A new pickle begins, with a memo of its own.
    pub(super) fn forget_memo(&mut self) {
        self.memo.clear();
    }

    /// The names, and how often any occurs.
    pub(super) fn finish(self) -> (Vec<Refused>, u64) {
        let told = self.names.into_iter().map(|name| Refused {
            count: name.named.max(name.called),
            name: name.text,
            offset: name.offset,
        });
        let told: Vec<Refused> = told.collect();
        let count = told.iter().map(|refused| refused.count).sum::<u64>() + self.more;
        (told, count)
    }
}
