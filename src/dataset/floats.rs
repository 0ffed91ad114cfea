//! Floats: a list that should have been an array.

use super::builtin::{Builtin, Drawn};
use super::columns::Column;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

impl Record for f64 {
    const KIND: RecordKind = RecordKind::Built(Shape::Floats);
    type Borrowed<'file> = f64;
}

impl Typed for f64 {}

impl Fixed for f64 {}

impl Measured for f64 {
    type Columns = Column<f64>;

    fn owned_bytes(&self) -> usize {
        0
    }
}

impl Builtin for f64 {
    const SHAPE: Shape = Shape::Floats;
    type Source = Drawn<f64>;

    fn source(records: u64, seed: u64) -> Drawn<f64> {
        Drawn::new(Shape::Floats, records, seed, |draw, _| draw.float())
    }
}
