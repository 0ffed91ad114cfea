//! Runs that were published: a folder each, named by date, host and commit.
//!
//! Nothing but the folders themselves says which runs there are, so runs from
//! many machines are put together by putting their folders together.

use std::fs;
use std::path::Path;

use crate::files::FileError;

use super::error::ResultsError;
use super::folder::ResultsFolder;
use super::run::Run;

/// A published run.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Name of its folder.
    pub folder: String,
    /// The run, without timelines and steps.
    pub run: Run,
    /// Whether its page lies beside it.
    pub has_page: bool,
}

/// A folder that should hold a run and does not.
#[derive(Debug)]
pub struct Damaged {
    /// Its name.
    pub folder: String,
    /// What is wrong with it.
    pub error: ResultsError,
}

/// Reads all published runs below a folder, newest first; and says which ones
/// could not be read. `latest` and hidden folders are none, nor is a folder
/// without a `run.json` whose name does not begin with a date.
///
/// # Errors
///
/// If the folder itself cannot be read.
pub fn list(results: &Path) -> Result<(Vec<Published>, Vec<Damaged>), ResultsError> {
    let error = |source| FileError::read(results, source);
    let mut names = Vec::new();
    let mut unnamed = Vec::new();
    for entry in fs::read_dir(results).map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name();
        let Some(name) = name.to_str().map(str::to_owned) else {
            if entry.path().join(ResultsFolder::RUN).exists() {
                unnamed.push(Damaged {
                    folder: name.to_string_lossy().into_owned(),
                    error: ResultsError::Name { path: name.into() },
                });
            }
            continue;
        };
        let is_run = entry.path().join(ResultsFolder::RUN).exists() || date(&name).is_some();
        if is_run && entry.path().is_dir() && name != "latest" && !name.starts_with('.') {
            names.push((name, entry.path()));
        }
    }
    names.sort();
    let (mut runs, mut damaged) = (Vec::new(), unnamed);
    for (folder, path) in names {
        match Run::load_ours(&path.join(ResultsFolder::RUN)) {
            Ok(mut run) => {
                // A page of many runs has no room for them, nor has memory.
                for case in &mut run.cases {
                    case.timeline = None;
                    case.steps = Vec::new();
                }
                let has_page = path.join("report.html").exists();
                runs.push(Published {
                    folder,
                    run,
                    has_page,
                });
            }
            Err(error) => damaged.push(Damaged { folder, error }),
        }
    }
    let key = |it: &Published| (it.run.environment.started.clone(), it.folder.clone());
    runs.sort_by_key(|it| std::cmp::Reverse(key(it)));
    Ok((runs, damaged))
}

/// The name of the folder that a run is published in, such as
/// `2026-11-22-vm-bc3cbdd`; with `distinct`, its time as well. `None` where the
/// run does not say when it began.
#[must_use]
pub fn folder_name(run: &Run, distinct: bool) -> Option<String> {
    let environment = &run.environment;
    let date = date(&environment.started)?;
    let host = slug(environment.host.as_deref().unwrap_or_default(), 32);
    let host = if host.is_empty() { "unknown" } else { &host };
    let commit = slug(environment.commit.as_deref().unwrap_or_default(), 7);
    let commit = if commit.is_empty() {
        "no-commit"
    } else {
        &commit
    };
    let mut name = format!("{date}-{host}-{commit}");
    if environment.dirty == Some(true) {
        name.push_str("-dirty");
    }
    if distinct {
        let time: String = environment.started.chars().skip(10).collect();
        name.push('-');
        name.extend(time.chars().filter(char::is_ascii_digit).take(6));
    }
    Some(name)
}

/// The date that a text begins with.
fn date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let fits = date.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    fits.then_some(date)
}

/// What every file system, shell and address takes as it is.
fn slug(text: &str, longest: usize) -> String {
    let mut slug = String::new();
    for char in text.chars() {
        match char.to_ascii_lowercase() {
            char @ ('a'..='z' | '0'..='9') => slug.push(char),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(longest);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{date, slug};

    #[test]
    fn names_are_harmless() {
        assert_eq!(slug("../../Etc/passwd", 32), "etc-passwd");
        assert_eq!(slug("Runner №7 (x)", 32), "runner-7-x");
        assert_eq!(slug("bc3cbdd0916", 7), "bc3cbdd");
        assert_eq!(slug("שלום", 32), "");
    }

    #[test]
    fn dates_are_dates() {
        assert_eq!(date("2026-11-22T17:39:17Z"), Some("2026-11-22"));
        assert_eq!(date("2026-11-2"), None);
        assert_eq!(date("../../../../x"), None);
        assert_eq!(date("日本語日本語"), None);
    }
}
