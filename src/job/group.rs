//! A control group of our own (cgroups(7), version 2) with a limit on what is resident
//! in it: what a container does to the process within.
//!
//! Whether one may be made depends on the system and on who asks. Where not, that is
//! no error: the caller has to say that another limit was used.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Where the hierarchy of version 2 is mounted.
const ROOT: &str = "/sys/fs/cgroup";

/// A control group that ends when it is dropped. Its processes have to have ended by
/// then.
#[derive(Debug)]
pub(crate) struct MemoryGroup {
    folder: PathBuf,
}

impl MemoryGroup {
    /// Whether groups with such a limit can be made here.
    pub(crate) fn is_permitted() -> bool {
        MemoryGroup::new(1 << 30).is_ok()
    }

    /// A group whose processes may have so many bytes resident and none in swap.
    ///
    /// # Errors
    ///
    /// If the system has no such groups, or does not let us make one.
    pub(crate) fn new(bytes: u64) -> io::Result<MemoryGroup> {
        let groups = fs::read_to_string("/proc/self/cgroup")?;
        MemoryGroup::new_in(Path::new(ROOT), &groups, bytes)
    }

    /// `groups` is the text of `/proc/self/cgroup`. A group with processes of its own
    /// may not limit groups within it, and so the new one may have to lie beside ours.
    fn new_in(root: &Path, groups: &str, bytes: u64) -> io::Result<MemoryGroup> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let own = groups.lines().find_map(|line| line.strip_prefix("0::/"));
        let own = own.ok_or_else(|| io::Error::other("no control groups of version 2"))?;
        let own = root.join(own);
        let above = own.parent().filter(|above| above.starts_with(root));
        let name = format!(
            "picklebench-{}-{}",
            process::id(),
            MADE.fetch_add(1, Relaxed)
        );
        let mut refused = io::Error::from(io::ErrorKind::NotFound);
        for folder in [Some(own.as_path()), above].into_iter().flatten() {
            match MemoryGroup::make(folder.join(&name), bytes) {
                Ok(group) => return Ok(group),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    fn make(folder: PathBuf, bytes: u64) -> io::Result<MemoryGroup> {
        fs::create_dir(&folder)?;
        // From here on it is removed whatever happens.
        let group = MemoryGroup { folder };
        group.set("memory.max", bytes)?;
        // Not there where the system has no swap.
        let _ = group.set("memory.swap.max", 0);
        Ok(group)
    }

    /// Puts a process into the group. What it holds already stays where it is.
    ///
    /// # Errors
    ///
    /// If the system does not let us.
    pub(super) fn add(&self, process: u32) -> io::Result<()> {
        self.set("cgroup.procs", process.into())
    }

    /// The files are the system's: what is not there may not be made.
    fn set(&self, name: &str, value: u64) -> io::Result<()> {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(self.folder.join(name));
        io::Write::write_all(&mut file?, value.to_string().as_bytes())
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        // It fails if a process is left in it, which the system's own end ends.
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_are_no_such_groups_none_is_made_and_nothing_is_left() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        for groups in [
            "4:memory:/a\n",
            "0::/a/b\n",
            "0::/\n",
            "0::/not/there\n",
            "",
        ] {
            // A folder that is no control group has no file to write the limit to.
            assert!(
                MemoryGroup::new_in(root.path(), groups, 1).is_err(),
                "{groups}"
            );
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        assert_eq!(fs::read_dir(root.path().join("a")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(root.path().join("a/b")).unwrap().count(), 0);
    }

    #[test]
    fn a_group_limits_what_runs_in_it_where_one_may_be_made() {
        let Ok(group) = MemoryGroup::new(64 << 20) else {
            return eprintln!("SKIPPED: no control group may be made here");
        };
        let limit = fs::read_to_string(group.folder.join("memory.max")).unwrap();
        assert_eq!(limit.trim(), (64 << 20).to_string());
        let mut child = process::Command::new("sleep").arg("5").spawn().unwrap();
        group.add(child.id()).unwrap();
        let inside = fs::read_to_string(group.folder.join("cgroup.procs")).unwrap();
        assert_eq!(inside.trim(), child.id().to_string());
        child.kill().unwrap();
        child.wait().unwrap();
        let folder = group.folder.clone();
        drop(group);
        assert!(!folder.exists());
    }
}
