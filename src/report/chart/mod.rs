//! What all charts share: scales, ticks, thinning. Knows numbers, not markup.

mod downsample;
mod scale;

pub(crate) use downsample::downsample;
pub(crate) use scale::{BarAxis, Linear, Log, magnitude_classes, percent};
