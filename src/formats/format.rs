//! What a format is, and what it has to be able to do.

use std::borrow::Cow;

use picklestream::known::Form;
use picklestream::literal::LiteralLimits;
use picklestream::pickle;

use crate::dataset::{Digester, Record, Shape};
use crate::files::MappedFile;
use crate::results::Operation;

use super::records::gather;
use super::{About, Certainty, Choice, Chosen, Error, Input, Output, Records, Table};

pub use crate::dataset::RecordKind;

/// A way to lay records down in a file: what it is, whatever the records are.
pub trait Format: Send + Sync + 'static {
    /// Its name within a case's: lower case with hyphens.
    fn name(&self) -> &'static str;

    /// What it is called in a sentence: `JSON` in "it is not JSON".
    fn title(&self) -> &'static str {
        self.name()
    }

    /// Which code its figures are those of, and what its files are.
    fn about(&self) -> About {
        About::UNKNOWN
    }

    /// How names of its files end, without the dot, lower case. The first is
    /// that of the files which are made.
    fn extensions(&self) -> &'static [&'static str];

    /// Whether and how it can do `operation` with records of a kind. A format
    /// that knows a record only by its type, for example, can do nothing with
    /// [`RecordKind::Any`].
    ///
    /// By default it can do everything but `map-read`, in one way.
    fn support(&self, operation: Operation, _kind: RecordKind) -> Support {
        match operation {
            Operation::MapRead => Support::No(NO_MAP),
            _ => Support::Plain,
        }
    }

    /// Whether a case is measured when nobody says which cases are: those that
    /// most users would compare. By default each.
    fn is_usual(&self, _operation: Operation, _variant: Option<&str>) -> bool {
        true
    }

    /// What most formats say of `map-read` that can borrow: whether these records
    /// are a list of what lies in the file.
    fn support_of_borrowing(&self, kind: RecordKind) -> Support {
        match kind {
            RecordKind::Built(Shape::Mapping) => Support::No("it is one record, made as a whole"),
            RecordKind::Built(Shape::Objects) | RecordKind::Typed | RecordKind::Any => {
                Support::No("what its records hold is made, not borrowed")
            }
            RecordKind::Built(_) => Support::Plain,
        }
    }

    /// An error that says why, if it cannot do `operation` with records of a
    /// kind.
    ///
    /// # Errors
    ///
    /// As [`Support::No`].
    fn refuse(&self, operation: Operation, kind: RecordKind) -> Result<(), Error> {
        match self.support(operation, kind) {
            Support::No(why) => {
                Err(format!("{} cannot hold these records: {why}", self.name()).into())
            }
            Support::Plain | Support::Variants(_) => Ok(()),
        }
    }

    /// The variants in which it can make a file: all that
    /// [`Codec::write_records`] knows.
    fn files(&self) -> Vec<Option<&'static str>> {
        let mut files = Vec::new();
        // In the order in which it names them for one of the shapes.
        for kind in Shape::ALL.map(RecordKind::Built) {
            let streams = self.support(Operation::StreamWrite, kind);
            let variants: &[&str] = match streams {
                Support::Variants(all) => all,
                Support::Plain => &[],
                Support::No(_) => match self.support(Operation::Write, kind) {
                    Support::Variants(all) => all,
                    Support::Plain => &[],
                    Support::No(_) => continue,
                },
            };
            if variants.is_empty() && !files.contains(&None) {
                files.push(None);
            }
            for variant in variants {
                if !files.contains(&Some(*variant)) {
                    files.push(Some(*variant));
                }
            }
        }
        files
    }

    /// What users may choose in how its files are written, each by a flag of
    /// `convert`. By default nothing.
    fn choices(&self) -> &'static [Choice] {
        &[]
    }

    /// The variant that is written when these of its
    /// [`choices`](Format::choices) were made. By default the first of
    /// [`files`](Format::files).
    fn variant(&self, _chosen: &Chosen) -> Option<String> {
        self.files().first().copied().flatten().map(str::to_owned)
    }

    /// Which file `variant` reads: by default the one that the variant of this
    /// name writes.
    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        MadeBy {
            format: self.name(),
            variant: variant.map(str::to_owned),
        }
    }

    /// How sure it is, by the first bytes of a file, that the file is in this
    /// format. By default not at all: then the file's name tells, or the user.
    fn recognise(&self, _prefix: &[u8]) -> Certainty {
        Certainty::NONE
    }

    /// Whether a tuple of a [`Value`](picklestream::value::Value) comes back as one,
    /// and not as a list.
    fn keeps_tuples(&self) -> bool {
        true
    }

    /// Whether the types of a [`Value`](picklestream::value::Value) come back, and
    /// not text alone.
    fn keeps_types(&self) -> bool {
        true
    }

    /// Whether anything in its files tells that they are its own. By default so;
    /// where nothing does, a file's name counts for more than what its content
    /// looks like.
    fn is_told_by_content(&self) -> bool {
        true
    }

    /// Whether its files are text, of which the line around an error can be
    /// shown.
    fn is_text(&self) -> bool {
        false
    }

    /// Whether a file can hold more than records, so that those to be read can
    /// be chosen: see [`pickle::Select`].
    fn has_parts(&self) -> bool {
        false
    }

    /// How records of any shape are written to it once their fields are known. By
    /// default it need not know them, or cannot be told.
    fn table(&self) -> Option<&dyn Table> {
        None
    }

    /// What it has of known data ([`picklestream::known`]), such as dates: Python's
    /// own, or by default the nearest plain thing, which is a str for a date.
    fn form(&self) -> Form {
        Form::Plain
    }

    /// How often a file is read from its beginning to its end when its records
    /// are read. A pipe is read once.
    fn passes(&self) -> u64 {
        1
    }
}

/// How records of type `T` get into a file of a format and out of it again.
///
/// Two methods say it all. The others follow from them; a format whose own
/// library has a better way for lists says so by its own method. A method is
/// called with the variants that [`Format::support`] named for its operation
/// (`None` for [`Support::Plain`]).
pub trait Codec<T: Record>: Format {
    /// Writes records as they come, in constant memory where the format allows
    /// it. Makes the files that the reading operations are given, too, so it
    /// must know every variant that a [`Format::made_by`] names.
    ///
    /// # Errors
    ///
    /// The first of `records`, which ends it; and if the output fails, or a
    /// record has no form in this format.
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error>;

    /// Hands the records of a file to `take`, which asks for one after the
    /// other: in constant memory where the format allows it. `take` is called
    /// once. (Handed over, and not returned, so that a reader can lie on the
    /// stack: the heap is what is measured.)
    ///
    /// # Errors
    ///
    /// If the input cannot be read to begin with; and what `take` returns.
    fn read_records(
        &self,
        variant: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error>;

    /// Writes a list that is in memory.
    ///
    /// # Errors
    ///
    /// As [`write_records`](Codec::write_records).
    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut records = list.iter().map(|record| Ok(Cow::Borrowed(record)));
        self.write_records(variant, &mut records, output)
    }

    /// Reads the whole file.
    ///
    /// # Errors
    ///
    /// As [`read_records`](Codec::read_records), and the first of the records.
    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        gather_list(self, variant, input)
    }

    /// Hands over one record after the other.
    ///
    /// # Errors
    ///
    /// As [`read_list`](Codec::read_list), and what `each` returns, which ends
    /// it.
    fn for_each(
        &self,
        variant: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.read_records(variant, input, &ReadLimits::default(), &mut |records| {
            for record in records {
                each(record?)?;
            }
            Ok(())
        })
    }

    /// Uses every record of a file that is mapped into memory, in place or
    /// borrowed from it, and gives how many there were. What uses a record is
    /// [`black_box`](std::hint::black_box). By default there is no such way.
    ///
    /// # Errors
    ///
    /// If the file is damaged, or the format has no such way.
    fn map_read(&self, _variant: Option<&str>, _file: &MappedFile) -> Result<u64, Error> {
        Err(NO_MAP.into())
    }

    /// Adds the records of a file to a digest: how the suite checks what was
    /// written, outside the measured window.
    ///
    /// # Errors
    ///
    /// As [`for_each`](Codec::for_each).
    fn digest(
        &self,
        variant: Option<&str>,
        input: Input,
        digester: &mut Digester,
    ) -> Result<(), Error> {
        self.for_each(variant, input, &mut |record| Ok(digester.add(&record)?))
    }
}

/// The records of a whole file as a list that is tight, in the one way in which
/// all formats' records are collected whose own library has no better.
///
/// # Errors
///
/// As [`Codec::read_list`].
pub(super) fn gather_list<T: Record, C: Codec<T> + ?Sized>(
    codec: &C,
    variant: Option<&str>,
    input: Input,
) -> Result<Loaded<T>, Error> {
    let total = input.get_ref().length();
    let mut list = Vec::new();
    codec.read_records(variant, input, &ReadLimits::default(), &mut |records| {
        list = gather(records, total)?;
        Ok(())
    })?;
    Ok(Loaded::List(list))
}
/// Why most formats have no [`Codec::map_read`].
pub const NO_MAP: &str = "its records are not used in place: reading makes them";

/// Records on their way into a file: borrowed from a list, or made one at a
/// time. An error ends the writing.
pub type Given<'a, T> = dyn Iterator<Item = Result<Cow<'a, T>, Error>> + 'a;

/// Who asks a file for its records.
pub type Take<'a, T> = dyn FnMut(&mut dyn Records<T>) -> Result<(), Error> + 'a;

/// What a [`Format`] says of an [`Operation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It can, in one way only.
    Plain,
    /// It can, in each of these variants.
    Variants(&'static [&'static str]),
    /// It cannot, and this is why: a clause that people will read.
    No(&'static str),
}

impl Support {
    /// Whether it can at all.
    #[must_use]
    pub fn is_there(self) -> bool {
        !matches!(self, Support::No(_))
    }
}

/// Which file a case reads: the format and the variant that write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeBy {
    /// A format's name.
    pub format: &'static str,
    /// The variant of that format.
    pub variant: Option<String>,
}

/// What reading may take, against hostile files. The suite reads within the
/// defaults; `convert` has a flag for each.
#[derive(Debug, Clone, Default)]
pub struct ReadLimits {
    /// Of pickles. The memo policy is that of pipes: a file is read twice, see
    /// [`pickle::MemoPolicy::TwoPass`].
    pub pickle: pickle::ReadOptions,
    /// Of formats with a record a line.
    pub lines: LiteralLimits,
}

/// What [`Codec::read_list`] loads.
pub enum Loaded<T> {
    /// The list of records.
    List(Vec<T>),
    /// Something else that holds the same records, where the format's own
    /// reader gives no list of them.
    Other(Box<dyn Holds>),
}

/// Something that holds records, for [`Loaded::Other`].
pub trait Holds {
    /// Adds the records, in their order, to a digest.
    ///
    /// # Errors
    ///
    /// If what it holds is not a list, or as [`Digester::add`].
    fn digest(&self, digester: &mut Digester) -> Result<(), Error>;
}

impl<T: Record> Holds for Loaded<T> {
    fn digest(&self, digester: &mut Digester) -> Result<(), Error> {
        match self {
            Loaded::List(records) => Ok(records.iter().try_for_each(|r| digester.add(r))?),
            Loaded::Other(other) => other.digest(digester),
        }
    }
}
