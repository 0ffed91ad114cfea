//! The tutorial's advice: read a few, process them, reuse the memory; and for
//! NumPy, fill arrays allocated beforehand instead of converting a list.
//!
//! Plain vectors stand for NumPy's arrays: a column of numbers is one block of
//! fixed-width items in both, and the crate ndarray would add a shape to it
//! and nothing to the memory.

use std::hint::black_box;

use crate::dataset::{Columns, Tuple, TupleColumns};
use crate::formats::{Error, Loaded};

use super::function::{Call, Function, Source};
use super::store::Store;

/// Who can hand out one record after another.
const READERS: &[&str] = &["text", "pickle/protocol-4"];

pub(super) static SOURCE: Source = Source {
    functions: &[
        Function {
            name: "process_file",
            variants: READERS,
            reads: true,
            body: process_file,
        },
        Function {
            name: "fill_columns",
            variants: READERS,
            reads: true,
            body: fill_columns,
        },
        Function {
            name: "load_then_convert",
            variants: READERS,
            reads: true,
            body: load_then_convert,
        },
    ],
    file: file!(),
    text: include_str!("streaming.rs"),
};

fn process_file(call: &Call<'_>) -> Result<u64, Error> {
    let profile = call.profile;
    let file = Store::new(call.variant, call.path)?;
    let (mut seen, mut sum) = (0, 0.0);
    let process = |(float, _, _): Tuple| {
        seen += 1;
        sum += float;
        Ok(())
    };
    profile.named("stream", || file.each(process))?;
    black_box(sum);
    if seen != call.records {
        return Err(format!("{seen} records were read").into());
    }
    Ok(seen)
}

fn fill_columns(call: &Call<'_>) -> Result<u64, Error> {
    let (rows, profile) = (usize::try_from(call.records)?, call.profile);
    let file = Store::new(call.variant, call.path)?;
    let mut columns = profile.named("allocate", || TupleColumns::with_rows(rows));
    profile.named("fill", || file.each(|row| Ok(columns.push(row)?)))?;
    profile.named("del", || drop(columns));
    Ok(call.records)
}

fn load_then_convert(call: &Call<'_>) -> Result<u64, Error> {
    let profile = call.profile;
    let file = Store::new(call.variant, call.path)?;
    let x = list(profile.named("load", || file.load())?)?;
    let columns = profile.named("convert", || convert(&x))?;
    profile.named("del list", || drop(x));
    profile.named("del columns", || drop(columns));
    Ok(call.records)
}

fn list(loaded: Loaded<Tuple>) -> Result<Vec<Tuple>, Error> {
    match loaded {
        Loaded::List(list) => Ok(list),
        Loaded::Other(_) => Err("its reader gives no list".into()),
    }
}

/// The list stays alive, as it does behind `numpy.array(list)`.
fn convert(list: &[Tuple]) -> Result<TupleColumns, Error> {
    let mut columns = TupleColumns::with_rows(list.len());
    for row in list {
        columns.push(row.clone())?;
    }
    Ok(columns)
}
