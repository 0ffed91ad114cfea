//! Reading the part of a pickle that a path names.
//!
//! A first pass finds where it lies, a second what it fetches that lies before
//! it. Then the machine begins there as if a pickle began, and stops at its end
//! as if at `STOP`. Where the first pass cannot tell, the pickle is read as a
//! whole, and the part is found in that.

use std::io::BufRead;

use super::missing::{Holds, held, not_found, told};
use crate::path::Path;
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::machine::arena::NONE;
use crate::pickle::machine::memo::Memo;
use crate::pickle::machine::state::Machine;
use crate::pickle::opcodes::input::{Input, Source};
use crate::pickle::opcodes::run::run;
use crate::pickle::options::{MemoPolicy, ReadOptions};
use crate::pickle::scan::first_pass::first_pass_of_part;
use crate::pickle::scan::locate::{Target, locate, needs};
use crate::pickle::scan::part::Part;

/// Which part of each pickle is read.
#[derive(Debug)]
pub(super) struct Choice {
    path: Path,
    options: ReadOptions,
    /// Where the pickle begins.
    start: u64,
    /// Where the next one does, once that is known.
    next: Option<u64>,
    /// The pickle is read as a whole, and the part is to be found in it.
    search: bool,
}

impl Choice {
    pub(super) fn of(options: &ReadOptions) -> Option<Choice> {
        let path = options.records.path.clone();
        (!path.is_empty()).then(|| Choice {
            path,
            options: options.clone(),
            start: 0,
            next: None,
            search: false,
        })
    }

    /// Goes to the end of the pickle whose part was read.
    pub(super) fn leave<R: BufRead>(&mut self, input: &mut Input<R>) -> Result<()> {
        match self.next.take() {
            Some(next) => input.jump(next),
            None => Ok(()),
        }
    }

    /// Goes to the part of the pickle that begins here.
    pub(super) fn enter<R: BufRead>(
        &mut self,
        input: &mut Input<R>,
        machine: &mut Machine,
    ) -> Result<()> {
        if !input.can_jump() {
            let what = "a path can be followed in a file only: save what comes from a pipe first";
            return Err(Error::unplaced(ErrorKind::NotFound(what.to_owned())));
        }
        self.start = input.offset();
        self.search = false;
        let (target, next) = locate(input, &self.path, self.start, &self.options)?;
        self.next = Some(next);
        match target {
            Target::Part(part) => self.read_part(part, input, machine),
            Target::Unclear => self.read_whole(input, machine),
            Target::Absent => Err(self.missing(input, machine)),
        }
    }

    /// Makes ready to read a part of the pickle: what it shares with what lies
    /// before it is read now.
    fn read_part<R: BufRead>(
        &mut self,
        part: Part,
        input: &mut Input<R>,
        machine: &mut Machine,
    ) -> Result<()> {
        let Some(needs) = needs(input, part, self.start, &self.options)? else {
            return self.read_whole(input, machine);
        };
        machine.restart(self.start);
        machine.memo = Memo::new(MemoPolicy::TwoPass, needs.wanted.ascending());
        machine.hold = true;
        for shared in needs.parts {
            input.jump(shared.start)?;
            input.end_at(shared.end);
            machine.begin_part(shared.start, shared.next_id);
            run(input, machine)?;
            machine.arena.finish_text()?;
            machine.memo.keep_beyond(&mut machine.arena, NONE)?;
            machine.check_memory(shared.end)?;
        }
        input.jump(part.start)?;
        input.end_at(part.end);
        machine.begin_part(part.start, part.next_id);
        machine.hold = needs.hold;
        Ok(())
    }

    /// Makes ready to read the pickle as a whole, to find the part in it.
    fn read_whole<R: BufRead>(
        &mut self,
        input: &mut Input<R>,
        machine: &mut Machine,
    ) -> Result<()> {
        self.search = true;
        input.jump(self.start)?;
        if let Some(next) = self.next {
            input.end_at(next);
        }
        let found = first_pass_of_part(input, &self.options.limits)?;
        machine.restart(self.start);
        machine.memo = Memo::new(MemoPolicy::TwoPass, found.wanted.ascending());
        machine.hold = true;
        input.jump(self.start)
    }

    /// All that was to be read is on the stack. Of a pickle that was read as a
    /// whole, makes the part the root.
    pub(super) fn complete(&self, machine: &mut Machine) -> Result<()> {
        if !self.search {
            return Ok(());
        }
        let root = machine.stack[0];
        if let Some(node) = machine.arena.find(root, &self.path) {
            machine.stack[0] = node;
            return Ok(());
        }
        for (known, before) in self.shorter() {
            if let Some(node) = machine.arena.find(root, &before) {
                let mut holds = Holds::default();
                holds.count(machine, node)?;
                let what = told(&self.path, known, node, &holds);
                return Err(not_found(&self.path, known, self.start, &what));
            }
        }
        Err(not_found(&self.path, 0, self.start, ""))
    }

    /// The paths that this one begins with, the longest first, and the number of
    /// their steps.
    fn shorter(&self) -> impl Iterator<Item = (usize, Path)> + use<> {
        let steps = self.path.steps().to_vec();
        (0..steps.len())
            .rev()
            .map(move |known| (known, Path::from(steps[..known].to_vec())))
    }

    /// The error for a path that a pass over the pickle did not find: reads what
    /// the longest part of the path names that there is.
    #[cold]
    fn missing<R: BufRead>(&mut self, input: &mut Input<R>, machine: &mut Machine) -> Error {
        for (known, before) in self.shorter() {
            let part = match locate(input, &before, self.start, &self.options) {
                Ok((Target::Part(part), _)) => part,
                Ok(_) => continue,
                Err(error) => return error,
            };
            let read = self.read_part(part, input, machine);
            let what = match read.and_then(|()| held(input, machine)) {
                Ok((node, holds)) if !self.search => told(&self.path, known, node, &holds),
                Ok(_) => String::new(),
                Err(error) => format!(" cannot be read: {error}"),
            };
            return not_found(&self.path, known, self.start, &what);
        }
        not_found(&self.path, 0, self.start, "")
    }
}
