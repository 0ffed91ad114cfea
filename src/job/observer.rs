//! Who is told how the work goes on.

/// Is told how a run goes on; all that it needs to draw a progress bar.
pub trait Observer {
    /// A message that stays.
    fn say(&mut self, message: &str);
    /// Some work has begun, and will be done `parts` times more.
    fn begin(&mut self, what: &str, parts: u64);
    /// One of those parts is done.
    fn part_done(&mut self);
    /// Called many times a second while a process is waited for.
    fn tick(&mut self);
}

/// Tells another how the work goes on, but no message: for work that is done again and
/// again, of which the first time has said all.
pub(crate) struct Quiet<'a>(
    /// Who is told the rest.
    pub(crate) &'a mut dyn Observer,
);

impl Observer for Quiet<'_> {
    fn say(&mut self, _: &str) {}

    fn begin(&mut self, what: &str, parts: u64) {
        self.0.begin(what, parts);
    }

    fn part_done(&mut self) {
        self.0.part_done();
    }

    fn tick(&mut self) {
        self.0.tick();
    }
}
