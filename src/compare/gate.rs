//! What decides whether a run is worse.

use serde::Serialize;

use super::limit::Limit;
use super::metric::Metric;

/// A metric whose increase beyond the limit is a regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gate {
    /// The metric that decides.
    pub metric: Metric,
    /// The increase up to which it does not count as a regression.
    pub max_increase: Limit,
}

impl Gate {
    /// The gate of a metric with its usual limit.
    #[must_use]
    pub fn usual(metric: Metric) -> Self {
        Self {
            metric,
            max_increase: metric.default_limit(),
        }
    }
}
