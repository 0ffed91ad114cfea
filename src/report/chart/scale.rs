//! From figures to places on an axis.

use crate::report::figures::{float, whole};
use plainfigures::Unit;

/// A place on an axis, from 0 to 1, as an SVG length.
pub(crate) fn percent(place: f64) -> String {
    let text = format!("{:.2}", place.clamp(0.0, 1.0) * 100.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}%")
}

/// An axis from 0 in equal steps: the only kind on which the length of a bar
/// means something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Linear {
    /// The figure at the far end.
    max: f64,
    /// The largest figure that is shown.
    top: f64,
}

impl Linear {
    /// An axis up to `top` and a little further, so that the largest mark has room.
    pub(crate) fn up_to(top: u64) -> Self {
        Self::with_room(top, 1.02)
    }

    /// An axis up to `room` times `top`.
    pub(crate) fn with_room(top: u64, room: f64) -> Self {
        // Whole bytes: below 2 there would be no third tick.
        let top = float(top.max(2));
        let max = top * room;
        Self { max, top }
    }

    /// The place of a figure, from 0 to 1.
    pub(crate) fn place(self, figure: u64) -> f64 {
        (float(figure) / self.max).clamp(0.0, 1.0)
    }

    /// About `count` round figures from 0 up, in units of `unit` bytes: three
    /// at least, none above the largest figure, where there is no room to name
    /// one.
    pub(crate) fn ticks(self, count: u32, unit: u64) -> Vec<u64> {
        let unit = float(unit);
        let rough = self.top / unit / f64::from(count.max(2));
        let power = 10_f64.powf(rough.log10().floor());
        let steps = [10.0, 5.0, 2.0, 1.0].map(|factor| factor * power * unit);
        let fits = |step: &f64| 2.0 * step <= self.top;
        let step = match steps.into_iter().rfind(|step| *step >= rough * unit) {
            Some(step) if fits(&step) => step,
            _ => steps.into_iter().find(fits).unwrap_or(power * unit),
        };
        let mut ticks: Vec<u64> = (0..=2 * count.max(2))
            .map(|index| f64::from(index) * step.max(1.0))
            .take_while(|figure| *figure <= self.top)
            .map(whole)
            .collect();
        ticks.dedup();
        ticks
    }
}

/// An axis on which equal steps are equal ratios. For places, never for bars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Log {
    low: f64,
    high: f64,
}

impl Log {
    /// An axis that holds all positive figures, with room on both sides; `None` where there
    /// are none.
    pub(crate) fn over(figures: impl Iterator<Item = f64>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for figure in figures.filter(|figure| figure.is_finite() && *figure > 0.0) {
            low = low.min(figure);
            high = high.max(figure);
        }
        (high > 0.0).then(|| {
            let (low, high) = (low.log10(), high.log10());
            let room = ((high - low) * 0.08).max(0.31);
            Self {
                low: low - room,
                high: high + room,
            }
        })
    }

    /// The place of a figure, from 0 to 1. What is not positive lies at 0.
    pub(crate) fn place(self, figure: f64) -> f64 {
        if figure > 0.0 {
            ((figure.log10() - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// The powers of ten of `unit` on the axis; with halves and fifths between
    /// where these alone would be fewer than two.
    pub(crate) fn ticks(self, unit: f64) -> Vec<f64> {
        let powers = |factors: &[f64]| {
            let mut ticks = Vec::new();
            for power in -12..=18 {
                for factor in factors {
                    let tick = factor * 10_f64.powi(power) * unit;
                    if (self.low..=self.high).contains(&tick.log10()) {
                        ticks.push(tick);
                    }
                }
            }
            ticks
        };
        let tens = powers(&[1.0]);
        if tens.len() >= 2 {
            tens
        } else {
            powers(&[1.0, 2.0, 5.0])
        }
    }
}

/// Where to cut a linear axis so that one giant does not flatten the rest: the
/// largest figure to show in full. The giants' bars are drawn broken.
///
/// `usual` is what an unremarkable figure looks like (the data size). Nothing
/// is cut unless that gains a factor of three.
fn cut(figures: &[u64], usual: u64) -> u64 {
    let max = figures.iter().copied().max().unwrap_or(0);
    let mut sorted = figures.to_vec();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let limit = usual.max(median).saturating_mul(8);
    let shown = figures.iter().copied().filter(|figure| *figure <= limit);
    match shown.max() {
        Some(shown) if shown > 0 && max / shown >= 3 => shown,
        _ => max,
    }
}

/// The label of a tick of an axis in `unit`: `200 MiB`, and `0` alone.
pub(crate) fn tick_label(unit: Unit, tick: u64) -> String {
    match tick {
        0 => "0".to_owned(),
        _ => {
            let number = unit.number(tick);
            format!("{} {}", number.trim_end_matches(".0"), unit.name())
        }
    }
}

/// A formatted figure without zeros after the point, of which a tick has no
/// need: `2 M/s` for `2.00 M/s`.
pub(crate) fn without_zeros(figure: String) -> String {
    match figure.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            let number = number.trim_end_matches('0').trim_end_matches('.');
            format!("{number} {unit}")
        }
        _ => figure,
    }
}

/// A linear axis for bars on which giants are drawn broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BarAxis {
    pub(crate) scale: Linear,
    /// The largest figure that is drawn in full.
    limit: u64,
}

impl BarAxis {
    /// Where a broken bar ends: short of the full width, so that its end shows.
    const BREAK_AT: f64 = 0.94;

    /// An axis for these figures; see [`cut`] for `usual`.
    pub(crate) fn over(figures: &[u64], usual: u64) -> Self {
        let limit = cut(figures, usual);
        let broken = figures.iter().any(|figure| *figure > limit);
        let scale = if broken {
            // Room on the right, so that a broken bar is the longest.
            Linear::with_room(limit, 1.25)
        } else {
            Linear::up_to(limit)
        };
        Self { scale, limit }
    }

    /// Whether the figure's bar is broken.
    pub(crate) fn breaks(self, figure: u64) -> bool {
        figure > self.limit
    }

    /// Where the figure's bar ends.
    pub(crate) fn end(self, figure: u64) -> f64 {
        if self.breaks(figure) {
            Self::BREAK_AT
        } else {
            self.scale.place(figure)
        }
    }

    fn unit(self) -> Unit {
        Unit::for_largest(self.limit)
    }

    /// Round figures along the axis.
    pub(crate) fn ticks(self) -> Vec<u64> {
        self.scale.ticks(5, self.unit().bytes())
    }

    /// The label of a tick.
    pub(crate) fn label(self, tick: u64) -> String {
        tick_label(self.unit(), tick)
    }
}

/// Sorts figures into classes of like size, largest class first: within a
/// class nothing is less than a quarter of the largest. Gives the classes as
/// lists of indices in the order of `figures`.
pub(crate) fn magnitude_classes(figures: &[u64]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(figures[index]));
    let mut classes: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match classes.last_mut() {
            Some(class) if figures[index] >= figures[class[0]].div_ceil(4) => class.push(index),
            _ => classes.push(vec![index]),
        }
    }
    for class in &mut classes {
        class.sort_unstable();
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
    use plainfigures::{MIB, format_records_per_second, format_seconds};

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        let axis = Linear::up_to(343 * MIB);
        assert_eq!(axis.ticks(4, MIB), [0, 100 * MIB, 200 * MIB, 300 * MIB]);
        assert_eq!(Linear::up_to(0).ticks(4, MIB).first(), Some(&0));
        assert!(Linear::up_to(u64::MAX).ticks(4, MIB).len() <= 9);
    }

    #[test]
    fn an_axis_never_has_fewer_than_three_ticks() {
        let axis = Linear::with_room(4_130 * MIB, 1.22);
        assert_eq!(axis.ticks(4, MIB), [0, 2_000 * MIB, 4_000 * MIB]);
        let mut top = 2_u64;
        while top < u64::MAX / 103 * 100 {
            for count in 2..=5 {
                let unit = Unit::for_largest(top).bytes();
                let ticks = Linear::with_room(top, 1.22).ticks(count, unit);
                assert!(ticks.len() >= 3, "{count} ticks up to {top}: {ticks:?}");
                assert!(ticks.len() <= 11, "{count} ticks up to {top}: {ticks:?}");
                assert!(ticks.is_sorted_by(|a, b| a < b), "{ticks:?}");
                assert!(ticks.iter().all(|tick| *tick <= top), "{top}: {ticks:?}");
            }
            top = top + top / 40 + 1;
        }
    }

    #[test]
    fn giants_are_cut_only_where_that_helps() {
        assert_eq!(cut(&[57, 60, 343, 4_387], 57), 343);
        assert_eq!(cut(&[57, 60, 343, 500], 57), 500);
        assert_eq!(cut(&[4_387, 4_400], 57), 4_400);
        assert_eq!(cut(&[], 57), 0);
        assert_eq!(cut(&[0, 0, 9], 0), 9);
        assert_eq!(cut(&[u64::MAX, 1], u64::MAX), u64::MAX);
    }

    #[test]
    fn classes_hold_like_with_like() {
        assert_eq!(
            magnitude_classes(&[57, 4_387, 0, 343, 58, 4_400]),
            [vec![1, 5], vec![3], vec![0, 4], vec![2]]
        );
        assert_eq!(magnitude_classes(&[0, 0]), [vec![0, 1]]);
    }

    #[test]
    fn a_logarithmic_axis_holds_its_figures() {
        let axis = Log::over([0.002, 4.8, 0.0, f64::NAN].into_iter()).expect("two figures");
        assert!(axis.place(0.002) > 0.0 && axis.place(4.8) < 1.0);
        assert_eq!(axis.place(0.0), 0.0);
        assert_eq!(axis.ticks(1.0).len(), 4);
        assert_eq!(Log::over([0.0].into_iter()), None);
        let single = Log::over([3.0].into_iter()).expect("one figure");
        assert!((single.place(3.0) - 0.5).abs() < 1e-9);
        assert!(!single.ticks(1.0).is_empty());
    }

    #[test]
    fn ticks_read_well() {
        assert_eq!(tick_label(Unit::MiB, 200 * MIB), "200 MiB");
        assert_eq!(tick_label(Unit::MiB, 0), "0");
        assert_eq!(without_zeros(format_records_per_second(2e6)), "2 M/s");
        assert_eq!(without_zeros(format_records_per_second(500.0)), "500 /s");
        assert_eq!(without_zeros(format_seconds(1.0)), "1 s");
        assert_eq!(without_zeros(format_seconds(0.1)), "100 ms");
    }

    #[test]
    fn places_become_short_lengths() {
        assert_eq!(percent(0.5), "50%");
        assert_eq!(percent(1.0 / 3.0), "33.33%");
        assert_eq!(percent(7.0), "100%");
        assert_eq!(percent(0.0), "0%");
    }
}
