//! Plain cases: memory of anything, and not of a format.

use std::fmt;
use std::rc::Rc;

use crate::formats::Error;

use super::window::{Measurement, Window};

/// A case that somebody wrote: a name, what is made beforehand, and what is measured.
#[derive(Clone)]
pub struct Plain {
    name: String,
    scales: bool,
    work: Rc<dyn Work>,
}

impl Plain {
    /// `run` is measured over what `set_up` makes of a number of records.
    pub(crate) fn new<S: 'static, R: 'static>(
        name: &str,
        scales: bool,
        set_up: impl Fn(u64) -> S + 'static,
        run: impl Fn(S) -> R + 'static,
    ) -> Plain {
        Plain {
            name: name.to_owned(),
            scales,
            work: Rc::new(Closures { set_up, run }),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is over a number of records.
    pub(super) fn scales(&self) -> bool {
        self.scales
    }

    /// Runs it once, over so many records.
    ///
    /// # Errors
    ///
    /// As [`Window::measure`].
    pub(super) fn measure(&self, records: u64, window: Window<'_>) -> Result<Measurement, Error> {
        self.work.measure(records, window)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Plain").field(&self.name).finish()
    }
}

/// What a plain case does, whatever the types of its closures are: nothing is put
/// into a box within the window.
trait Work {
    fn measure(&self, records: u64, window: Window<'_>) -> Result<Measurement, Error>;
}

struct Closures<M, F> {
    set_up: M,
    run: F,
}

impl<S, R, M: Fn(u64) -> S, F: Fn(S) -> R> Work for Closures<M, F> {
    fn measure(&self, records: u64, window: Window<'_>) -> Result<Measurement, Error> {
        let made = (self.set_up)(records);
        window.measure(|| Ok((self.run)(made)), |_| Ok(Default::default()))
    }
}
