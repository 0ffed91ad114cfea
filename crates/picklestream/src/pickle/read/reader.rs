//! From an input to records, batch by batch.

use std::io::{BufRead, Seek, SeekFrom};

use super::node::NodeReader;
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::machine::arena::Contents;
use crate::pickle::machine::memo::Memo;
use crate::pickle::machine::state::{Machine, Stop};
use crate::pickle::opcodes::input::{Input, Source};
use crate::pickle::opcodes::record::begins_pickle;
use crate::pickle::opcodes::run::run;
use crate::pickle::options::{MemoPolicy, ReadOptions};
use crate::pickle::scan::first_pass::{FirstPass, first_pass};

/// A record of the batch at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Record {
    /// An item of the root list, by its place.
    Item(u32),
    /// The root itself.
    Root,
}

/// Reads one pickle after another and hands out their records as nodes.
pub(crate) struct Reader<R> {
    input: Input<R>,
    machine: Machine,
    state: State,
    /// Records of the batch that are not handed out yet.
    records: Contents,
    /// Numbers of pickles to be held to their end, and how many are done.
    held: Vec<u64>,
    pickles: u64,
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
        let end = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(start))?;
        let mut found = FirstPass::default();
        if options.memo == MemoPolicy::TwoPass {
            let mut input = Input::new(reader);
            found = first_pass(&mut input, &options.limits)?;
            reader = input.into_reader();
            reader.seek(SeekFrom::Start(start))?;
        }
        let mut reader = Reader::new(reader, options, found);
        reader.machine.end = Some(end.saturating_sub(start));
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
        Reader::new(reader, &options, FirstPass::default())
    }

    fn new(reader: R, options: &ReadOptions, found: FirstPass) -> Reader<R> {
        let memo = Memo::new(options.memo, found.wanted);
        let mut machine = Machine::new(&options.limits, memo);
        machine.objects = options.objects;
        machine.encoding = options.encoding;
        Reader {
            input: Input::new(reader),
            machine,
            state: State::Start,
            records: Contents::NOTHING,
            held: found.held,
            pickles: 0,
            ignored: None,
        }
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
        }
        Ok(None)
    }

    /// Begins the next pickle, if there is one.
    pub(crate) fn begin(&mut self) -> Result<bool> {
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
        self.state = State::Within;
        Ok(true)
    }

    /// Goes on in the current pickle: to the next batch of its root list, or
    /// to its end. A root that is not a list is returned.
    pub(crate) fn load(&mut self) -> Result<Option<Record>> {
        let root = self.machine.root_list();
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
        match self.machine.root_list() {
            Some(root) => {
                self.records = self.machine.arena.contents(root);
                Ok(None)
            }
            None => Ok(Some(Record::Root)),
        }
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
        if !self.input.peek()?.is_some_and(begins_pickle) {
            return self.ignore_rest();
        }
        let what = "something follows the pickle; if it is another pickle, read them as records";
        let kind = ErrorKind::Trailing(what.to_owned());
        Err(Error::new(kind, self.input.offset()))
    }
}
