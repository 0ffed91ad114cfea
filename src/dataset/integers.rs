//! Integers of mixed size: a third each below 2^8, of 32 bits and of 64 bits,
//! the latter two with their sign.

use super::builtin::{Builtin, Drawn};
use super::columns::Column;
use super::draw::Draw;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

impl Record for i64 {
    const KIND: RecordKind = RecordKind::Built(Shape::Integers);
    type Borrowed<'file> = i64;
}

impl Typed for i64 {}

impl Fixed for i64 {}

impl Measured for i64 {
    type Columns = Column<i64>;

    fn owned_bytes(&self) -> usize {
        0
    }
}

impl Builtin for i64 {
    const SHAPE: Shape = Shape::Integers;
    type Source = Drawn<i64>;

    fn source(records: u64, seed: u64) -> Drawn<i64> {
        Drawn::new(Shape::Integers, records, seed, make)
    }
}

fn make(draw: &mut Draw, _: u64) -> i64 {
    match draw.below(3) {
        0 => draw.below(256).into(),
        1 => i64::from(draw.word() as i32),
        _ => draw.word() as i64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_each_is_small_of_32_bits_and_of_64() {
        let (mut small, mut middle, mut large) = (0, 0, 0);
        for integer in i64::source(30_000, 1) {
            match integer {
                0..256 => small += 1,
                integer if i32::try_from(integer).is_ok() => middle += 1,
                _ => large += 1,
            }
        }
        for count in [small, middle, large] {
            assert!((9_500..10_500).contains(&count), "{small} {middle} {large}");
        }
    }
}
