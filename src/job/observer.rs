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
