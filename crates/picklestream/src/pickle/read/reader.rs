//! From an input to records, batch by batch.

use std::io::{BufRead, Seek, SeekFrom};

use super::choice::Choice;
use super::items::{Items, Record};
use super::node::NodeReader;
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::machine::arena::{Contents, Node};
use crate::pickle::machine::memo::Memo;
use crate::pickle::machine::state::{Machine, Stop};
use crate::pickle::opcodes::input::{Input, Source};
use crate::pickle::opcodes::record::begins_pickle;
use crate::pickle::opcodes::run::run;
use crate::pickle::options::{MemoPolicy, ReadOptions};
use crate::pickle::scan::first_pass::{FirstPass, first_pass};

/// Reads one pickle after another and hands out their records as nodes.
pub(crate) struct Reader<R> {
    input: Input<R>,
    machine: Machine,
    state: State,
    /// Records of the batch that are not handed out yet.
    records: Contents,
    /// The same of a root that is a dict or an object.
    items: Items,
    /// Numbers of pickles to be held to their end, and how many are done.
    held: Vec<u64>,
    pickles: u64,
    /// The part of each pickle that is read, unless it is all of it.
    choice: Option<Choice>,
    ignored: Option<(u64, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A pickle may begin here.
    Start,
    /// Within a pickle; what was handed out is forgotten.
    Within,
    /// A batch is being handed out, more may follow.
    Batch,
    /// The last batch of a pickle is being handed out.
    Last,
    /// The end, or an error.
    End,
}

impl<R: BufRead + Seek> Reader<R> {
    /// Scans the input first if the policy asks for it.
    pub(crate) fn seekable(mut reader: R, options: &ReadOptions) -> Result<Reader<R>> {
        let start = reader.stream_position()?;
        let end = reader.seek(SeekFrom::End(0))?.saturating_sub(start);
        reader.seek(SeekFrom::Start(start))?;
        let mut input = Input::seekable(reader)?;
        let is_part = !options.records.path.is_empty();
        let mut found = FirstPass::default();
        if !is_part && options.memo == MemoPolicy::TwoPass {
            let any_container = options.records.any_container();
            found = first_pass(&mut input, &options.limits, any_container)?;
            input.jump(0)?;
        }
        let mut reader = Reader::new(input, options, found);
        reader.machine.end = Some(end);
        Ok(reader)
    }
}

impl<R: BufRead> Reader<R> {
    /// Reads in one pass.
    pub(crate) fn pipe(reader: R, options: &ReadOptions) -> Reader<R> {
        let memo = match options.memo {
            MemoPolicy::TwoPass => MemoPolicy::DEFAULT_BUDGET,
            memo => memo,
        };
        let options = ReadOptions {
            memo,
            ..options.clone()
        };
        Reader::new(Input::new(reader), &options, FirstPass::default())
    }

    fn new(input: Input<R>, options: &ReadOptions, found: FirstPass) -> Reader<R> {
        let memo = Memo::new(options.memo, found.wanted);
        let mut machine = Machine::new(&options.limits, memo);
        machine.any_container = options.records.any_container();
        machine.objects = options.objects;
        machine.encoding = options.encoding;
        Reader {
            input,
            machine,
            state: State::Start,
            records: Contents::NOTHING,
            items: Items::NOTHING,
            held: found.held,
            pickles: 0,
            choice: Choice::of(options),
            ignored: None,
        }
    }

    /// Only a list gives its items one by one: for who reads a root as a whole.
    pub(crate) fn lists_only(&mut self) {
        self.machine.any_container = false;
    }

    /// The next record, across all pickles of the input.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Record>> {
        if let Some(place) = self.machine.arena.next(&mut self.records) {
            return Ok(Some(Record::Item(place)));
        }
        match self.next_batch() {
            Ok(found) => Ok(found),
            Err(error) => {
                self.state = State::End;
                Err(error)
            }
        }
    }

    fn next_batch(&mut self) -> Result<Option<Record>> {
        if let Some(record) = self.items.next(&self.machine.arena) {
            return Ok(Some(record));
        }
        while self.state != State::End {
            if self.state == State::Start && !self.begin()? {
                break;
            }
            if let Some(root) = self.load()? {
                return Ok(Some(root));
            }
            if let Some(place) = self.machine.arena.next(&mut self.records) {
                return Ok(Some(Record::Item(place)));
            }
            if let Some(record) = self.items.next(&self.machine.arena) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Begins the next pickle, if there is one.
    pub(crate) fn begin(&mut self) -> Result<bool> {
        self.leave()?;
        match (self.input.peek()?, self.pickles) {
            (None, 0) => return Err(Error::new(ErrorKind::Truncated, 0)),
            (Some(_), 0) => {}
            (Some(byte), _) if begins_pickle(byte) => {}
            _ => {
                self.state = State::End;
                self.ignore_rest()?;
                return Ok(false);
            }
        }
        self.machine.restart(self.input.offset());
        self.machine.hold = self.held.binary_search(&self.pickles).is_ok();
        self.pickles += 1;
        if let Some(choice) = &mut self.choice {
            choice.enter(&mut self.input, &mut self.machine)?;
        }
        self.state = State::Within;
        Ok(true)
    }

    /// Goes to the end of the pickle, if only a part of it was read.
    fn leave(&mut self) -> Result<()> {
        match &mut self.choice {
            Some(choice) => choice.leave(&mut self.input),
            None => Ok(()),
        }
    }

    /// Goes on in the current pickle: to the next batch of its root, or to its
    /// end. A root whose items are no records is returned.
    pub(crate) fn load(&mut self) -> Result<Option<Record>> {
        let root = self.machine.root();
        match (self.state, root) {
            (State::Last, _) => {
                self.state = State::Start;
                return Ok(None);
            }
            (State::Batch, Some(root)) => {
                self.machine.release(root, self.input.offset())?;
                self.state = State::Within;
            }
            _ => {}
        }
        let stop = run(&mut self.input, &mut self.machine)?;
        self.state = match stop {
            Stop::End => State::Last,
            Stop::Batch => State::Batch,
        };
        self.machine.arena.finish_text()?;
        self.machine.mark_shared(stop);
        if let (State::Last, Some(choice)) = (self.state, &self.choice) {
            choice.complete(&mut self.machine)?;
        }
        let Some(root) = self.machine.root() else {
            return Ok(Some(Record::Root));
        };
        let contents = self.machine.arena.contents_of(root);
        match root {
            Node::Dict { .. } => self.items = Items::of_dict(contents),
            Node::Object { how, .. } => {
                let goes_on = self.machine.has_handed_out();
                let head = if goes_on { 0 } else { how.head() };
                let items = Items::of_object(&self.machine.arena, contents, head);
                if !goes_on && items.clone().next(&self.machine.arena).is_none() {
                    return Ok(Some(Record::Root));
                }
                self.items = items;
            }
            _ => self.records = contents,
        }
        Ok(None)
    }

    /// Passes over the records of the next batch; whether there was one.
    pub(crate) fn skip_batch(&mut self) -> Result<bool> {
        self.records = Contents::NOTHING;
        Ok(self.next_batch()?.is_some())
    }

    /// Whether all of these objects, by memo id, outlived the batch in which they
    /// were put.
    pub(crate) fn keeps(&self, ids: &[u32]) -> bool {
        self.machine.memo.keeps(ids)
    }

    /// The next item of the root list of the current pickle.
    pub(crate) fn next_of_pickle(&mut self) -> Result<Option<Record>> {
        loop {
            if let Some(place) = self.machine.arena.next(&mut self.records) {
                return Ok(Some(Record::Item(place)));
            }
            if self.state == State::Last {
                return Ok(None);
            }
            self.load()?;
        }
    }

    /// Items left in the current pickle, if all of them are at hand.
    pub(crate) fn known_len(&self) -> Option<usize> {
        (self.state == State::Last).then_some(self.records.len())
    }

    /// What serde reads a record from, which lies within so many containers.
    #[inline]
    pub(crate) fn record<M: Copy>(&self, record: Record, level: u32) -> NodeReader<'_, M> {
        let machine = &self.machine;
        machine.budget.refill(&machine.arena, level);
        let node = match record {
            Record::Item(place) => machine.arena.node(place),
            Record::Pair => &self.items.pair,
            Record::Root => &machine.stack[0],
        };
        NodeReader::new(machine, node)
    }

    /// Bytes consumed so far.
    pub(crate) fn offset(&self) -> u64 {
        self.input.offset()
    }

    /// Passes over what follows the last pickle and begins no other.
    fn ignore_rest(&mut self) -> Result<()> {
        let start = self.input.offset();
        let count = self.input.skip_all()?;
        self.ignored = (count > 0).then_some((start, count));
        Ok(())
    }

    /// Where what was ignored after the last pickle begins, and how many bytes it has.
    pub(crate) fn ignored(&self) -> Option<(u64, u64)> {
        self.ignored
    }

    /// Refuses another pickle after the pickle.
    pub(crate) fn expect_end(&mut self) -> Result<()> {
        self.leave()?;
        if !self.input.peek()?.is_some_and(begins_pickle) {
            return self.ignore_rest();
        }
        let what = "something follows the pickle; if it is another pickle, read them as records";
        let kind = ErrorKind::Trailing(what.to_owned());
        Err(Error::new(kind, self.input.offset()))
    }
}
