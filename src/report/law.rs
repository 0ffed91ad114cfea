//! The law by which a peak grows with the number of records, fitted to points that
//! were measured: a fixed part, bytes a record, and steps, such as those of a table
//! that doubles when it is full.
//!
//! Every law is a sum of terms, fitted by least squares. One with more terms has to
//! earn them: it is taken if its Bayesian information criterion is lower, which
//! charges for each term, and if what it adds is more than noise.

use super::figures::{float, whole};
use super::least_squares::{inverse, student};

/// Fewer points than this have no law: any would go through them.
const FEWEST_POINTS: usize = 4;

/// Fewer points than this tell no steps from a line.
const FEWEST_FOR_STEPS: usize = 8;

/// Differences below this share of the largest peak are no misfit, and the same for
/// this many bytes: peaks hold names, and records of many lengths.
const NOISE_SHARE: f64 = 2e-4;
const NOISE_BYTES: f64 = 64.0;

/// A term that changes the peak by less than this share of the largest, or by less
/// than so many bytes, is left out: memory is then constant.
const TELLING_SHARE: f64 = 0.01;
const TELLING_BYTES: f64 = 4096.0;

/// Peaks and the law that they follow.
#[derive(Debug, Clone)]
pub(crate) struct Law {
    best: Fitted,
    most_records: f64,
    /// The best one and all that fit about as well: the same steps elsewhere.
    likely: Vec<Fitted>,
    /// What was measured less what the law says, in bytes, in the points' order.
    pub(crate) residuals: Vec<f64>,
}

/// The last step of a table that doubles, among the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// By how much the peak grows there: what the table took until then, in bytes.
    pub(crate) bytes: u64,
    /// So many records were measured with the table not yet doubled, ...
    pub(crate) from_records: u64,
    /// ... and before so many it has.
    pub(crate) to_records: u64,
}

/// A figure that was not measured, and between which bounds it probably lies (95 %,
/// as far as the law holds), in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) bytes: u64,
    pub(crate) low_bytes: u64,
    pub(crate) high_bytes: u64,
}

impl Law {
    /// The law of points (records, peak in bytes), fewest records first; `None` where
    /// there are too few to tell.
    pub(crate) fn of(points: &[(u64, u64)]) -> Option<Law> {
        if points.len() < FEWEST_POINTS {
            return None;
        }
        let points: Vec<(f64, f64)> = points.iter().map(|(n, y)| (float(*n), float(*y))).collect();
        let most = points.iter().map(|(_, peak)| *peak).fold(0.0, f64::max);
        let noise = (NOISE_SHARE * most).max(NOISE_BYTES);
        let telling = (TELLING_SHARE * most).max(TELLING_BYTES);
        let fit = |shape| Fitted::to(&points, shape);
        let mut best = fit(Shape::Flat)?;
        if let Some(line) = fit(Shape::Line)
            && line.criterion(noise) < best.criterion(noise)
            && line.change(&points) > telling
        {
            best = line;
        }
        let mut likely = vec![best];
        for with_line in [false, true] {
            let all = stairs(&points, with_line);
            let least = all.iter().min_by(|a, b| a.squares.total_cmp(&b.squares));
            let Some(stairs) = least.copied().filter(|it| it.has_steps(telling)) else {
                continue;
            };
            if stairs.criterion(noise) < best.criterion(noise)
                && stairs.mean_square(noise) * 2.0 < best.mean_square(noise)
            {
                best = stairs;
                // By how much the sum of squares may grow for a phase to be as likely.
                let room = 1.0 + 4.0 / stairs.freedom();
                let most = stairs.mean_square(noise) * room;
                likely = all;
                likely.retain(|other| other.mean_square(noise) <= most);
            }
        }
        let residuals = points.iter().map(|(n, peak)| peak - best.at(*n)).collect();
        Some(Law {
            best,
            most_records: points[points.len() - 1].0,
            likely,
            residuals,
        })
    }

    /// Whether the peak is the same for any number of records.
    pub(crate) fn is_flat(&self) -> bool {
        self.best.shape == Shape::Flat
    }

    /// What it takes before any record, in bytes.
    pub(crate) fn fixed_bytes(&self) -> f64 {
        self.best.parts[0]
    }

    /// What each further record adds, in bytes, beside the steps.
    pub(crate) fn bytes_a_record(&self) -> f64 {
        match self.best.shape {
            Shape::Line | Shape::StairsAndLine { .. } => self.best.parts[1],
            Shape::Flat | Shape::Stairs { .. } => 0.0,
        }
    }

    /// Its last step among the points, if it has any.
    pub(crate) fn last_step(&self) -> Option<Step> {
        let phase = self.best.shape.phase()?;
        // A table that is full at the last point has doubled at half of that.
        let times = if phase.of < self.most_records {
            1.0
        } else {
            0.5
        };
        Some(Step {
            bytes: whole(self.best.parts[2] * phase.of * times),
            from_records: whole(phase.of * times),
            to_records: whole(phase.until * times),
        })
    }

    /// What it says of a number of records, in bytes.
    pub(crate) fn at(&self, records: u64) -> f64 {
        self.best.at(float(records))
    }

    /// The same with its uncertainty, for a number that was not measured.
    pub(crate) fn estimate(&self, records: u64) -> Estimate {
        let records = float(records);
        let bytes = self.best.at(records);
        let (mut low, mut high) = (bytes, bytes);
        for fitted in &self.likely {
            let margin = fitted.margin(records);
            for at in fitted.ends(records) {
                low = low.min(at - margin);
                high = high.max(at + margin);
            }
        }
        let size = |bytes: f64| whole(bytes.max(0.0));
        Estimate {
            bytes: size(bytes),
            low_bytes: size(low),
            high_bytes: size(high),
        }
    }
}

/// Which terms a law has beside its fixed part.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Flat,
    Line,
    Stairs { phase: Phase },
    StairsAndLine { phase: Phase },
}

/// Where a table doubles: beyond `of` records, and that times any power of two. It may
/// as well be later, as long as it is before `until`: no point lies between.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Phase {
    of: f64,
    until: f64,
}

impl Phase {
    /// How many records there is room for when there are `records`, with the step at
    /// `step`.
    fn room(self, step: f64, records: f64) -> f64 {
        // Less a little, so that a table that is just full is not yet too small.
        self.of * ((records / step).log2() - 1e-9).ceil().exp2()
    }
}

impl Shape {
    fn phase(self) -> Option<Phase> {
        match self {
            Shape::Stairs { phase } | Shape::StairsAndLine { phase } => Some(phase),
            Shape::Flat | Shape::Line => None,
        }
    }

    /// Where its step is, as far as anybody knows.
    fn middle(self) -> f64 {
        self.phase()
            .map_or(1.0, |phase| (phase.of * phase.until).sqrt())
    }

    /// How many numbers it takes to say it.
    fn parameters(self) -> f64 {
        match self {
            Shape::Flat => 1.0,
            Shape::Line => 2.0,
            Shape::Stairs { .. } => 3.0,
            Shape::StairsAndLine { .. } => 4.0,
        }
    }

    /// The terms of a law, each 0 where it has none: fixed, records, room.
    fn terms(self, records: f64, step: f64) -> [f64; 3] {
        match self {
            Shape::Flat => [1.0, 0.0, 0.0],
            Shape::Line => [1.0, records, 0.0],
            Shape::Stairs { phase } => [1.0, 0.0, phase.room(step, records)],
            Shape::StairsAndLine { phase } => [1.0, records, phase.room(step, records)],
        }
    }
}

/// A law with its parts, and how well it fits.
#[derive(Debug, Clone, Copy)]
struct Fitted {
    shape: Shape,
    parts: [f64; 3],
    /// The inverse of the normal equations, from which its uncertainty follows.
    inverse: [[f64; 3]; 3],
    points: f64,
    /// The sum of the squared residuals.
    squares: f64,
}

impl Fitted {
    /// Least squares; `None` where the points do not decide.
    fn to(points: &[(f64, f64)], shape: Shape) -> Option<Fitted> {
        let step = shape.middle();
        let rows: Vec<[f64; 3]> = points.iter().map(|(n, _)| shape.terms(*n, step)).collect();
        // Terms of one size, or records would drown what is fixed.
        let scale = [0, 1, 2].map(|term| {
            let largest = rows.iter().map(|row| row[term].abs()).fold(0.0, f64::max);
            if largest > 0.0 { largest } else { 1.0 }
        });
        let mut normal = [[0.0; 3]; 3];
        let mut right = [0.0; 3];
        for (row, (_, peak)) in rows.iter().zip(points) {
            for a in 0..3 {
                right[a] += row[a] / scale[a] * peak;
                for b in 0..3 {
                    normal[a][b] += row[a] / scale[a] * row[b] / scale[b];
                }
            }
        }
        for (term, row) in normal.iter_mut().enumerate() {
            if row[term] == 0.0 {
                row[term] = 1.0; // A term that it has not: its part is 0.
            }
        }
        let inverse = inverse(normal)?;
        let mut parts = [0.0; 3];
        for a in 0..3 {
            let part: f64 = (0..3).map(|b| inverse[a][b] * right[b]).sum();
            parts[a] = part / scale[a];
        }
        let mut fitted = Fitted {
            shape,
            parts,
            inverse,
            points: float(points.len() as u64),
            squares: 0.0,
        };
        for (a, row) in fitted.inverse.iter_mut().enumerate() {
            for (b, cell) in row.iter_mut().enumerate() {
                *cell /= scale[a] * scale[b];
            }
        }
        let residuals = points.iter().map(|(n, peak)| peak - fitted.at(*n));
        fitted.squares = residuals.map(|residual| residual * residual).sum();
        Some(fitted)
    }

    fn at(&self, records: f64) -> f64 {
        self.at_step(records, self.shape.middle())
    }

    fn at_step(&self, records: f64, step: f64) -> f64 {
        let terms = self.shape.terms(records, step).into_iter();
        terms.zip(self.parts).map(|(term, part)| term * part).sum()
    }

    /// What it says with its steps as early as they can be, and as late.
    fn ends(&self, records: f64) -> [f64; 2] {
        match self.shape.phase() {
            Some(phase) => [phase.of, phase.until].map(|step| self.at_step(records, step)),
            None => [self.at(records); 2],
        }
    }

    /// Half of the interval in which a new measurement would lie with a probability of
    /// 95 %, by Student's distribution.
    fn margin(&self, records: f64) -> f64 {
        let terms = self.shape.terms(records, self.shape.middle());
        let mut spread = 1.0;
        for a in 0..3 {
            for b in 0..3 {
                spread += terms[a] * self.inverse[a][b] * terms[b];
            }
        }
        let variance = self.squares / self.freedom();
        student(self.freedom()) * (variance * spread.max(1.0)).sqrt()
    }

    /// Points beyond those that its numbers take up.
    fn freedom(&self) -> f64 {
        (self.points - self.shape.parameters()).max(1.0)
    }

    fn mean_square(&self, noise: f64) -> f64 {
        (self.squares / self.points).max(noise * noise)
    }

    /// The Bayesian information criterion with twice its price, because several laws
    /// are tried: less is better.
    fn criterion(&self, noise: f64) -> f64 {
        let price = 2.0 * self.shape.parameters() * self.points.ln();
        self.points * self.mean_square(noise).ln() + price
    }

    /// By how much it changes from the first point to the last, in bytes.
    fn change(&self, points: &[(f64, f64)]) -> f64 {
        let ends = points.first().zip(points.last());
        ends.map_or(0.0, |((first, _), (last, _))| {
            (self.at(*last) - self.at(*first)).abs()
        })
    }

    /// Whether its last step is worth telling, and nothing shrinks as records are
    /// added.
    fn has_steps(&self, telling: f64) -> bool {
        let phase = self.shape.phase();
        let height = phase.map_or(0.0, |phase| phase.of * self.parts[2]);
        height > telling && self.parts[1] >= 0.0
    }
}

/// All stairs that differ for these points: between two points, it makes no difference
/// where a step is. None where there are too few points, or not two doublings.
fn stairs(points: &[(f64, f64)], with_line: bool) -> Vec<Fitted> {
    let (Some((least, _)), Some((most, _))) = (points.first(), points.last()) else {
        return Vec::new();
    };
    if points.len() < FEWEST_FOR_STEPS || most / least < 4.0 {
        return Vec::new();
    }
    // Each point as it would be between the last one and half of it: a full table.
    let fold = |records: f64| records * (most / records).log2().floor().exp2();
    let mut full: Vec<f64> = points.iter().map(|(records, _)| fold(*records)).collect();
    full.sort_by(f64::total_cmp);
    full.dedup_by(|a, b| (*a - *b).abs() < 1e-9 * most);
    let again = full.first().map(|first| first * 2.0);
    let untils = full.iter().skip(1).copied().chain(again);
    let phases = full.iter().zip(untils);
    let shapes = phases.map(|(of, until)| {
        let phase = Phase { of: *of, until };
        if with_line {
            Shape::StairsAndLine { phase }
        } else {
            Shape::Stairs { phase }
        }
    });
    shapes
        .filter_map(|shape| Fitted::to(points, shape))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BILLION: u64 = 1_000_000_000;

    /// Four points for each doubling, from 10,000 to 10,000,000 records.
    fn points(peak: impl Fn(f64) -> f64) -> Vec<(u64, u64)> {
        let counts = (0..=40).map(|at| (1e4 * 1000f64.powf(f64::from(at) / 40.0)).round());
        counts.map(|n| (whole(n), whole(peak(n)))).collect()
    }

    /// Noise that is the same each time, between -1 and 1.
    fn noise(records: f64) -> f64 {
        let mixed = whole(records).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        float(mixed >> 40) / float(1 << 23) - 1.0
    }

    fn room(records: f64, first: f64) -> f64 {
        first * (records / first).log2().ceil().exp2()
    }

    #[track_caller]
    fn near(found: f64, expected: f64, share: f64) {
        let far = (found - expected).abs();
        assert!(far <= expected.abs() * share, "{found} for {expected}");
    }

    #[test]
    fn a_line_is_found_to_the_byte() {
        let law = Law::of(&points(|n| 66_000.0 + 60.0 * n)).unwrap();
        assert!(!law.is_flat() && law.last_step().is_none());
        near(law.bytes_a_record(), 60.0, 1e-6);
        near(law.fixed_bytes(), 66_000.0, 1e-3);
        let far = law.estimate(BILLION);
        near(far.bytes as f64, 60e9 + 66_000.0, 1e-6);
        near(far.high_bytes as f64, far.low_bytes as f64, 1e-5);
        assert!(law.residuals.iter().all(|residual| residual.abs() < 1.0));
    }

    #[test]
    fn a_constant_has_slope_0_with_noise_and_without() {
        for (fixed, of_noise) in [(67_648.0, 0.0), (67_648.0, 300.0), (1e7, 2e5)] {
            let law = Law::of(&points(|n| fixed + of_noise * noise(n))).unwrap();
            assert!(law.is_flat(), "{fixed}");
            assert_eq!(law.bytes_a_record(), 0.0);
            let far = law.estimate(BILLION);
            assert!(far.low_bytes <= fixed as u64 && fixed as u64 <= far.high_bytes);
            near(far.bytes as f64, fixed, 0.02);
        }
        // A stream whose longest line grows a little.
        assert!(
            Law::of(&points(|n| 67_000.0 + 40.0 * n.log10()))
                .unwrap()
                .is_flat()
        );
    }

    #[test]
    fn a_vec_that_doubles_is_stairs() {
        let law = Law::of(&points(|n| 1376.0 + 32.0 * room(n, 4.0))).unwrap();
        let step = law.last_step().unwrap();
        assert_eq!(law.bytes_a_record(), 0.0);
        // Full at 2^23, of which the points know no more than their distance.
        assert!(step.from_records <= 8_388_608 && 8_388_608 <= step.to_records);
        assert!(step.to_records - step.from_records < 2_000_000, "{step:?}");
        near(step.bytes as f64, 32.0 * 8_388_608.0, 1e-3);
        let at = |n: u64| 1376.0 + 32.0 * room(n as f64, 4.0);
        for n in [10_000, 10_000_000, 12_000_000, 48_000_000] {
            near(law.at(n), at(n), 1e-3);
        }
        // 10^9 may be beyond a step or not: the range holds both.
        let far = law.estimate(BILLION);
        assert!(far.low_bytes <= whole(at(BILLION)) + 99 && far.high_bytes > 60 << 30);
        assert!(law.residuals.iter().all(|residual| residual.abs() < 2000.0));
    }

    #[test]
    fn a_memo_with_noise_is_stairs_on_a_line() {
        // Beyond two thirds full it doubles; the rest is noise of a fixed size.
        let peak = |n: f64| 9e6 + 44.0 * n + 24.0 * room(n, 10_923.0) + 2e5 * noise(n);
        let law = Law::of(&points(peak)).unwrap();
        let step = law.last_step().unwrap();
        near(law.bytes_a_record(), 44.0, 0.05);
        near(step.bytes as f64, 24.0 * 10_923.0 * 512.0, 0.05);
        assert!(step.from_records <= 10_923 * 512 && 10_923 * 512 <= step.to_records);
        let true_far = 9e6 + 44e9 + 24.0 * room(1e9, 10_923.0);
        let far = law.estimate(BILLION);
        assert!(far.low_bytes as f64 <= true_far && true_far <= far.high_bytes as f64);
        near(far.bytes as f64, true_far, 0.05);
    }

    /// High-water marks of CPython 3.11 at `pickle.dump` of so many tuples in protocol
    /// 4, as a script measured them. Its memo doubles when two thirds of its places are
    /// taken: of 2^21 places beyond 699,050 records, each a tuple and a string.
    #[test]
    fn cpython_s_dump_is_a_staircase() {
        let law = Law::of(&[
            (10000, 17014784),
            (11938, 19722240),
            (14251, 20295680),
            (17013, 20885504),
            (20309, 21598208),
            (24245, 22564864),
            (28943, 23572480),
            (34551, 24883200),
            (41246, 26456064),
            (49239, 32059392),
            (58780, 34177024),
            (70170, 36925440),
            (83768, 40017920),
            (100000, 50176000),
            (119378, 54575104),
            (142510, 59957248),
            (170125, 66424832),
            (203092, 86642688),
            (242446, 95928320),
            (289427, 106803200),
            (345511, 119914496),
            (412463, 160632832),
            (492388, 179159040),
            (587802, 201506816),
            (701704, 278437888),
            (837678, 310009856),
            (1000000, 347791360),
        ])
        .unwrap();
        let step = law.last_step().unwrap();
        assert!(
            step.from_records < 699_050 && 699_050 < step.to_records,
            "{step:?}"
        );
        assert!((45e6..55e6).contains(&(step.bytes as f64)), "{step:?}");
        assert!((220.0..240.0).contains(&law.bytes_a_record()));
    }

    #[test]
    fn where_a_step_may_be_near_the_range_spans_it() {
        // Full at 10^9: the next record doubles it, and the points cannot tell.
        let law = Law::of(&points(|n| 100.0 * room(n, 1e9 / 131_072.0))).unwrap();
        let far = law.estimate(BILLION);
        assert!(far.low_bytes as f64 <= 1.001e11, "{far:?}");
        assert!(far.high_bytes as f64 >= 1.99e11, "{far:?}");
    }

    #[test]
    fn lines_with_noise_get_no_steps() {
        let mut walk = 0.0;
        let walked: Vec<(u64, u64)> = points(|n| n)
            .into_iter()
            .map(|(n, _)| {
                walk += 2000.0 * noise(n as f64);
                (n, whole(66_000.0 + 30.0 * n as f64 + walk))
            })
            .collect();
        for points in [walked, points(|n| 5e6 + 130.0 * n + 3e5 * noise(n))] {
            let law = Law::of(&points).unwrap();
            assert_eq!(law.last_step(), None);
            assert!(law.bytes_a_record() > 29.0);
        }
    }

    #[test]
    fn a_few_points_have_no_law_and_a_few_more_no_steps() {
        let all = points(|n| 32.0 * room(n, 4.0));
        assert!(Law::of(&all[..3]).is_none());
        assert!(Law::of(&all[..7]).unwrap().last_step().is_none());
        assert!(Law::of(&[]).is_none());
    }

    #[test]
    fn points_that_cannot_be_do_no_harm() {
        for points in [
            vec![(1, 0); 9],
            vec![(5, 5); 12],
            (1..20).map(|n| (n, u64::MAX - n)).collect(),
            (1..20).map(|n| (n * (u64::MAX / 20), n)).collect(),
        ] {
            if let Some(law) = Law::of(&points) {
                law.estimate(BILLION);
                law.at(u64::MAX);
                law.last_step();
            }
        }
    }
}
