//! Files and folders that are not finished: who works on them, and what becomes
//! of those that nobody works on any more.
//!
//! Each is locked for as long as its process lives, however that ends: a lock
//! tells the living from the dead also where process numbers do not, between
//! containers and after a restart. What is not locked is left over.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the names of unfinished files and folders begin with.
pub(super) const PREFIX: &str = ".picklebench-";

/// How many characters follow [`PREFIX`] in such a name.
const RANDOM: usize = 6;

/// How many folders are known to have been looked through: then all are forgotten.
const MOST_SWEPT: usize = 4096;

/// What this process is at work on, and which folders it has swept.
struct State {
    own: BTreeSet<PathBuf>,
    swept: BTreeSet<PathBuf>,
}

static STATE: Mutex<State> = Mutex::new(State {
    own: BTreeSet::new(),
    swept: BTreeSet::new(),
});

fn state() -> MutexGuard<'static, State> {
    // Sets of names are whole whatever happened to who held them.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says that this process is at work on a file or folder, until it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    path: PathBuf,
    /// Holds the lock. `None` where the system does not lock such a thing: then
    /// nobody sweeps it either.
    _lock: Option<File>,
}

impl Claim {
    /// Claims the new file at `path`, which is open as `file`. `None` if another
    /// process swept it in the moment between the two.
    pub(super) fn of_file(file: File, path: &Path) -> Option<Claim> {
        let lock = match file.try_lock() {
            Ok(()) if is_gone(&file) => return None,
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => return None,
            Err(TryLockError::Error(_)) => None,
        };
        state().own.insert(path.to_owned());
        Some(Claim {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// As [`of_file`](Self::of_file), for a folder.
    pub(super) fn of_folder(path: &Path) -> Option<Claim> {
        match File::open(path) {
            Ok(folder) => Claim::of_file(folder, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => Some(Claim {
                path: path.to_owned(),
                _lock: None,
            }),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        state().own.remove(&self.path);
    }
}

/// Whether an open file has no name any more.
#[cfg(unix)]
fn is_gone(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
}

#[cfg(not(unix))]
fn is_gone(_: &File) -> bool {
    false
}

/// The error of those who lose every race against a sweep.
pub(super) fn contended() -> io::Error {
    io::Error::other("others remove what is made there; try again")
}

/// Removes what this process is at work on: it is about to end, and will not
/// come to it any more.
pub(crate) fn remove_own() {
    let own = std::mem::take(&mut state().own);
    for path in own {
        remove(&path);
    }
}

/// Removes from `folder` what processes left behind that were killed. A folder
/// is looked through once in the life of a process, unless that works in very many;
/// what cannot be removed stays.
pub(crate) fn sweep(folder: &Path) {
    {
        let mut state = state();
        if state.swept.len() >= MOST_SWEPT {
            state.swept.clear();
        }
        if !state.swept.insert(folder.to_owned()) {
            return;
        }
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if !is_unfinished(&entry.file_name()) {
            continue;
        }
        let path = entry.path();
        let Ok(left) = super::ours::open_any(&path) else {
            continue;
        };
        // The lock is held until it is removed: whoever made it in this moment
        // cannot claim it any more, and makes another.
        if left.try_lock().is_ok() {
            remove(&path);
        }
    }
}

/// Whether a name is one that only unfinished files and folders have.
fn is_unfinished(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn remove(path: &Path) {
    // What is in the way of it, the next sweep finds again.
    let _ = match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{NewFile, NewFolder};

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_left_over_goes_and_what_is_alive_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at(".picklebench-AbCd12"), "left over").unwrap();
        fs::create_dir(at(".picklebench-dEf345")).unwrap();
        fs::write(at(".picklebench-dEf345/written"), "left over").unwrap();
        for other in [".picklebench-mine", ".picklebench-AbCd1_", "AbCd12"] {
            fs::write(at(other), "somebody's").unwrap();
        }
        let file = NewFile::create(&at("result")).unwrap();
        let staging = NewFolder::create_in(folder.path()).unwrap();
        let alive = names(folder.path());
        assert_eq!(alive.len(), 5, "{alive:?}");
        // Another process would look through it again.
        state().swept.clear();
        sweep(folder.path());
        assert_eq!(names(folder.path()), alive);
        drop((file, staging));
        assert_eq!(names(folder.path()).len(), 3);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_of_such_a_name_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("file"), "precious").unwrap();
        let link = folder.path().join(".picklebench-AbCd12");
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        sweep(folder.path());
        assert!(victim.join("file").exists());
        assert!(fs::symlink_metadata(link).is_ok());
    }
}
