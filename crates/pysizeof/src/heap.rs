//! A small model of glibc's malloc: what a few large blocks that grow take of the
//! process, as they come, move and go.
//!
//! Source: `malloc/malloc.c` of glibc: the threshold from which on blocks are mapped
//! by themselves grows with what is freed, and the heap's end is given back when
//! twice that is free there.

use super::blocks::{MAPPED, pages};

/// Blocks larger than this leave the threshold as it is.
const LARGEST_THRESHOLD: u64 = 32 << 20;

/// A block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// Of the heap, by its number.
    Heap(u64),
    /// Mapped by itself, with so many bytes.
    Mapped(u64),
}

/// A stretch of the heap.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    bytes: u64,
    /// The number of the block in it; none if it is free.
    block: Option<u64>,
}

/// A heap, and what is mapped beside it.
#[derive(Debug)]
pub(super) struct Heap {
    /// Bytes from which a block is mapped by itself.
    threshold: u64,
    /// In the order of addresses.
    chunks: Vec<Chunk>,
    /// Bytes that were free at first.
    free_at_first: u64,
    mapped: u64,
    /// Blocks so far.
    blocks: u64,
}

impl Heap {
    /// A heap in which so many bytes are free in one piece, after a block of
    /// `freed` bytes that was mapped by itself was freed.
    pub(super) fn new(free: u64, freed: u64) -> Heap {
        let free_chunk = Chunk {
            bytes: free,
            block: None,
        };
        // What lives behind it keeps it from being given back.
        let end = Chunk {
            bytes: 0,
            block: Some(0),
        };
        Heap {
            threshold: freed.clamp(MAPPED, LARGEST_THRESHOLD),
            chunks: vec![free_chunk, end],
            free_at_first: free,
            mapped: 0,
            blocks: 0,
        }
    }

    pub(super) fn malloc(&mut self, bytes: u64) -> Block {
        // A hole of the heap is taken first, however large.
        let fits = |chunk: &Chunk| chunk.block.is_none() && chunk.bytes >= bytes;
        let places = 0..self.chunks.len();
        let smallest = places
            .filter(|&place| fits(&self.chunks[place]))
            .min_by_key(|&place| self.chunks[place].bytes);
        if smallest.is_none() && bytes >= self.threshold {
            self.mapped += pages(bytes);
            return Block::Mapped(pages(bytes));
        }
        self.blocks += 1;
        let place = smallest.unwrap_or_else(|| self.extend(bytes));
        self.cut(place, bytes, self.blocks);
        Block::Heap(self.blocks)
    }

    /// Makes the heap longer, so that its end has so many bytes free.
    fn extend(&mut self, bytes: u64) -> usize {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.block.is_none() => chunk.bytes = chunk.bytes.max(bytes),
            _ => self.chunks.push(Chunk { bytes, block: None }),
        }
        self.chunks.len() - 1
    }

    /// Gives a block the first bytes of a chunk.
    fn cut(&mut self, place: usize, bytes: u64, block: u64) {
        let rest = self.chunks[place].bytes - bytes;
        self.chunks[place] = Chunk {
            bytes,
            block: Some(block),
        };
        if rest > 0 {
            let rest = Chunk {
                bytes: rest,
                block: None,
            };
            self.chunks.insert(place + 1, rest);
            self.join();
        }
    }

    /// Free neighbours become one.
    fn join(&mut self) {
        self.chunks.dedup_by(|next, chunk| {
            let joins = next.block.is_none() && chunk.block.is_none();
            if joins {
                chunk.bytes += next.bytes;
            }
            joins
        });
    }

    pub(super) fn free(&mut self, block: Block) {
        match block {
            Block::Mapped(bytes) => {
                self.mapped -= bytes;
                if (self.threshold..=LARGEST_THRESHOLD).contains(&bytes) {
                    self.threshold = bytes;
                }
            }
            Block::Heap(number) => {
                let its = self.chunks.iter_mut();
                for chunk in its.filter(|chunk| chunk.block == Some(number)) {
                    chunk.block = None;
                }
                self.join();
                let most = 2 * self.threshold;
                let trims = |chunk: &mut Chunk| chunk.block.is_none() && chunk.bytes >= most;
                self.chunks.pop_if(trims);
            }
        }
    }

    /// A block that gets more bytes, keeping what is in it.
    pub(super) fn realloc(&mut self, block: Block, bytes: u64) -> Block {
        match block {
            Block::Mapped(before) => {
                self.mapped = self.mapped - before + pages(bytes);
                return Block::Mapped(pages(bytes));
            }
            Block::Heap(number) => {
                let its = |chunk: &Chunk| chunk.block == Some(number);
                if let Some(place) = self.chunks.iter().position(its)
                    && self.grow(place, bytes, number)
                {
                    return block;
                }
            }
        }
        let moved = self.malloc(bytes);
        self.free(block);
        moved
    }

    /// Lets a block have what is free behind it, if that is enough.
    fn grow(&mut self, place: usize, bytes: u64, number: u64) -> bool {
        let is_last = place + 1 == self.chunks.len();
        let behind = self.chunks.get(place + 1);
        let behind = behind.filter(|chunk| chunk.block.is_none());
        let room = self.chunks[place].bytes + behind.map_or(0, |chunk| chunk.bytes);
        let is_end = is_last || (behind.is_some() && place + 2 == self.chunks.len());
        if room < bytes && !(is_end && bytes < self.threshold) {
            return false;
        }
        if behind.is_some() {
            self.chunks.remove(place + 1);
        }
        self.chunks[place].bytes = room.max(bytes);
        self.cut(place, bytes, number);
        true
    }

    /// Bytes of a block, of which `used` are written to, that nothing wrote to.
    pub(super) fn untouched(&self, block: Block, used: u64) -> u64 {
        match block {
            Block::Mapped(bytes) => bytes.saturating_sub(used),
            Block::Heap(number) => {
                let last = self.chunks.last();
                let last = last.filter(|chunk| chunk.block == Some(number));
                last.map_or(0, |chunk| chunk.bytes.saturating_sub(used))
            }
        }
    }

    /// Bytes that it has grown by.
    pub(super) fn now(&self) -> u64 {
        let heap: u64 = self.chunks.iter().map(|chunk| chunk.bytes).sum();
        self.mapped + heap.saturating_sub(self.free_at_first)
    }
}
