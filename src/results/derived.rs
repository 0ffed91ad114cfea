//! Figures that follow from those of a case, each defined once.

use super::{Case, Status};

impl Case {
    /// Whether it ended well, so that its figures mean something.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == Status::Ok
    }

    /// Median of the runs' times, in seconds; of two, the shorter, which was
    /// disturbed less. Times that cannot be are left out.
    #[must_use]
    pub fn median_seconds(&self) -> Option<f64> {
        let mut all: Vec<f64> = self
            .seconds
            .iter()
            .copied()
            .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
            .collect();
        all.sort_by(f64::total_cmp);
        let middle = all.len().checked_sub(1)? / 2;
        all.get(middle).copied()
    }

    /// Bytes that stay resident after everything was dropped, less what the
    /// process had to begin with.
    #[must_use]
    pub fn retained_bytes(&self) -> Option<i64> {
        let resident = self.resident.as_ref()?;
        let after = i64::try_from(resident.after_drop_bytes?).ok()?;
        let start = i64::try_from(resident.start_bytes.or(resident.before_bytes)?).ok()?;
        after.checked_sub(start)
    }
}
