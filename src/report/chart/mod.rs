//! What all charts share: scales, ticks, labels. Knows numbers, not markup.

mod labels;
mod scale;

pub(crate) use labels::{Mark, labels};
pub(crate) use scale::{
    BarAxis, Linear, Log, magnitude_classes, percent, tick_label, without_zeros,
};
