//! How much room there is for files.

use std::path::Path;

/// Bytes that this user may still write in the file system of `folder`
/// (`f_bavail` of statvfs(3)); `None` where the system does not say.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(folder).ok()?;
        found.f_bavail.checked_mul(found.f_frsize)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}
