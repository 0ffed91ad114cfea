//! What a file of pickles holds, told without building any of it.

use std::io::BufRead;
use std::mem;

use super::counter::{Counter, MOST_NAMES, MOST_OBJECTS, Name};
use super::refusals::Role;
use super::summary::Summary;
use super::tally::tally;
use super::walk::{Observer, walk};
use crate::pickle::error::{Error, Result};
use crate::pickle::opcodes::input::{Input, Slice};
use crate::pickle::opcodes::opcode::{self as op, Effect};

/// Goes through all pickles of `reader` once and tells what they hold, in
/// constant memory. Code is not run, but not refused either: it is listed.
///
/// ```
/// use picklestream::pickle;
///
/// let file: &[u8] = b"\x80\x02](K\x01cos\nsystem\ne.";
/// let summary = pickle::summary(file)?;
/// assert_eq!((summary.protocol, summary.records), (2, 2));
/// assert_eq!((&*summary.refused[0].name, summary.refused[0].offset), ("os.system", 6));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Errors
/// The input cannot be read, ends within a pickle, or is not a pickle.
pub fn summary<R: BufRead>(reader: R) -> Result<Summary> {
    match summary_so_far(reader) {
        (found, None) => Ok(found),
        (_, Some(error)) => Err(error),
    }
}

/// As [`summary()`], and of a file that is damaged what comes before the
/// damage: the records that are there whole, and the error.
///
/// ```
/// use picklestream::pickle;
///
/// let cut: &[u8] = b"](K\x01K\x02eK";
/// let (found, error) = pickle::summary_so_far(cut);
/// assert_eq!(found.records, 2);
/// assert_eq!(error.unwrap().offset(), Some(8));
/// ```
pub fn summary_so_far<R: BufRead>(reader: R) -> (Summary, Option<Error>) {
    let mut input = Input::new(reader);
    let mut counter = Counter::new();
    let walked = walk(&mut input, &mut counter);
    let whole = walked.and_then(|()| {
        counter.check_end()?;
        counter.found.ignored_bytes = input.skip_all()?;
        Ok(())
    });
    (counter.finish(), whole.err())
}

impl Observer for Counter {
    const WANTS_TEXT: bool = true;

    fn opcode(&mut self, opcode: u8, at: u64, end: u64) -> Result<()> {
        self.counts[usize::from(opcode)] += 1;
        self.end = end;
        match opcode {
            op::MEMOIZE => {
                self.found.memo_puts += 1;
                if self.after_text {
                    self.texts[1].id = Some(self.next_id);
                }
                self.put_role(self.next_id);
                self.next_id = self.next_id.wrapping_add(1);
            }
            op::PUT => self.found.memo_puts += 1,
            op::STACK_GLOBAL => {
                let [module, name] = mem::take(&mut self.texts);
                self.named = self.refusals.global(&module.text, &name.text, at);
                for name in [module, name] {
                    if let (Some(id), true) = (name.id, self.names.len() < MOST_NAMES) {
                        self.names.insert(id, name.text);
                    }
                }
            }
            _ => {}
        }
        self.after_text = opcode == op::SHORT_BINUNICODE;
        self.after_object = false;
        let mut role = Role::Data;
        match op::effect(opcode) {
            Effect::None => {
                if op::is_refused(opcode) {
                    self.refusals
                        .nameless(format!("opcode {}", op::name(opcode)), at);
                }
            }
            Effect::Push => {
                role = match opcode {
                    op::GLOBAL | op::GET | op::BINGET | op::LONG_BINGET => {
                        mem::replace(&mut self.named, Role::Data)
                    }
                    // Without a name, and without an object that it takes.
                    _ => self.role_of_result(opcode, usize::MAX, at),
                };
                let container = matches!(
                    opcode,
                    op::EMPTY_LIST | op::EMPTY_DICT | op::EMPTY_SET | op::EMPTY_TUPLE
                );
                self.push(at, u64::from(container), opcode, at)?;
            }
            Effect::Mark => {
                if self.marks.len() == MOST_OBJECTS {
                    return Err(Error::malformed("too many marks to follow", at));
                }
                self.marks.open(self.stack.len(), at);
            }
            Effect::Replace(count) => {
                let from = self.below(usize::from(count), at)?;
                role = self.role_of_result(opcode, from, at);
                let (start, depth) = self.take(from, at);
                let is_tuple = matches!(opcode, op::TUPLE1 | op::TUPLE2 | op::TUPLE3);
                self.push(start, depth + u64::from(is_tuple), opcode, at)?;
            }
            Effect::Take(count) => {
                let from = self.below(usize::from(count), at)?;
                if from == 0 {
                    return Err(Error::malformed("an opcode without enough objects", at));
                }
                if opcode == op::BUILD && self.stack[from - 1].role != Role::Made {
                    self.refusals.nameless("opcode BUILD".to_owned(), at);
                }
                self.absorb(from, at, opcode);
            }
            Effect::Collect => {
                let (from, start) = self.pop_mark(at)?;
                role = self.role_of_result(opcode, from, at);
                let count = (self.stack.len() - from) as u64;
                let (_, depth) = self.take(from, at);
                self.push(start, depth + 1, opcode, at)?;
                if self.stack.len() == 1 {
                    self.items = if opcode == op::LIST { count } else { 0 };
                }
            }
            Effect::Drain => {
                let (from, _) = self.pop_mark(at)?;
                if opcode == op::POP_MARK {
                    self.stack.truncate(from);
                } else if from == 0 {
                    return Err(Error::malformed("an opcode without enough objects", at));
                } else {
                    self.absorb(from, at, opcode);
                }
            }
            Effect::Pop => {
                if !self.marks.pop(self.stack.len()) {
                    let from = self.below(1, at)?;
                    self.stack.truncate(from);
                }
            }
            Effect::Dup => {
                let from = self.below(1, at)?;
                let depth = self.stack[from].depth;
                role = self.stack[from].role;
                self.push(at, depth, opcode, at)?;
            }
            Effect::Stop => {
                self.refusals.forget_memo();
                self.stop(at, end);
            }
        }
        if role != Role::Data
            && let Some(top) = self.stack.last_mut()
        {
            top.role = role;
            self.after_object = true;
        }
        Ok(())
    }

    fn id(&mut self, opcode: u8, id: u32) -> Result<()> {
        if matches!(opcode, op::GET | op::BINGET | op::LONG_BINGET) {
            if let Some(text) = self.names.get(&id) {
                self.texts.swap(0, 1);
                self.texts[1] = Name {
                    text: text.clone(),
                    id: Some(id),
                };
            }
            self.named = self.refusals.get(id);
            self.count_fetch(id);
        } else {
            self.put_role(id);
            self.found.memo_puts += 1;
            if self.after_text {
                self.texts[1].id = Some(id);
            }
        }
        Ok(())
    }

    fn put(&mut self, id: u32) {
        self.put_role(id);
    }

    fn frame(&mut self, _len: u64) {
        self.found.frames += 1;
    }

    fn protocol(&mut self, version: u8) {
        self.found.protocol = self.found.protocol.max(version);
    }

    fn names(&mut self, at: u64, module: &[u8], name: &[u8]) {
        self.named = self.refusals.global(module, name, at);
    }

    fn text(&mut self, text: &[u8]) {
        self.note_text(text, None);
    }

    #[inline]
    fn records(&mut self, slice: &mut Slice<'_>) -> Result<()> {
        tally(self, slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_records_is_told_as_it_is() {
        let file = b"\x80\x04\x95\x1c\0\0\0\0\0\0\0]\x94(K\x01K\x02\x86\x94\x8c\x02ab\x94h\x01]\x94(K\x01e\x86\x94e.";
        let found = summary(&file[..]).unwrap();
        assert_eq!(found.protocol, 4);
        assert_eq!(found.records, 3);
        assert_eq!(found.pickles, 1);
        assert_eq!(
            (found.memo_puts, found.memo_fetches, found.memo_ids_fetched),
            (5, 1, 1)
        );
        assert_eq!(found.frames, 1);
        assert_eq!(found.depth, 3);
        // From the fetch to TUPLE2 and its MEMOIZE.
        assert_eq!(found.largest_record_bytes, 10);
        assert_eq!(found.bytes, file.len() as u64);
        assert_eq!(found.opcodes[0], ("MEMOIZE", 5));
    }

    #[test]
    fn pickles_one_after_another_are_added_up() {
        let found = summary(&b"K\x01.(lp0\nI1\naI2\na.](K\x01K\x02e0K\x03."[..]).unwrap();
        assert_eq!((found.pickles, found.records), (3, 4));
        assert!(summary(&b""[..]).is_err());
        assert!(summary(&b"K\x01.K"[..]).is_err());
        assert!(summary(&b"K\x01.K\x01"[..]).is_err());
    }

    fn refused(found: &Summary) -> Vec<(&str, u64, u64)> {
        let refused = found.refused.iter();
        refused
            .map(|refused| (&*refused.name, refused.count, refused.offset))
            .collect()
    }

    /// However instances are made and through whichever memo ids: one name, as
    /// often as it is called, and no line for what fills them.
    #[test]
    fn a_name_is_told_once() {
        for (file, expected) in [
            // A class of Python 3, fetched for the second instance.
            (
                &b"\x80\x04](\x8c\x01m\x94\x8c\x01C\x94\x93\x94)\x81\x94}\x94bh\x02)\x81}be."[..],
                &[("m.C", 2, 12)][..],
            ),
            // Of protocol 2, with BINPUT; and of 0, through copyreg.
            (
                b"\x80\x02](cm\nC\nq\x05)\x81q\x06}bh\x05)\x81}be.",
                &[("m.C", 2, 4)],
            ),
            (
                b"(ccopy_reg\n_reconstructor\np0\n(cm\nC\np1\nNNtRp2\n(dbg0\n(g1\nNNtR(dbt.",
                &[("copy_reg._reconstructor", 2, 1), ("m.C", 1, 30)],
            ),
            // INST and OBJ.
            (
                b"((im\nC\n(im\nC\n(cm\nD\not.",
                &[("m.C", 2, 2), ("m.D", 1, 14)],
            ),
            // What has no name.
            (
                b"(P1\nP2\nNN\x81}bt.",
                &[("opcode PERSID", 2, 1), ("opcode NEWOBJ", 1, 9)],
            ),
            (b"]}b.", &[("opcode BUILD", 1, 2)]),
            // The memo is that of one pickle.
            (
                b"cm\nC\nq\0.](h\0)R}be.",
                &[("m.C", 1, 0), ("opcode BUILD", 1, 15)],
            ),
        ] {
            let (found, error) = summary_so_far(file);
            assert!(error.is_none(), "{file:?}: {error:?}");
            assert_eq!(refused(&found), expected, "{file:?}");
            let count: u64 = expected.iter().map(|(_, count, _)| count).sum();
            assert_eq!(found.refused_count, count);
        }
        let names: String = (0..150)
            .map(|i| format!("cm\nC{i}\n0cm\nC{i}\n0"))
            .collect();
        let found = summary(format!("{names}N.").as_bytes()).unwrap();
        assert_eq!((found.refused.len(), found.refused_count), (100, 300));
    }

    #[test]
    fn what_begins_no_pickle_is_counted_and_ignored() {
        let found = summary(&b"K\x01.\n\0K\x01"[..]).unwrap();
        assert_eq!((found.pickles, found.bytes, found.ignored_bytes), (1, 3, 4));
        assert!(summary(&b"\nK\x01."[..]).is_err());
    }

    #[test]
    fn names_by_stack_are_told() {
        let file = b"\x8c\x08builtins\x94\x8c\x04eval\x94\x93\x8c\x01x\x85R.";
        let found = summary(&file[..]).unwrap();
        assert_eq!(refused(&found), [("builtins.eval", 1, 18)]);
        let file = b"\x8c\x08builtins\x94\x8c\x09bytearray\x94\x93C\x01x\x85R.";
        assert_eq!(summary(&file[..]).unwrap().refused_count, 0);
    }
}
