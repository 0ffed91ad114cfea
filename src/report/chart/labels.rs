//! Numbers on a chart's marks, where marks lie close together.

/// A mark on a chart, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) radius: f64,
}

/// The numbers of marks that lie close together, above the highest of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Label {
    /// The middle of the marks, in CSS pixels.
    pub(crate) x: f64,
    /// The top of the highest mark.
    pub(crate) top: f64,
    /// The middle of the marks.
    pub(crate) y: f64,
    /// The numbers, counted from 1: `1–3, 7`.
    pub(crate) text: String,
}

/// One label for each cluster of marks that are no further apart than `near`
/// across and down.
pub(crate) fn labels(marks: &[Mark], near: (f64, f64)) -> Vec<Label> {
    let mut clusters: Vec<Vec<usize>> = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        let is_near = |other: &usize| {
            let other = marks[*other];
            (mark.x - other.x).abs() < near.0 && (mark.y - other.y).abs() < near.1
        };
        // One mark may join clusters that were apart before.
        let (touched, mut rest): (Vec<_>, Vec<_>) = clusters
            .into_iter()
            .partition(|cluster| cluster.iter().any(is_near));
        let mut joined: Vec<usize> = touched.into_iter().flatten().collect();
        joined.push(index);
        joined.sort_unstable();
        rest.push(joined);
        clusters = rest;
    }
    clusters.sort_unstable();
    clusters
        .iter()
        .map(|cluster| {
            let all = || cluster.iter().map(|index| marks[*index]);
            let low = |place: &dyn Fn(Mark) -> f64| all().map(place).fold(f64::INFINITY, f64::min);
            let high =
                |place: &dyn Fn(Mark) -> f64| all().map(place).fold(f64::NEG_INFINITY, f64::max);
            let middle = |place: &dyn Fn(Mark) -> f64| low(place).midpoint(high(place));
            Label {
                x: middle(&|mark| mark.x),
                top: low(&|mark| mark.y - mark.radius),
                y: middle(&|mark| mark.y),
                text: ranges(cluster),
            }
        })
        .collect()
}

/// Indices from 0, ascending, as numbers from 1: `1–3, 7`.
fn ranges(indices: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in indices.iter().map(|index| index + 1) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let texts = runs.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 6]), "1–3, 7");
        assert_eq!(ranges(&[3, 4]), "4, 5");
        assert_eq!(ranges(&[9]), "10");
    }

    #[test]
    fn marks_that_touch_share_a_label() {
        let mark = |x, y| Mark { x, y, radius: 3.0 };
        let found = labels(
            &[
                mark(0.0, 50.0),
                mark(100.0, 10.0),
                mark(40.0, 50.0),
                mark(20.0, 44.0),
            ],
            (26.0, 22.0),
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "1, 3, 4");
        assert_eq!((found[0].x, found[0].top, found[0].y), (20.0, 41.0, 47.0));
        assert_eq!(found[1].text, "2");
    }
}
