//! Where the figures come from: machine, system, build.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use crate::job;
use crate::results::{Environment, Package};

/// Crates that do the measured work.
const CRATES: [&str; 35] = [
    "apache-avro",
    "arrow-array",
    "arrow-ipc",
    "bitcode",
    "borsh",
    "bson",
    "cbor4ii",
    "criterion",
    "csv",
    "csv-core",
    "fast-float2",
    "flate2",
    "flexbuffers",
    "itoa",
    "lz4_flex",
    "memchr",
    "num-bigint",
    "parquet",
    "postcard",
    "prost",
    "rkyv",
    "rmp",
    "rmp-serde",
    "ron",
    "ryu",
    "serde",
    "serde-pickle",
    "serde_arrow",
    "serde_json",
    "simd-json",
    "sonic-rs",
    "wincode",
    "zlib-rs",
    "zmij",
    "zstd",
];

/// This moment, RFC 3339, UTC, to the second; empty where the clock is beyond
/// the years that have four digits, which nothing could read again.
#[must_use]
pub fn now() -> String {
    moment(SystemTime::now())
}

fn moment(time: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time).ok();
    let text = time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let is_of_four_digits =
        |text: &String| text.len() == "2026-11-22T17:39:17Z".len() && !text.starts_with('-');
    text.filter(is_of_four_digits).unwrap_or_default()
}

/// The environment of a run that began at `started`.
#[must_use]
pub fn environment(
    started: &str,
    command: &[String],
    worker_limit_bytes: Option<u64>,
) -> Environment {
    Environment {
        started: started.to_owned(),
        command: command.to_vec(),
        picklebench: env!("CARGO_PKG_VERSION").to_owned(),
        commit: commit(),
        dirty: dirty(),
        sources_match: sources_match(),
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

/// The git commit of the sources that this program was built from, as the build
/// found it.
#[must_use]
pub fn commit() -> Option<String> {
    option_env!("PICKLEBENCH_COMMIT").map(str::to_owned)
}

/// The program: its version, its commit, its file's size and time. Two builds
/// have a file each.
pub(super) fn build() -> String {
    let file = job::this_program().and_then(fs::metadata);
    let file = file.ok().and_then(|file| {
        let time = file.modified().ok()?;
        let age = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some((file.len(), age.as_nanos()))
    });
    let (size, time) = file.unwrap_or_default();
    format!(
        "{} {} {size} {time}",
        env!("CARGO_PKG_VERSION"),
        commit().unwrap_or_default()
    )
}

/// Whether those sources differed from the commit.
fn dirty() -> Option<bool> {
    commit()?;
    option_env!("PICKLEBENCH_DIRTY").map(|dirty| dirty == "true")
}

/// Whether the sources are still those of the build; `None` where they are not
/// to be found.
fn sources_match() -> Option<bool> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A package from a registry lies in no repository of its own; without this
    // check, git would find one further up and tell of that.
    folder.join(".git").exists().then_some(())?;
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    git.args(["diff", "--name-only", &commit()?, "--"]);
    let changes = output(git.args(env!("PICKLEBENCH_SOURCES").split(' ')))?;
    Some(changes.is_empty() != dirty()?)
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

/// The limit of this process's control group, version 2 or 1, where it is less
/// than the machine has.
fn cgroup_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let limit = group_limit(&groups, Path::new("/sys/fs/cgroup"))?;
    (limit < memory_field("MemTotal").unwrap_or(u64::MAX)).then_some(limit)
}

/// The smallest limit of the groups in `/proc/self/cgroup`'s text `groups`, and
/// of those above them, which bind as well (cgroups(7)). `root` is where the
/// hierarchies are mounted. Where a group is not seen, as in a container, those
/// above it are.
fn group_limit(groups: &str, root: &Path) -> Option<u64> {
    let mut limits = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(group)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (mount, file) = if controllers.is_empty() {
            (root.to_owned(), "memory.max")
        } else if controllers.split(',').any(|name| name == "memory") {
            (root.join("memory"), "memory.limit_in_bytes")
        } else {
            continue;
        };
        let own = mount.join(group.trim_start_matches('/'));
        let above = own
            .ancestors()
            .take_while(|folder| folder.starts_with(&mount));
        // `max`, or a huge number, where there is no limit.
        let read = |folder: &Path| {
            fs::read_to_string(folder.join(file))
                .ok()?
                .trim()
                .parse::<u64>()
                .ok()
        };
        limits.extend(above.filter_map(read));
    }
    limits.into_iter().min()
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
    use std::time::Duration;

    use super::*;
    use crate::formats::Formats;

    #[test]
    fn versions_come_from_the_lock_file() {
        let packages = packages(include_str!("../../Cargo.lock"));
        let mut found: Vec<&str> = packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        // Another crate may use another version.
        found.dedup();
        assert_eq!(found, CRATES);
        let pickle = packages
            .iter()
            .find(|package| package.name == "serde-pickle")
            .unwrap();
        assert!(pickle.version.starts_with("1."), "{}", pickle.version);
    }

    #[test]
    fn the_crate_of_every_format_has_a_version() {
        for format in Formats::built_in().iter() {
            let library = format.about().library;
            let is_ours = ["picklebench", "picklestream"].contains(&library);
            assert!(is_ours || CRATES.contains(&library), "{library}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn linux_tells_all() {
        let environment = environment(&moment(SystemTime::UNIX_EPOCH), &[], None);
        assert_eq!(environment.started, "1970-01-01T00:00:00Z");
        assert!(environment.memory_bytes.unwrap() > 1 << 26);
        assert!(environment.rustc.starts_with("rustc 1."));
        assert!(environment.page_bytes.unwrap().is_power_of_two());
        assert!(environment.kernel.is_some() && environment.cpus.is_some());
        assert!(default_limit_bytes().unwrap() < environment.memory_bytes.unwrap());
    }

    #[test]
    fn a_clock_that_nothing_can_read_again_is_not_told() {
        let years = |years: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(years * 31_556_952);
        assert_eq!(moment(years(57))[..4], *"2026");
        assert_eq!(moment(years(8030)), "");
        assert_eq!(moment(years(20_000)), "");
        assert_eq!(
            moment(SystemTime::UNIX_EPOCH - Duration::from_secs(90_000_000_000)),
            ""
        );
    }

    #[test]
    fn the_limit_is_that_of_the_own_group_and_of_those_above() {
        let root = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("memory/memory.limit_in_bytes", "9223372036854771712\n");
        put("memory/a/memory.limit_in_bytes", "500\n");
        put("memory/a/b/memory.limit_in_bytes", "700\n");
        put("memory/c/memory.limit_in_bytes", "100\n");
        put("memory.max", "max\n");
        put("x/memory.max", "300\n");
        put("x/y/memory.max", "max\n");
        let limit = |groups: &str| group_limit(groups, root.path());
        // Version 1: one's own group, not the root's.
        assert_eq!(limit("5:cpu:/a\n4:memory:/a/b\n"), Some(500));
        assert_eq!(limit("4:cpu,memory:/c\n"), Some(100));
        // Version 2, and both at once.
        assert_eq!(limit("0::/x/y\n"), Some(300));
        assert_eq!(limit("4:memory:/a\n0::/x\n"), Some(300));
        assert_eq!(limit("0::/not/seen/here\n"), None);
        assert_eq!(
            limit("4:memory:/not/seen\n"),
            Some(9_223_372_036_854_771_712)
        );
        assert_eq!(limit("nonsense"), None);
    }
}
