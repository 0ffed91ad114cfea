//! Live heap bytes over time, in few points without losing what they show.

use serde::{Deserialize, Serialize};

/// Live heap bytes over time. Both lists have the same length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Seconds after the window opened, ascending.
    pub seconds: Vec<f64>,
    /// Live heap bytes at that time.
    pub live_bytes: Vec<u64>,
}

impl Timeline {
    /// Points of a case that are kept in `run.json`, at most.
    pub const MOST_POINTS: usize = 1000;

    /// At most `most` of `points` (seconds, bytes): the smallest and the largest
    /// of each stretch, in their order, and the first and the last of all. The
    /// peak is always among them.
    ///
    /// ```
    /// use picklebench::results::Timeline;
    ///
    /// let points: Vec<(f64, u64)> = (0..100u32).map(|i| (f64::from(i), u64::from(i % 7))).collect();
    /// let few = Timeline::thinned(&points, 10);
    /// assert!(few.seconds.len() <= 10);
    /// assert_eq!(few.live_bytes.iter().max(), Some(&6));
    /// assert_eq!(few.seconds.first(), Some(&0.0));
    /// assert_eq!(few.seconds.last(), Some(&99.0));
    /// ```
    #[must_use]
    pub fn thinned(points: &[(f64, u64)], most: usize) -> Timeline {
        let mut timeline = Timeline::default();
        let mut keep = |(seconds, live): (f64, u64)| {
            // Microseconds are enough for a picture, and shorter to write.
            timeline.seconds.push((seconds * 1e6).round() / 1e6);
            timeline.live_bytes.push(live);
        };
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return timeline;
        };
        if points.len() <= most.max(4) {
            points.iter().copied().for_each(keep);
            return timeline;
        }
        keep(*first);
        let inner = &points[1..points.len() - 1];
        let stretch = inner.len().div_ceil((most.max(4) - 2) / 2);
        for points in inner.chunks(stretch) {
            let by_live = |at: &usize| points[*at].1;
            let min = (0..points.len()).min_by_key(by_live).unwrap_or(0);
            let max = (0..points.len()).max_by_key(by_live).unwrap_or(0);
            keep(points[min.min(max)]);
            if min != max {
                keep(points[min.max(max)]);
            }
        }
        keep(*last);
        timeline
    }
}

#[cfg(test)]
mod tests {
    use super::Timeline;

    #[test]
    fn a_spike_of_one_point_survives() {
        let mut points: Vec<(f64, u64)> = (0..100_000).map(|at| (f64::from(at), 7)).collect();
        points[31_415].1 = 1_000_000;
        points[80_000].1 = 1;
        let few = Timeline::thinned(&points, 200);
        assert!(few.seconds.len() <= 200);
        let kept = |point| {
            few.seconds
                .iter()
                .copied()
                .zip(few.live_bytes.iter().copied())
                .any(|it| it == point)
        };
        assert!(kept((31_415.0, 1_000_000)) && kept((80_000.0, 1)));
        assert!(few.seconds.is_sorted());
    }
}
