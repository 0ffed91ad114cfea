//! Work on many files by several threads.
//!
//! Threads, not processes: what one file may take is bounded by the limits of
//! reading, and a file of a few bytes is done in less time than a process takes to
//! start.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::files::shown;
use crate::job::interrupt;

use super::walk::{Found, Walk};

/// How far the work may be ahead of the first file that is not done: so many results
/// wait for their turn.
const WINDOW: u64 = 64;

/// How often whoever waits for results is told that there is none yet.
const GLANCE: Duration = Duration::from_millis(100);

/// Stack of a thread, in bytes: what a main thread has.
const STACK_BYTES: usize = 8 << 20;

/// What happens while the files are worked on.
pub(crate) enum Event<T> {
    /// A file is done, or cannot be: its path from the folder on, and the result or
    /// an error for people. They come in the order of the walk.
    Done(PathBuf, Result<T, String>),
    /// Time has passed.
    Waiting,
}

/// Does `work` on each file, on `jobs` of them at the same time, and hands the results
/// to `take`, until that breaks off or an interrupt comes.
///
/// # Errors
///
/// If the system has no thread for it.
pub(crate) fn on_each<T: Send>(
    walk: Walk<'_>,
    jobs: usize,
    work: impl Fn(&Path) -> Result<T, String> + Sync,
    mut take: impl FnMut(Event<T>) -> ControlFlow<()>,
) -> io::Result<()> {
    let queue = Queue {
        state: Mutex::new(State {
            files: walk.fuse(),
            handed_out: 0,
            taken: 0,
            is_stopped: false,
        }),
        moved: Condvar::new(),
    };
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        let mut started = 0;
        for _ in 0..jobs.max(1) {
            let (sender, queue, work) = (sender.clone(), &queue, &work);
            let thread = thread::Builder::new().stack_size(STACK_BYTES);
            match thread.spawn_scoped(scope, move || queue.serve(&sender, work)) {
                Ok(_) => started += 1,
                // With fewer it takes longer.
                Err(_) if started > 0 => break,
                Err(error) => return Err(error),
            }
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut is_stopped = false;
        loop {
            if interrupt::asked() && !is_stopped {
                is_stopped = true;
                queue.stop();
            }
            match results.recv_timeout(GLANCE) {
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {
                    if take(Event::Waiting).is_break() && !is_stopped {
                        is_stopped = true;
                        queue.stop();
                    }
                }
                Ok((number, path, result)) => {
                    waiting.insert(number, (path, result));
                    while !is_stopped && let Some((path, result)) = waiting.remove(&queue.taken()) {
                        // What an interrupt broke off is no result.
                        is_stopped =
                            interrupt::asked() || take(Event::Done(path, result)).is_break();
                        if is_stopped {
                            queue.stop();
                        } else {
                            queue.take_one();
                        }
                    }
                }
            }
        }
    })
}

/// The files that are still to be done.
struct Queue<I> {
    state: Mutex<State<I>>,
    /// A result was taken, or all is to end.
    moved: Condvar,
}

struct State<I> {
    files: I,
    /// How many files there were so far.
    handed_out: u64,
    /// How many of their results have been taken.
    taken: u64,
    is_stopped: bool,
}

/// A file by its number, with what came of it.
type Numbered<T> = (u64, PathBuf, Result<T, String>);

impl<I: Iterator<Item = Found>> Queue<I> {
    fn state(&self) -> MutexGuard<'_, State<I>> {
        // Nothing is done under it that leaves it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.state().is_stopped = true;
        self.moved.notify_all();
    }

    fn taken(&self) -> u64 {
        self.state().taken
    }

    fn take_one(&self) {
        self.state().taken += 1;
        self.moved.notify_all();
    }

    /// The next file with its number, as soon as it may be worked on.
    fn next(&self) -> Option<(u64, Found)> {
        let mut state = self.state();
        while !state.is_stopped && state.handed_out >= state.taken + WINDOW {
            let waited = self.moved.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_stopped || interrupt::asked() {
            return None;
        }
        let found = state.files.next()?;
        let number = state.handed_out;
        state.handed_out += 1;
        Some((number, found))
    }

    /// Works on files as long as there are any.
    fn serve<T>(&self, results: &Sender<Numbered<T>>, work: &impl Fn(&Path) -> Result<T, String>) {
        while let Some((number, found)) = self.next() {
            let (path, result) = match found {
                Found::File(path) => {
                    let result = done(&path, work);
                    (path, result)
                }
                Found::Clash(first, path) => {
                    let message = format!("it would be written where {} is", shown(&first));
                    (path, Err(message))
                }
                Found::Unreadable(error) => (error.path.clone(), Err(error.to_string())),
            };
            if results.send((number, path, result)).is_err() {
                return;
            }
        }
    }
}

/// A fault of this program is one file's, not that of all that come after it.
fn done<T>(path: &Path, work: impl Fn(&Path) -> Result<T, String>) -> Result<T, String> {
    let result = catch_unwind(AssertUnwindSafe(|| work(path)));
    result.unwrap_or_else(|_| {
        Err("picklebench itself failed at this file, which is a fault of its own: report it".into())
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::{OsStr, OsString};
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    fn by_name(name: &OsStr) -> OsString {
        name.to_owned()
    }

    fn folder_of(files: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..files {
            fs::write(folder.path().join(format!("{number:04}")), "").unwrap();
        }
        folder
    }

    #[test]
    fn results_come_in_order_and_the_work_is_not_far_ahead_of_them() {
        let folder = folder_of(300);
        let walk = Walk::new(folder.path(), &by_name).unwrap();
        let begun = AtomicUsize::new(0);
        let mut names = Vec::new();
        let work = |path: &Path| {
            begun.fetch_add(1, SeqCst);
            let number: usize = path.to_str().unwrap().parse().unwrap();
            // The first takes longest.
            thread::sleep(Duration::from_millis(if number == 0 { 200 } else { 0 }));
            match number {
                7 => panic!("on purpose"),
                number if number.is_multiple_of(2) => Ok(number),
                number => Err(number.to_string()),
            }
        };
        on_each(walk, 4, work, |event| {
            if let Event::Done(path, result) = event {
                let ahead = begun.load(SeqCst) - names.len();
                assert!(ahead <= WINDOW as usize, "{ahead}");
                match result {
                    Ok(number) => assert_eq!(path, Path::new(&format!("{number:04}"))),
                    Err(_) if path.ends_with("0007") => {}
                    Err(number) => assert!(path.to_str().unwrap().ends_with(&number)),
                }
                names.push(path);
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(names.len(), 300);
        assert!(names.is_sorted());
    }

    #[test]
    fn it_ends_soon_after_whoever_takes_had_enough() {
        let folder = folder_of(300);
        let walk = Walk::new(folder.path(), &by_name).unwrap();
        let mut taken = 0;
        on_each(
            walk,
            2,
            |_| Ok(()),
            |event| {
                taken += usize::from(matches!(event, Event::Done(..)));
                match taken {
                    10 => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                }
            },
        )
        .unwrap();
        assert_eq!(taken, 10);
    }
}
