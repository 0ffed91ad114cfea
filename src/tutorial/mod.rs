//! The tutorial's experiments.

pub mod claims;
pub mod then;
