//! `picklebench publish`: a run for keeps, and the page of all of them.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::files::{FileError, NewFolder, read_ours, replace, shown};
use crate::report;
use crate::results::published::{Published, folder_name, list};
use crate::results::{ResultsFolder, Run};

use super::compare::run_file;
use super::output::{say, warn};
use super::{Error, Outcome};

/// Keep a run under its date, host and commit, and rebuild the page of all runs
///
/// The run, its page, its figures and its picture go to a folder of their own,
/// such as results/2026-11-22-vm-bc3cbdd. Then results/index.html is made anew
/// from all folders there: a static site that can be opened from disk or served
/// as it is. results/peak-heap.svg is always the picture of the newest run.
///
/// Runs from other machines are added by copying their folders here.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench publish                          results/latest, for keeps
  picklebench publish run.json --results site
  picklebench publish --rebuild                after folders were added or removed

A run from a checkout with changes is refused, because nobody can make it again;
--allow-dirty publishes it all the same, and its folder's name says so.")]
pub(super) struct Arguments {
    /// The run: a run.json, or the folder that it is in
    #[arg(value_name = "RUN", default_value = "results/latest")]
    run: PathBuf,
    /// Folder of the published runs
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
    /// Publish a run that no commit can make again
    #[arg(long)]
    allow_dirty: bool,
    /// Publish nothing; make the page anew from the folders that are there
    #[arg(long, conflicts_with_all = ["run", "allow_dirty"])]
    rebuild: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let results = &arguments.results;
    let folder = if arguments.rebuild {
        // A folder that is not there is a mistake, not a place to begin.
        list(results)?;
        ResultsFolder::open(results)?
    } else {
        let path = run_file(&arguments.run);
        let (run, original) = Run::load_with_text(&arguments.run)?;
        check(&run, &path, arguments.allow_dirty)?;
        let folder = ResultsFolder::open(results)?;
        publish(&run, &original, &path, results)?;
        folder
    };
    rebuild(&folder, results)?;
    Ok(Outcome::Done)
}

/// Whether others could make the run again.
fn check(run: &Run, path: &Path, allow_dirty: bool) -> Result<(), Error> {
    let environment = &run.environment;
    let flaw = match (&environment.commit, environment.dirty) {
        (Some(_), Some(false)) => None,
        (Some(_), _) => Some("was made with changes that are in no commit"),
        (None, _) => Some("does not say which commit it was made by"),
    };
    if let Some(flaw) = flaw.filter(|_| !allow_dirty) {
        return Err(format!(
            "{} {flaw}, so nobody can make it again: commit, measure and publish that, \
             or publish it all the same with --allow-dirty",
            shown(path)
        )
        .into());
    }
    if environment.sources_match == Some(false) {
        warn(
            "the sources had changed since the program was built: the run carries the commit \
             of the build",
        );
    }
    Ok(())
}

/// Puts the run and all that is made from it into a folder of its own, at once.
fn publish(run: &Run, original: &[u8], path: &Path, results: &Path) -> Result<(), Error> {
    let nameless = || format!("{} does not say when it began", shown(path));
    let mut target = None;
    // Two runs of one day, host and commit differ by their time.
    for distinct in [false, true] {
        let folder = results.join(folder_name(run, distinct).ok_or_else(nameless)?);
        match read_ours(&folder.join(ResultsFolder::RUN)) {
            Ok(there) if there == original => {
                say(format_args!("already published: {}", shown(&folder)));
                return Ok(());
            }
            _ if folder.exists() => {}
            _ => {
                target = Some(folder);
                break;
            }
        }
    }
    let target =
        target.ok_or("another run of the same second, host and commit is published already")?;
    let cannot = |source| FileError::write("make the folder", &target, source);
    let staging = NewFolder::create_in(results).map_err(cannot)?;
    replace(&staging.path().join(ResultsFolder::RUN), original)?;
    for (name, content) in report::files(run) {
        replace(&staging.path().join(name), content.as_bytes())?;
    }
    staging.finish(&target).map_err(cannot)?;
    say(format_args!("published: {}", shown(&target)));
    Ok(())
}

/// Makes the page of all runs, and the picture of the newest.
fn rebuild(folder: &ResultsFolder, results: &Path) -> Result<(), Error> {
    let (runs, damaged) = list(results)?;
    for it in &damaged {
        let name = plainfigures::visible(&it.folder);
        warn(format_args!("{name} is left out: {}", it.error));
    }
    let left_out: Vec<String> = damaged.into_iter().map(|it| it.folder).collect();
    let index = folder.write("index.html", &report::index::render(&runs, &left_out))?;
    if let Some(Published { run, .. }) = runs.first() {
        folder.write("peak-heap.svg", &report::svg::render(run))?;
    }
    let count = match runs.len() {
        1 => "1 run".to_owned(),
        count => format!("{count} runs"),
    };
    say(format_args!("index: {} ({count})", shown(&index)));
    Ok(())
}
