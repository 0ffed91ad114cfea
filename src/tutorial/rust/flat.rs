//! `create_file` and `load_file` with lines of text instead of a pickle.

use crate::dataset::{Tuple, Tuples};
use crate::formats::Error;

use super::function::{Call, Function, Source};
use super::store::Store;

pub(super) static SOURCE: Source = Source {
    functions: &[
        Function {
            name: "create_file",
            variants: &["text"],
            reads: false,
            body: create_file,
        },
        Function {
            name: "load_file",
            variants: &["text"],
            reads: true,
            body: load_file,
        },
    ],
    file: file!(),
    text: include_str!("flat.rs"),
};

fn create_file(call: &Call<'_>) -> Result<u64, Error> {
    let (tuples, profile) = (Tuples::new(call.records, call.seed), call.profile);
    let file = Store::new(call.variant, call.path)?;
    let x: Vec<Tuple> = profile.named("build", || tuples.collect());
    profile.named("write", || file.write(&x))?;
    profile.named("del", || drop(x));
    Ok(call.records)
}

fn load_file(call: &Call<'_>) -> Result<u64, Error> {
    let profile = call.profile;
    let file = Store::new(call.variant, call.path)?;
    let x = profile.named("read", || file.load())?;
    profile.named("del", || drop(x));
    Ok(call.records)
}
