//! A folder in the place of a file: how a command runs over all that is in it, and
//! what is told of that.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use clap::{Args, value_parser};
use plainfigures::thousands;
use serde::Serialize;

use crate::files::shown;
use crate::folder::{Event, Found, NameOrder, PassedOver, Walk, on_each};
use crate::job::{Observer, interrupt};

use super::output::{Hearing, is_dash, say};
use super::progress::Progress;
use super::{Error, Outcome};

/// Errors of files that are kept until the end; what comes after them is said at once.
const MOST_KEPT: usize = 1000;

/// How a folder is worked on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Of a folder")]
pub(super) struct Jobs {
    /// Work on so many of its files at the same time; limits are those of each
    /// [default: 1]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl Jobs {
    /// # Errors
    ///
    /// If it was said how a folder is worked on, and there is none.
    pub(super) fn refuse_without_folder(&self, path: &Path) -> Result<(), Error> {
        match self.jobs {
            Some(_) => Err(only_of_a_folder("--jobs", path)),
            None => Ok(()),
        }
    }
}

/// The error of a flag that is only of use for a folder.
pub(super) fn only_of_a_folder(flag: &str, path: &Path) -> Error {
    let what = match is_dash(path) {
        true => "standard input".to_owned(),
        false => shown(path),
    };
    format!("{flag} is for the files of a folder, and {what} is none: leave it out").into()
}

/// Whether what the user named for reading is a folder.
pub(super) fn is_folder(path: &Path) -> bool {
    !is_dash(path) && fs::metadata(path).is_ok_and(|there| there.is_dir())
}

/// A folder that has been looked through before anything is done with it.
pub(super) struct Folder<'a> {
    root: &'a Path,
    order: NameOrder<'a>,
    /// How many files there were, for the progress.
    files: u64,
    passed: PassedOver,
}

/// What one file came to.
pub(super) struct Told<T> {
    /// The result.
    pub(super) what: T,
    /// What is said of it, whatever comes of the others.
    pub(super) notes: Vec<String>,
    /// Why there is not all of it.
    pub(super) fault: Option<String>,
}

/// How it went.
pub(super) struct Tally {
    /// Files that are done.
    pub(super) done: u64,
    /// Files and folders that could not be done, or not to their end.
    pub(super) failed: u64,
}

impl Tally {
    /// The outcome, unless something else was found.
    pub(super) fn outcome(&self) -> Outcome {
        match self.failed {
            0 => Outcome::Done,
            _ => Outcome::FoundFailure,
        }
    }
}

impl<'a> Folder<'a> {
    /// Looks through a folder; its files come in the order of their names.
    ///
    /// # Errors
    ///
    /// As [`look_through`](Folder::look_through).
    pub(super) fn by_name(root: &'a Path) -> Result<Folder<'a>, Error> {
        let order = &|name: &OsStr| -> OsString { name.to_owned() };
        // No two are the same.
        Folder::look_through(root, order, |first, _| shown(first))
    }

    /// Looks through a folder.
    ///
    /// # Errors
    ///
    /// If it cannot be listed, if there is no file in it, or if the order makes the
    /// same of two names: `clash` says what is wrong then.
    pub(super) fn look_through(
        root: &'a Path,
        order: NameOrder<'a>,
        clash: impl Fn(&Path, &Path) -> String,
    ) -> Result<Folder<'a>, Error> {
        let mut walk = Walk::new(root, order)?;
        let (mut files, mut unreadable) = (0, 0);
        for found in walk.by_ref() {
            interrupt::check()?;
            match found {
                Found::File(_) => files += 1,
                Found::Unreadable(_) => unreadable += 1,
                Found::Clash(first, second) => {
                    return Err(clash(&root.join(first), &root.join(second)).into());
                }
            }
        }
        let passed = walk.passed();
        if files == 0 && unreadable == 0 {
            let but = match passed_over(root, &passed) {
                Some(told) => format!(" ({told})"),
                None => " (hidden files and checksums do not count)".to_owned(),
            };
            let root = shown(root);
            return Err(format!("cannot read {root}: there is no file in it{but}").into());
        }
        Ok(Folder {
            root,
            order,
            files,
            passed,
        })
    }

    /// Does `work` on each file, which gets its path and the same from the folder
    /// on, shows the `progress`, and hands results to `take` in order. At the end tells what failed and
    /// what was passed over.
    ///
    /// # Errors
    ///
    /// If there is no thread for it, or `take` fails, or an interrupt came.
    pub(super) fn run<T: Send>(
        &self,
        jobs: &Jobs,
        progress: Progress,
        work: impl Fn(&Path, &Path) -> Result<Told<T>, Error> + Sync,
        mut take: impl FnMut(&Path, Result<T, String>) -> Result<Hearing, Error>,
    ) -> Result<Tally, Error> {
        let work = |path: &Path| {
            let full = self.root.join(path);
            let told = still_a_file(&full).and_then(|()| work(&full, path));
            told.map_err(|error| error.to_string())
        };
        let walk = Walk::new(self.root, self.order)?;
        let mut telling = Telling::new(self, progress);
        let mut broken_off = Ok(());
        let worked = on_each(walk, jobs.jobs.unwrap_or(1).into(), work, |event| {
            let Event::Done(path, result) = event else {
                telling.progress.tick();
                return ControlFlow::Continue(());
            };
            let full = self.root.join(path);
            let result = telling.hear(&full, result);
            match take(&full, result) {
                Ok(Hearing::On) => return ControlFlow::Continue(()),
                Ok(Hearing::Enough) => {}
                Err(error) => broken_off = Err(error),
            }
            ControlFlow::Break(())
        });
        worked.map_err(|error| format!("cannot work on {}: {error}", shown(self.root)))?;
        broken_off?;
        telling.end(self)
    }
}

/// What is told of a folder while it is worked on and at the end.
struct Telling {
    progress: Progress,
    tally: Tally,
    /// The first errors, each with its file.
    kept: Vec<String>,
}

impl Telling {
    fn new(folder: &Folder<'_>, mut progress: Progress) -> Telling {
        progress.begin(&shown(folder.root), folder.files);
        Telling {
            progress,
            tally: Tally { done: 0, failed: 0 },
            kept: Vec::new(),
        }
    }

    /// Notes how a file went, and says what there is to say of it now.
    fn hear<T>(&mut self, path: &Path, result: Result<Told<T>, String>) -> Result<T, String> {
        self.progress.part_done();
        let told = result.inspect_err(|error| self.fail(path, error))?;
        for note in told.notes {
            self.progress.say(&with_path(path, &note));
        }
        match &told.fault {
            Some(fault) => self.fail(path, fault),
            None => self.tally.done += 1,
        }
        Ok(told.what)
    }

    fn fail(&mut self, path: &Path, error: &str) {
        self.tally.failed += 1;
        let message = with_path(path, error);
        if self.kept.len() < MOST_KEPT {
            self.kept.push(message);
        } else {
            self.progress.say(&message);
        }
    }

    fn end(self, folder: &Folder<'_>) -> Result<Tally, Error> {
        drop(self.progress);
        let (done, failed) = (self.tally.done, self.tally.failed);
        if let Some(told) = passed_over(folder.root, &folder.passed) {
            say(told);
        }
        if failed > 0 {
            let of = done + failed;
            say(format_args!(
                "{} of {} failed:",
                thousands(failed),
                counted(of, "file")
            ));
        }
        for message in &self.kept {
            say(format_args!("  {message}"));
        }
        let more = failed - self.kept.len() as u64;
        if more > 0 {
            say(format_args!("  and {} more, told above", thousands(more)));
        }
        if interrupt::asked() {
            say(format_args!(
                "{} of {} done before the interrupt",
                thousands(done),
                counted(folder.files, "file")
            ));
        }
        interrupt::check()?;
        Ok(self.tally)
    }
}

/// A message with the file that it is about, unless it names it.
fn with_path(path: &Path, message: &str) -> String {
    let path = shown(path);
    match message.contains(&path) {
        true => message.to_owned(),
        false => format!("{path}: {message}"),
    }
}

/// Makes sure that a file has not become something else since it was listed: a pipe
/// would be waited for, and a link leads elsewhere.
fn still_a_file(path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_file() => Ok(()),
        Ok(_) => Err("it was a file when the folder was listed, and is none any more".into()),
        Err(error) => Err(format!("cannot read it: {error}").into()),
    }
}

/// What is said of what was passed over, if there is something to say.
fn passed_over(root: &Path, passed: &PassedOver) -> Option<String> {
    let first = passed.first.as_ref()?;
    let links = (passed.links > 0).then(|| counted(passed.links, "link"));
    let others = match passed.others {
        0 => None,
        1 => Some("1 pipe, device or socket".to_owned()),
        others => Some(format!("{} pipes, devices and sockets", thousands(others))),
    };
    let what: Vec<String> = links.into_iter().chain(others).collect();
    Some(format!(
        "passed over: {}, {} first",
        what.join(" and "),
        shown(&root.join(first))
    ))
}

/// A number of things, such as `1 file` and `1,000 files`.
pub(super) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(count))
}

/// A line of JSON about a file of which there is nothing else to tell.
#[derive(Debug, Serialize)]
struct Failure {
    file: String,
    error: FailureMessage,
}

#[derive(Debug, Serialize)]
struct FailureMessage {
    message: String,
    /// Where in the file, in bytes: not known.
    offset: Option<u64>,
}

/// The line of JSON of a file that could not be looked at.
pub(super) fn failure_line(path: &Path, message: String) -> Result<String, Error> {
    let failure = Failure {
        file: shown(path),
        error: FailureMessage {
            message,
            offset: None,
        },
    };
    Ok(format!("{}\n", serde_json::to_string(&failure)?))
}
