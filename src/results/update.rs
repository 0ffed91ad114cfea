//! What becomes of a run that is there already when a part of it is made anew.
//!
//! One file holds what three commands find: the cases, the tutorial, and the
//! throughput of the time bench. Figures of different builds never get into one
//! file.

use super::environment::Environment;
use super::error::ResultsError;
use super::folder::ResultsFolder;
use super::footprint::Throughput;
use super::run::Run;
use super::tutorial::Tutorial;

/// A part of `run.json` that one command makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The cases, with their dataset and their environment.
    Cases,
    /// [`Run::tutorial`].
    Tutorial,
    /// [`Footprint::throughput`](super::Footprint::throughput) of each case.
    Throughput,
}

/// The change of one part of a `run.json`, decided before anything is measured.
#[derive(Debug)]
pub struct Update {
    /// The run that is there and stays.
    kept: Option<Run>,
}

impl ResultsFolder {
    /// Decides what becomes of the run in the folder when `build` makes a part
    /// of it anew:
    ///
    /// - New cases replace it. Its tutorial stays if the same build made it;
    ///   whatever cannot be read is not missed.
    /// - A tutorial joins a run of the same build, and replaces one without
    ///   cases. It says itself over how many records it is, so the cases may be
    ///   over others.
    /// - Throughput joins a run of the same commit, which has to be there.
    ///
    /// # Errors
    ///
    /// If the run is needed and cannot be read, or another build made it.
    pub fn update(&self, section: Section, build: &Environment) -> Result<Update, ResultsError> {
        let path = self.file(Self::RUN);
        let kept = match section {
            Section::Cases => {
                let before = Run::load_ours(&path).ok();
                before.filter(|run| run.environment.is_same_build(build))
            }
            Section::Tutorial if !path.exists() => None,
            Section::Tutorial => {
                let before = Run::load_ours(&path)?;
                if before.environment.is_same_build(build) {
                    Some(before)
                } else if before.cases.is_empty() {
                    None
                } else {
                    let advice = "measure again, or choose another folder with --results DIR";
                    let what = "build";
                    return Err(ResultsError::OtherBuild { path, what, advice });
                }
            }
            Section::Throughput => {
                let before = Run::load_ours(&path)?;
                if before.environment.commit != build.commit {
                    let advice = "run all of cargo bench for a report with memory and time";
                    let what = "commit";
                    return Err(ResultsError::OtherBuild { path, what, advice });
                }
                Some(before)
            }
        };
        Ok(Update { kept })
    }
}

impl Update {
    /// The run that the part joins, or the one that `new` makes.
    ///
    /// # Errors
    ///
    /// As `new`.
    pub fn or_new<E>(mut self, new: impl FnOnce() -> Result<Run, E>) -> Result<Self, E> {
        if self.kept.is_none() {
            self.kept = Some(new()?);
        }
        Ok(self)
    }

    /// The whole run with new cases in the place of what was there.
    #[must_use]
    pub fn with_cases(self, run: Run) -> Run {
        let tutorial = self.kept.and_then(|kept| kept.tutorial);
        Run { tutorial, ..run }
    }

    /// The whole run with the tutorial in the run that it joins.
    ///
    /// # Panics
    ///
    /// If there is no run to join: see [`or_new`](Self::or_new).
    #[must_use]
    pub fn with_tutorial(self, tutorial: Tutorial) -> Run {
        let mut run = self.kept.expect("a tutorial joins a run");
        run.tutorial = Some(tutorial);
        run
    }

    /// The whole run with the throughput of cases, by their names, in the run
    /// that it joins. Cases that the run has not are left out.
    ///
    /// # Panics
    ///
    /// If the update is of another section.
    #[must_use]
    pub fn with_throughput(self, found: Vec<(String, Throughput)>) -> Run {
        let mut run = self.kept.expect("throughput joins a run");
        for (id, throughput) in found {
            if let Some(case) = run.cases.iter_mut().find(|case| case.id == id) {
                case.throughput = Some(throughput);
            }
        }
        run
    }
}
