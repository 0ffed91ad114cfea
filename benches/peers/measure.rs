//! What is measured: ours, its peer, and how far apart the two may be.

use picklebench::dataset::Shape;

/// Something that ours and a peer both do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Record after record into a type that borrows its strs.
    Borrowed,
    /// Record after record into a type that owns its strs.
    Owned,
    /// Record after record into [`Value`](picklestream::Value).
    Value,
    /// A list into a pickle without a memo.
    Write,
    /// The same list as typed records.
    SerdePickle,
    /// The command `inspect`.
    Inspect,
    /// The command `convert`, to JSON lines.
    Convert,
    /// Beside a decoder written by hand.
    Floor,
    /// Reading text, beside a loop that splits each line.
    Split,
    /// Reading text, beside `eval` of each line.
    Eval,
    /// Writing text, beside a loop that prints each record.
    Lines,
}

impl Measure {
    /// All of them, in the order of the page.
    pub const ALL: [Measure; 11] = [
        Measure::Borrowed,
        Measure::Owned,
        Measure::Value,
        Measure::Write,
        Measure::SerdePickle,
        Measure::Floor,
        Measure::Inspect,
        Measure::Convert,
        Measure::Split,
        Measure::Eval,
        Measure::Lines,
    ];

    /// Its name in that of a bench.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Borrowed => "read-borrowed/cpython-load",
            Measure::Owned => "read/cpython-load",
            Measure::Value => "read-value/cpython-load",
            Measure::Write => "write/cpython-dump",
            Measure::SerdePickle => "read/serde-pickle",
            Measure::Floor => "read/by-hand",
            Measure::Inspect => "inspect/cpython-load",
            Measure::Convert => "convert-to-json-lines/cpython-load-and-json-dumps",
            Measure::Split => "read-text/cpython-split",
            Measure::Eval => "read-text/cpython-eval",
            Measure::Lines => "write-text/cpython-print",
        }
    }

    /// What the page says of it.
    pub fn title(self) -> &'static str {
        match self {
            Measure::Borrowed => {
                "Reading into a type that borrows its strs (`next_ref`), beside `pickle.load`"
            }
            Measure::Owned => "Reading into a type that owns its strs, beside `pickle.load`",
            Measure::Value => "Reading into `Value`, beside `pickle.load`",
            Measure::Write => "Writing without a memo, beside `pickle.dump`",
            Measure::SerdePickle => "Reading typed records, beside serde-pickle",
            Measure::Floor => "Reading typed records, beside a decoder written by hand",
            Measure::Inspect => "`picklebench inspect`, beside `pickle.load`",
            Measure::Convert => {
                "`picklebench convert` to JSON lines, beside `pickle.load` and `json.dumps` of each record"
            }
            Measure::Split => "Reading text, beside a Python loop that splits each line",
            Measure::Eval => "Reading text, beside `eval` of each line",
            Measure::Lines => "Writing text, beside a Python loop that prints each record",
        }
    }

    /// What CPython does beside it, if that is the peer.
    pub fn python(self) -> Option<&'static str> {
        match self {
            Measure::Borrowed | Measure::Owned | Measure::Value | Measure::Inspect => Some("load"),
            Measure::Write => Some("dump"),
            Measure::Convert => Some("convert"),
            Measure::Split => Some("split"),
            Measure::Eval => Some("evaluate"),
            Measure::Lines => Some("lines"),
            Measure::SerdePickle | Measure::Floor => None,
        }
    }

    /// Whether it reads text, and not a pickle.
    pub fn is_of_a_text(self) -> bool {
        matches!(self, Measure::Split | Measure::Eval)
    }

    /// Whether a protocol says nothing of it.
    pub fn is_about_text(self) -> bool {
        self.is_of_a_text() || self == Measure::Lines
    }

    /// The protocols under which it is measured.
    pub fn protocols(self) -> &'static [u8] {
        match self {
            Measure::Floor | Measure::Split | Measure::Eval | Measure::Lines => &[4],
            _ => &[0, 2, 4],
        }
    }

    /// Why there is nothing to measure of a shape.
    pub fn obstacle(self, shape: Shape) -> Option<&'static str> {
        match (self, shape) {
            (Measure::Borrowed, Shape::Objects) => Some("of any depth: no type borrows"),
            (Measure::Convert, Shape::Blobs) => Some("JSON has no bytes"),
            (Measure::Floor, Shape::Tuples | Shape::Dicts | Shape::Blobs) => None,
            (Measure::Floor, _) => Some("no decoder was written by hand"),
            (Measure::Split | Measure::Eval | Measure::Lines, shape) if shape != Shape::Tuples => {
                Some("the tutorial's records only")
            }
            _ => None,
        }
    }

    /// The ratio that is to be reached.
    pub fn target(self, shape: Shape, protocol: u8) -> Option<f64> {
        match (self, shape) {
            // Where to copy the bytes is all there is to do: see `Floor`.
            (
                Measure::Borrowed | Measure::Owned | Measure::Value | Measure::Write,
                Shape::Blobs,
            ) => None,
            (Measure::Borrowed, _) => (protocol > 0).then_some(0.35),
            (Measure::Owned, _) if protocol == 0 => Some(0.7),
            (Measure::Owned, Shape::Tuples) => Some(0.18),
            // CPython only counts a reference where Rust allocates.
            (Measure::Owned, Shape::Words) => Some(1.0),
            (Measure::Owned, _) => Some(0.6),
            (Measure::Value, _) => Some(0.7),
            (Measure::Write, _) => Some(0.15),
            (Measure::SerdePickle, _) => Some(0.125),
            (Measure::Floor, Shape::Dicts) => None,
            (Measure::Floor, _) => Some(1.3),
            (Measure::Inspect, _) => Some(0.35),
            (Measure::Convert, _) => Some(0.25),
            (Measure::Split, _) => Some(0.07),
            (Measure::Eval | Measure::Lines, _) => None,
        }
    }
}
