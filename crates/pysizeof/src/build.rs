//! The builds of CPython that are modelled, and a figure for each.

use std::ops::AddAssign;

/// A build of CPython, 64-bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Build {
    /// 2.7 on Linux, with strings of four bytes a character (UCS-4), as
    /// distributions built it.
    Cpython27,
    /// 2.7 on Windows, where a C `long` has four bytes.
    Cpython27Windows,
    /// 3.8.
    Cpython38,
    /// 3.11.
    Cpython311,
    /// 3.12, and 3.13, which lays its objects out in the same way.
    Cpython312,
    /// 3.14.
    Cpython314,
}

impl Build {
    /// All of them, the oldest first.
    pub const ALL: [Build; 6] = [
        Build::Cpython27,
        Build::Cpython27Windows,
        Build::Cpython38,
        Build::Cpython311,
        Build::Cpython312,
        Build::Cpython314,
    ];

    /// The name for programs: lower case with hyphens.
    ///
    /// ```
    /// # use pysizeof::Build;
    /// assert_eq!(Build::Cpython27Windows.name(), "cpython-2.7-windows");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Build::Cpython27 => "cpython-2.7",
            Build::Cpython27Windows => "cpython-2.7-windows",
            Build::Cpython38 => "cpython-3.8",
            Build::Cpython311 => "cpython-3.11",
            Build::Cpython312 => "cpython-3.12",
            Build::Cpython314 => "cpython-3.14",
        }
    }
}

impl Build {
    /// Bytes of the resident set of the interpreter alone, with `pickle` imported:
    /// measured on Linux, of 3.12 for 3.14.
    #[must_use]
    pub fn interpreter_bytes(self) -> u64 {
        let kib = match self {
            Build::Cpython27 | Build::Cpython27Windows => 6_500,
            Build::Cpython38 => 8_900,
            Build::Cpython311 => 14_200,
            Build::Cpython312 | Build::Cpython314 => 11_300,
        };
        1024 * kib
    }
}

/// One number for each [`Build`]: bytes, or slots of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes([u64; Build::ALL.len()]);

impl Sizes {
    pub(super) fn each(size: impl Fn(Build) -> u64) -> Sizes {
        Sizes(Build::ALL.map(size))
    }

    /// The number for one build.
    #[must_use]
    pub fn of(&self, build: Build) -> u64 {
        self.0[build as usize]
    }

    /// At least this number for one build.
    pub(super) fn raise(&mut self, build: Build, size: u64) {
        let number = &mut self.0[build as usize];
        *number = size.max(*number);
    }

    pub(super) fn change(&mut self, size: impl Fn(Build, u64) -> u64) {
        for build in Build::ALL {
            let number = &mut self.0[build as usize];
            *number = size(build, *number);
        }
    }
}

impl AddAssign for Sizes {
    fn add_assign(&mut self, other: Sizes) {
        self.change(|build, size| size.saturating_add(other.of(build)));
    }
}
