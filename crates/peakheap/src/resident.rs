//! The resident set: the physical memory that the system has given the process.
//!
//! The peak is `VmHWM` of `/proc/self/status`, which Linux resets when `5` is
//! written to `/proc/self/clear_refs` (proc_pid_clear_refs(5)). It is never
//! `ru_maxrss`: a child inherits its parent's figure through fork and exec, so
//! a small child of a large parent reports the parent.

use std::fs::{self, File};
use std::io::Read;

/// Resident set of this process now, in bytes; `None` where the system does
/// not say. Allocates nothing that stays.
#[must_use]
pub fn resident_bytes() -> Option<u64> {
    status_field("VmRSS:").or_else(|| Some(memory_stats::memory_stats()?.physical_mem as u64))
}

/// Largest resident set of this process since it began, or since
/// [`reset_high_water`], in bytes. `None` where the system does not say: then
/// it is not guessed.
#[must_use]
pub fn high_water_bytes() -> Option<u64> {
    status_field("VmHWM:")
}

/// Sets the high-water mark back to the resident set of now. Gives `false`
/// where the system does not allow that, and then [`high_water_bytes`] tells
/// of the whole life of the process.
pub fn reset_high_water() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// Both figures of one moment, from one look at the system.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resident {
    pub(super) bytes: Option<u64>,
    pub(super) high_water_bytes: Option<u64>,
}

impl Resident {
    pub(super) fn now() -> Resident {
        let [bytes, high_water_bytes] = status_fields(["VmRSS:", "VmHWM:"]);
        Resident {
            bytes: bytes.or_else(resident_bytes),
            high_water_bytes,
        }
    }
}

fn status_field(name: &str) -> Option<u64> {
    let [bytes] = status_fields([name]);
    bytes
}

/// Fields of `/proc/self/status` in bytes. Reads into the stack: a meter that
/// allocates would measure itself.
fn status_fields<const N: usize>(names: [&str; N]) -> [Option<u64>; N] {
    let mut buffer = [0u8; 4096];
    let text = status(&mut buffer).unwrap_or_default();
    names.map(|name| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kibibytes.checked_mul(1024)
    })
}

fn status(buffer: &mut [u8]) -> Option<&str> {
    let mut len = 0;
    let mut file = File::open("/proc/self/status").ok()?;
    while len < buffer.len() {
        match file.read(&mut buffer[len..]).ok()? {
            0 => break,
            read => len += read,
        }
    }
    str::from_utf8(&buffer[..len]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    #[cfg(target_os = "linux")]
    fn high_water_sees_a_block_that_is_gone() {
        const BLOCK: u64 = 64 << 20;
        assert!(reset_high_water());
        let before = resident_bytes().unwrap();
        drop(black_box(vec![1u8; BLOCK as usize]));
        let high = high_water_bytes().unwrap();
        // Other tests of this process allocate too, but nothing of this size.
        assert!(high >= before + BLOCK * 9 / 10, "{before} {high}");
        assert!(resident_bytes().unwrap() < high);
    }

    #[test]
    fn a_field_that_does_not_exist_is_absent() {
        assert_eq!(status_field("VmNothing:"), None);
    }
}
