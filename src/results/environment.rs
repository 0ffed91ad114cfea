//! Where figures come from.

use serde::{Deserialize, Serialize};

/// The machine, the system and the build behind the figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// The command line as it was given.
    pub command: Vec<String>,
    /// Version of picklebench.
    pub picklebench: String,
    /// Git commit that the program was built from, where that is known.
    pub commit: Option<String>,
    /// Whether its sources differed from that commit when it was built.
    pub dirty: Option<bool>,
    /// Whether the sources were still those of the build when it ran; absent
    /// where they were not to be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources_match: Option<bool>,
    /// `rustc --version` of the build.
    pub rustc: String,
    /// Cargo profile of the build: `release`, `bench` or `dev`.
    pub profile: String,
    /// The allocator behind the meter, with the C library's version where known.
    pub allocator: String,
    /// Operating system and its release.
    pub os: String,
    /// Kernel release.
    pub kernel: Option<String>,
    /// Target triple of the build.
    pub target: String,
    /// Processor model.
    pub cpu: Option<String>,
    /// Processors that this process may use.
    pub cpus: Option<u32>,
    /// Physical memory.
    pub memory_bytes: Option<u64>,
    /// The limit of the control group, where there is one.
    pub cgroup_limit_bytes: Option<u64>,
    /// What a worker may allocate before it fails, where a limit was set.
    pub worker_limit_bytes: Option<u64>,
    /// Page size.
    pub page_bytes: Option<u64>,
    /// Setting of transparent huge pages: `always`, `madvise` or `never`.
    pub transparent_huge_pages: Option<String>,
    /// Settings of the workers' environment that bear on memory, as `NAME=value`.
    pub worker_environment: Vec<String>,
    /// Host name.
    pub host: Option<String>,
    /// Crates that do the measured work, with their versions from the lock file.
    pub crates: Vec<Package>,
}

impl Environment {
    /// Whether the same code made both: their figures may stand side by side.
    #[must_use]
    pub fn is_same_build(&self, other: &Environment) -> bool {
        self.picklebench == other.picklebench && self.commit == other.commit
    }
}

/// A crate and its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}
