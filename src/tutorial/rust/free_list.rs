//! Many objects, of which some stay alive: what of the rest goes back to the
//! system?
//!
//! The tutorial puts it down to Python's free lists. But the system takes back
//! whole pages only, so one small object that lives holds a page, whoever
//! allocated it; a large object has pages of its own and goes back by itself.

use std::ptr;

use crate::formats::Error;

use super::function::{Call, Function, Source, trim};

const SMALL: usize = 64;

/// From this size on, glibc gives a block a mapping of its own.
const LARGE: usize = 128 * 1024;

/// The smallest page there is; a larger one holds a survivor just as well.
const PAGE: usize = 4096;

/// One large object in so many stays, which is about as many as small ones.
const STAYS: usize = 50;

pub(super) static SOURCE: Source = Source {
    functions: &[Function {
        name: "free_all_but_some",
        variants: &["small objects", "large objects"],
        reads: false,
        body: free_all_but_some,
    }],
    file: file!(),
    text: include_str!("free_list.rs"),
};

fn free_all_but_some(call: &Call<'_>) -> Result<u64, Error> {
    if call.variant == "small objects" {
        let mut last = 0;
        let first_of_its_page = |object: &[u8; SMALL]| {
            let page = ptr::from_ref(object).addr() / PAGE;
            page != std::mem::replace(&mut last, page)
        };
        steps(call, call.records, first_of_its_page)
    } else {
        // As many bytes as the small ones have.
        let ratio = (LARGE / SMALL) as u64;
        let count = call.records.div_ceil(ratio).max(2);
        let mut at = 0;
        let one_in_so_many = |_: &[u8; LARGE]| {
            at += 1;
            at % STAYS == 1
        };
        steps(call, count, one_in_so_many)
    }
}

fn steps<const SIZE: usize>(
    call: &Call<'_>,
    count: u64,
    mut stays: impl FnMut(&[u8; SIZE]) -> bool,
) -> Result<u64, Error> {
    let profile = call.profile;
    let make = |_| Box::new([1; SIZE]);
    let mut x: Vec<Box<[u8; SIZE]>> = profile.named("build", || (0..count).map(make).collect());
    profile.named("free", || x.retain(|object| stays(object)));
    trim(profile, "trim");
    profile.named("free the rest", || drop(x));
    trim(profile, "trim the rest");
    Ok(count)
}
