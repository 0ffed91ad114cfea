//! How far a figure may grow.

use std::fmt;
use std::str::FromStr;

use plainfigures::{format_bytes, parse_bytes};
use serde::{Serialize, Serializer};

/// The largest increase that does not count as a regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// A share of the base's figure, in percent.
    Percent(f64),
    /// A number of bytes; of the metric `allocations`, so many calls.
    Amount(u64),
}

impl Limit {
    /// The largest increase over a figure of `base`.
    #[expect(clippy::cast_precision_loss, reason = "a limit is not an exact figure")]
    pub(super) fn of(self, base: f64) -> f64 {
        match self {
            Self::Percent(percent) => base.abs() * percent / 100.0,
            Self::Amount(amount) => amount as f64,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent} %"),
            Self::Amount(amount) => f.write_str(&format_bytes(*amount)),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Percent(percent) => serializer.serialize_str(&format!("{percent}%")),
            Self::Amount(amount) => serializer.serialize_u64(*amount),
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    /// ```
    /// use picklebench::compare::Limit;
    ///
    /// assert_eq!("1%".parse(), Ok(Limit::Percent(1.0)));
    /// assert_eq!("64KiB".parse(), Ok(Limit::Amount(65_536)));
    /// assert!("-1%".parse::<Limit>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(number) = text.trim().strip_suffix('%') else {
            return parse_bytes(text)
                .map(Self::Amount)
                .map_err(|error| format!("{error}; or a percentage, such as 1%"));
        };
        match number.trim().parse() {
            Ok(percent) if (0.0..=1e6).contains(&percent) => Ok(Self::Percent(percent)),
            _ => Err(format!(
                "`{text}` is not a percentage: write 0%, 0.5% or 25%; an increase is not negative"
            )),
        }
    }
}
