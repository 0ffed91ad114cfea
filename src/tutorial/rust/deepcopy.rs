//! A list, a deep copy of it, then one dropped and then the other.
//!
//! The tutorial's list holds integers, which Python keeps as objects. Three
//! kinds stand for it: the numbers themselves in one block, each in a box of
//! its own, and each as a value that could be anything, as a pickle's reader
//! has to keep it.

use crate::formats::Error;
use picklestream::value::Value;

use super::function::{Call, Function, Source, trim};

pub(super) static SOURCE: Source = Source {
    functions: &[Function {
        name: "copy_and_del",
        variants: &["Vec<i64>", "Vec<Box<i64>>", "Vec<Value>"],
        reads: false,
        body: copy_and_del,
    }],
    file: file!(),
    text: include_str!("deepcopy.rs"),
};

fn copy_and_del(call: &Call<'_>) -> Result<u64, Error> {
    match call.variant {
        "Vec<i64>" => steps(call, |number| number),
        "Vec<Box<i64>>" => steps(call, Box::new),
        _ => steps(call, |number| Value::Int(number.into())),
    }
}

fn steps<T: Clone>(call: &Call<'_>, item: fn(i64) -> T) -> Result<u64, Error> {
    let (n, profile) = (i64::try_from(call.records)?, call.profile);
    let x: Vec<T> = profile.named("build", || (0..n).map(item).collect());
    let y = profile.named("deepcopy", || x.clone());
    profile.named("del x", || drop(x));
    profile.named("del y", || drop(y));
    trim(profile, "trim");
    Ok(call.records)
}
