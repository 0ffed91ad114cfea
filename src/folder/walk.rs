//! The files below a folder, in the order of their names, and not all at once in
//! memory.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::vec;

use crate::files::FileError;

/// Names of one folder that are held at once. A folder with more of them is listed
/// once more for each so many: of a million files, 62 times.
const BATCH_NAMES: usize = 16_384;

/// The ending of the checksums that lie beside files of this program.
const SUM_ENDING: &str = "sha256";

/// By what a name is ordered among those of its folder. Two names of which this
/// makes the same are a clash.
pub(crate) type NameOrder<'a> = &'a (dyn Fn(&OsStr) -> OsString + Sync);

/// What is below a folder, one after another.
pub(crate) enum Found {
    /// A file, by its path from the folder on.
    File(PathBuf),
    /// Two of whose names the order makes the same, by their paths from the folder on.
    Clash(PathBuf, PathBuf),
    /// A folder that cannot be listed to its end.
    Unreadable(FileError),
}

/// What is left out, and is neither hidden nor a checksum.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PassedOver {
    /// Links: what they lead to within the folder is there without them, and what
    /// is outside is not of the folder.
    pub(crate) links: u64,
    /// Pipes, devices and sockets.
    pub(crate) others: u64,
    /// The first of them, from the folder on.
    pub(crate) first: Option<PathBuf>,
}

/// The files below a folder. Left out are hidden files and folders, whose names begin
/// with a dot as those of unfinished files do, checksums (`.sha256`), and what is
/// [passed over](PassedOver). Files and folders come as one sequence, in the order
/// of their names; a folder's files come where its name is.
pub(crate) struct Walk<'a> {
    root: PathBuf,
    order: NameOrder<'a>,
    /// The folder that is listed, from the root on.
    path: PathBuf,
    /// The listings of this folder, and of those that it is in.
    levels: Vec<Level>,
    batch_names: usize,
    passed: PassedOver,
}

/// A folder that is gone through.
struct Level {
    batch: vec::IntoIter<Entry>,
    /// The one that came last.
    last: Option<Entry>,
    /// Whether there may be more than the batch.
    has_more: bool,
}

/// A file or folder among those of the same folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: OsString,
    name: OsString,
    is_folder: bool,
}

impl<'a> Walk<'a> {
    /// What is below `root`, which may be a link.
    ///
    /// # Errors
    ///
    /// If it cannot be listed.
    pub(crate) fn new(root: &Path, order: NameOrder<'a>) -> Result<Walk<'a>, FileError> {
        Walk::in_batches(root, order, BATCH_NAMES)
    }

    fn in_batches(root: &Path, order: NameOrder<'a>, names: usize) -> Result<Walk<'a>, FileError> {
        let mut walk = Walk {
            root: root.to_owned(),
            order,
            path: PathBuf::new(),
            levels: Vec::new(),
            batch_names: names,
            passed: PassedOver::default(),
        };
        walk.enter()?;
        Ok(walk)
    }

    /// What has been passed over so far.
    pub(crate) fn passed(self) -> PassedOver {
        self.passed
    }

    /// Goes into the folder at the path.
    fn enter(&mut self) -> Result<(), FileError> {
        let batch = self.list(None)?;
        self.levels.push(Level {
            has_more: batch.len() == self.batch_names,
            batch: batch.into_iter(),
            last: None,
        });
        Ok(())
    }

    /// The first names of the folder at the path that come after `last`, in order.
    fn list(&mut self, last: Option<&Entry>) -> Result<Vec<Entry>, FileError> {
        let folder = self.root.join(&self.path);
        let read = |source| FileError::read(&folder, source);
        // The largest is on top, and goes where a smaller one comes.
        let mut smallest = BinaryHeap::new();
        for entry in fs::read_dir(&folder).map_err(read)? {
            let entry = entry.map_err(read)?;
            let (name, kind) = (entry.file_name(), entry.file_type().map_err(read)?);
            if is_left_out(&name) {
                continue;
            }
            if !kind.is_dir() && !kind.is_file() {
                if last.is_none() {
                    self.pass_over(&name, kind.is_symlink());
                }
                continue;
            }
            let is_folder = kind.is_dir();
            let key = if is_folder {
                name.clone()
            } else {
                (self.order)(&name)
            };
            let entry = Entry {
                key,
                name,
                is_folder,
            };
            if last.is_some_and(|last| entry.cmp(last) != Ordering::Greater) {
                continue;
            }
            if smallest.len() < self.batch_names {
                smallest.push(entry);
            } else if let Some(mut largest) = smallest.peek_mut()
                && entry < *largest
            {
                *largest = entry;
            }
        }
        Ok(smallest.into_sorted_vec())
    }

    fn pass_over(&mut self, name: &OsStr, is_link: bool) {
        match is_link {
            true => self.passed.links += 1,
            false => self.passed.others += 1,
        }
        let path = &self.path;
        self.passed.first.get_or_insert_with(|| path.join(name));
    }

    /// Lists more of the folder at the path.
    fn refill(&mut self) -> Result<(), FileError> {
        let last = self.levels.last_mut().and_then(|level| level.last.clone());
        let batch = self.list(last.as_ref());
        if let Some(level) = self.levels.last_mut() {
            level.has_more = matches!(&batch, Ok(batch) if batch.len() == self.batch_names);
            level.batch = batch?.into_iter();
        }
        Ok(())
    }
}

impl Iterator for Walk<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let level = self.levels.last_mut()?;
            let Some(entry) = level.batch.next() else {
                if !level.has_more {
                    self.levels.pop();
                    self.path.pop();
                } else if let Err(error) = self.refill() {
                    return Some(Found::Unreadable(error));
                }
                continue;
            };
            let before = level.last.replace(entry.clone());
            let path = self.path.join(&entry.name);
            if let Some(before) = before.filter(|before| before.key == entry.key) {
                return Some(Found::Clash(self.path.join(before.name), path));
            }
            if !entry.is_folder {
                return Some(Found::File(path));
            }
            self.path = path;
            if let Err(error) = self.enter() {
                self.path.pop();
                return Some(Found::Unreadable(error));
            }
        }
    }
}

/// Whether a file or folder of this name is none of the user's data.
fn is_left_out(name: &OsStr) -> bool {
    let is_hidden = name.as_encoded_bytes().starts_with(b".");
    is_hidden
        || Path::new(name)
            .extension()
            .is_some_and(|end| end == SUM_ENDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_name(name: &OsStr) -> OsString {
        name.to_owned()
    }

    fn paths(root: &Path, names: usize) -> Vec<String> {
        let walk = Walk::in_batches(root, &by_name, names).unwrap();
        let path = |found| match found {
            Found::File(path) => path.to_str().unwrap().replace('\\', "/"),
            Found::Clash(..) => panic!("a clash"),
            Found::Unreadable(error) => panic!("{error}"),
        };
        walk.map(path).collect()
    }

    #[test]
    fn files_come_in_order_whatever_the_batch() {
        let folder = tempfile::tempdir().unwrap();
        let all = ["a", "b/a", "b/c/d", "b/e", "c", "d.pkl", "é", "z/z"];
        for name in all {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::create_dir(folder.path().join("empty")).unwrap();
        for left_out in [".hidden", ".picklebench-AbCd12", "d.pkl.sha256"] {
            fs::write(folder.path().join(left_out), "").unwrap();
        }
        let expected = ["a", "b/a", "b/c/d", "b/e", "c", "d.pkl", "z/z", "é"];
        for names in [1, 2, 3, 4, 100] {
            assert_eq!(paths(folder.path(), names), expected, "{names}");
        }
    }

    #[test]
    fn names_of_which_the_same_is_made_clash_also_across_batches() {
        let folder = tempfile::tempdir().unwrap();
        // By name, "a-b" lies between the two.
        for name in ["a", "a-b", "a.pkl"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let stem = |name: &OsStr| Path::new(name).file_stem().unwrap().to_owned();
        for names in [1, 2, 100] {
            let walk = Walk::in_batches(folder.path(), &stem, names).unwrap();
            let clashes: Vec<_> = walk
                .filter_map(|found| match found {
                    Found::Clash(first, second) => Some((first, second)),
                    _ => None,
                })
                .collect();
            assert_eq!(clashes, [("a".into(), "a.pkl".into())], "{names}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn links_are_passed_over_and_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("out")).unwrap();
        let mut walk = Walk::in_batches(folder.path(), &by_name, 1).unwrap();
        assert_eq!(walk.by_ref().count(), 3);
        let passed = walk.passed();
        assert_eq!((passed.links, passed.others), (2, 0));
        assert!(passed.first.is_some());
    }
}
