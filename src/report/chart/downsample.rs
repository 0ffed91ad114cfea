//! Fewer points of a timeline than were recorded, without losing a spike.

/// One point of a timeline: seconds and live bytes.
pub(crate) type Point = (f64, u64);

/// At most two points, the lowest and the highest, of each of `stretches`
/// equal stretches of time, in order, and the very first and last point.
///
/// A point that is neither finite in time nor in order is left out.
pub(crate) fn downsample(seconds: &[f64], live: &[u64], stretches: usize) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(seconds.len().min(live.len()));
    for (&at, &bytes) in seconds.iter().zip(live) {
        if at.is_finite() && at >= 0.0 && points.last().is_none_or(|last| at >= last.0) {
            points.push((at, bytes));
        }
    }
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    if points.len() <= 2 * stretches {
        return points;
    }
    let width = (last.0 - first.0) / stretches as f64;
    let mut thinned = vec![first];
    let mut rest = &points[..];
    for stretch in 1..=stretches {
        let end = match stretch {
            _ if stretch == stretches => rest.len(),
            _ => rest.partition_point(|point| point.0 < first.0 + width * stretch as f64),
        };
        let (here, later) = rest.split_at(end);
        rest = later;
        let low = (0..here.len()).min_by_key(|&index| here[index].1);
        let high = (0..here.len()).max_by_key(|&index| here[index].1);
        if let (Some(low), Some(high)) = (low, high) {
            thinned.push(here[low.min(high)]);
            thinned.push(here[low.max(high)]);
        }
    }
    thinned.push(last);
    thinned.dedup();
    thinned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_of_one_point_survives() {
        let seconds: Vec<f64> = (0..100_000).map(f64::from).collect();
        let mut live = vec![7; seconds.len()];
        live[31_415] = 1_000_000;
        live[80_000] = 1;
        let thinned = downsample(&seconds, &live, 100);
        assert!(thinned.len() <= 202);
        assert!(thinned.contains(&(31_415.0, 1_000_000)));
        assert!(thinned.contains(&(80_000.0, 1)));
        assert_eq!(thinned.first(), Some(&(0.0, 7)));
        assert_eq!(thinned.last(), Some(&(99_999.0, 7)));
        assert!(thinned.is_sorted_by(|a, b| a.0 <= b.0));
    }

    #[test]
    fn few_points_are_kept_as_they_are() {
        assert_eq!(downsample(&[0.0, 1.0], &[3, 4], 10), [(0.0, 3), (1.0, 4)]);
        assert_eq!(downsample(&[], &[], 10), []);
        assert_eq!(downsample(&[0.0, 1.0], &[3], 10), [(0.0, 3)]);
    }

    #[test]
    fn nonsense_times_are_left_out() {
        let seconds = [0.0, f64::NAN, 2.0, 1.0, -3.0, 3.0];
        assert_eq!(
            downsample(&seconds, &[1, 2, 3, 4, 5, 6], 10),
            [(0.0, 1), (2.0, 3), (3.0, 6)]
        );
    }

    #[test]
    fn all_points_at_one_time_do_no_harm() {
        let thinned = downsample(&vec![0.5; 1_000], &vec![9; 1_000], 10);
        assert!(!thinned.is_empty());
        assert!(thinned.iter().all(|point| *point == (0.5, 9)));
    }
}
