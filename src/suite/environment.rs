//! Where the figures come from: machine, system, build.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::job;
use crate::results::{Environment, Package};

/// Crates that do the measured work.
const CRATES: [&str; 9] = [
    "criterion",
    "fast-float2",
    "itoa",
    "memchr",
    "num-bigint",
    "serde",
    "serde-pickle",
    "serde_json",
    "zmij",
];

/// The environment of a run that began at `started`.
#[must_use]
pub fn environment(
    started: jiff::Timestamp,
    command: &[String],
    worker_limit_bytes: Option<u64>,
) -> Environment {
    let commit = commit();
    let changes = commit
        .as_ref()
        .and_then(|_| git(&["status", "--porcelain", "-uno"]));
    let dirty = changes.map(|changes| !changes.is_empty());
    Environment {
        started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        command: command.to_vec(),
        picklebench: env!("CARGO_PKG_VERSION").to_owned(),
        commit,
        dirty,
        rustc: env!("PICKLEBENCH_RUSTC").to_owned(),
        profile: if cfg!(debug_assertions) {
            "dev"
        } else {
            "release"
        }
        .to_owned(),
        allocator: allocator(),
        os: os(),
        kernel: line("/proc/sys/kernel/osrelease"),
        target: env!("PICKLEBENCH_TARGET").to_owned(),
        cpu: field("/proc/cpuinfo", "model name"),
        cpus: thread::available_parallelism()
            .ok()
            .and_then(|n| u32::try_from(n.get()).ok()),
        memory_bytes: memory_field("MemTotal"),
        cgroup_limit_bytes: cgroup_limit(),
        worker_limit_bytes,
        page_bytes: page_bytes(),
        transparent_huge_pages: line("/sys/kernel/mm/transparent_hugepage/enabled")
            .and_then(|text| Some(text.split_once('[')?.1.split_once(']')?.0.to_owned())),
        worker_environment: job::ENVIRONMENT
            .map(|(name, value)| format!("{name}={value}"))
            .into(),
        host: line("/proc/sys/kernel/hostname"),
        crates: packages(include_str!("../../Cargo.lock")),
    }
}

/// What a worker may be given so that the machine survives: nine tenths of what
/// is available now. `None` where the system does not say.
#[must_use]
pub fn default_limit_bytes() -> Option<u64> {
    let available = memory_field("MemAvailable");
    let smaller = match (available, cgroup_limit()) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    smaller.map(|bytes| bytes / 10 * 9)
}

/// The git commit of the sources that this program was built from, where they
/// lie in a repository of their own.
#[must_use]
pub fn commit() -> Option<String> {
    git(&["rev-parse", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A package from a registry lies in no repository of its own; without this
    // check, git would find one further up and tell of that.
    folder.join(".git").exists().then_some(())?;
    output(Command::new("git").arg("-C").arg(folder).args(arguments))
}

fn output(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn line(path: &str) -> Option<String> {
    Some(
        fs::read_to_string(path)
            .ok()?
            .lines()
            .next()?
            .trim()
            .to_owned(),
    )
}

/// The value behind `name:` or `name=` in a file of such lines.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    let value = rest.trim_start().strip_prefix([':', '='])?;
    Some(value.trim().trim_matches('"').to_owned())
}

fn memory_field(name: &str) -> Option<u64> {
    let value = field("/proc/meminfo", name)?;
    value
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// The limit of this process's control group, version 2 or 1. The file holds a
/// huge number or `max` where there is none.
fn cgroup_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = groups
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .unwrap_or("/");
    let own = own.trim_start_matches('/');
    let files = [
        Path::new("/sys/fs/cgroup").join(own).join("memory.max"),
        "/sys/fs/cgroup/memory.max".into(),
        "/sys/fs/cgroup/memory/memory.limit_in_bytes".into(),
    ];
    let text = files
        .iter()
        .find_map(|file| fs::read_to_string(file).ok())?;
    let limit = text.trim().parse::<u64>().ok()?;
    (limit < memory_field("MemTotal").unwrap_or(u64::MAX)).then_some(limit)
}

fn os() -> String {
    field("/etc/os-release", "PRETTY_NAME").unwrap_or_else(|| std::env::consts::OS.to_owned())
}

fn allocator() -> String {
    let library = output(Command::new("getconf").arg("GNU_LIBC_VERSION"));
    match library.filter(|_| cfg!(target_env = "gnu")) {
        Some(library) => format!("system ({library})"),
        None => "system".to_owned(),
    }
}

#[cfg(unix)]
fn page_bytes() -> Option<u64> {
    Some(rustix::param::page_size() as u64)
}

#[cfg(not(unix))]
fn page_bytes() -> Option<u64> {
    None
}

/// [`CRATES`] with their versions, from the text of a lock file.
fn packages(lock: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        let Some(name) = value(line, "name") else {
            continue;
        };
        let Some(version) = lines.next().and_then(|line| value(line, "version")) else {
            continue;
        };
        if CRATES.contains(&name) {
            packages.push(Package {
                name: name.to_owned(),
                version: version.to_owned(),
            });
        }
    }
    packages
}

/// `text` of a line `key = "text"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?
        .strip_prefix(" = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let packages = packages(include_str!("../../Cargo.lock"));
        let found: Vec<&str> = packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        assert_eq!(found, CRATES);
        let pickle = packages
            .iter()
            .find(|package| package.name == "serde-pickle")
            .unwrap();
        assert!(pickle.version.starts_with("1."), "{}", pickle.version);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn linux_tells_all() {
        let environment = environment(jiff::Timestamp::UNIX_EPOCH, &[], None);
        assert_eq!(environment.started, "1970-01-01T00:00:00Z");
        assert!(environment.memory_bytes.unwrap() > 1 << 26);
        assert!(environment.rustc.starts_with("rustc 1."));
        assert!(environment.page_bytes.unwrap().is_power_of_two());
        assert!(environment.kernel.is_some() && environment.cpus.is_some());
        assert!(default_limit_bytes().unwrap() < environment.memory_bytes.unwrap());
    }
}
