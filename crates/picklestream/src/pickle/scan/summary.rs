//! What a file of pickles holds.

/// What [`summary()`](crate::pickle::summary()) found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Highest protocol that is declared; 0 where none is.
    pub protocol: u8,
    /// Bytes of all pickles.
    pub bytes: u64,
    /// Bytes after the last pickle that begin no other.
    pub ignored_bytes: u64,
    /// Pickles one after another.
    pub pickles: u64,
    /// Records, as [`PickleRecords`](crate::pickle::PickleRecords) would hand them out.
    pub records: u64,
    /// Bytes of the largest record.
    pub largest_record_bytes: u64,
    /// The nesting depth: most containers within each other, the root list among them. An
    /// object that is fetched from the memo counts as one level.
    pub depth: u64,
    /// Most objects on the stack at once: 16 bytes each in a reader.
    pub stack: u64,
    /// How often each opcode occurs, by name, the most frequent first.
    pub opcodes: Vec<(&'static str, u64)>,
    /// Objects put into the memo.
    pub memo_puts: u64,
    /// Objects fetched from the memo.
    pub memo_fetches: u64,
    /// Distinct ids that are fetched: what a reader must keep, at the most.
    /// Counted up to 2^20.
    pub memo_ids_fetched: u64,
    /// Frames.
    pub frames: u64,
    /// What [`PickleRecords`](crate::pickle::PickleRecords) would refuse: the first 100
    /// names, in the order in which they occur.
    pub refused: Vec<Refused>,
    /// How often any of these occurs, and those beyond the first 100.
    pub refused_count: u64,
}

/// Something that only code could make, or that would run code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// `module.name`, or `opcode NAME` where there is no name.
    pub name: String,
    /// How often it is called, or named where that is more often.
    pub count: u64,
    /// Where it is named first, in bytes.
    pub offset: u64,
}
