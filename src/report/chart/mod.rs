//! What all charts share: scales, ticks, thinning. Knows numbers, not markup.

mod downsample;
mod scale;

pub(crate) use downsample::downsample;
pub(crate) use scale::{Linear, Log, cut, magnitude_classes, percent};
