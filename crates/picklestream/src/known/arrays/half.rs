//! Floats of 16 bits (IEEE 754 binary16), which Rust has not yet.

/// The same number in 64 bits.
pub(super) fn to_f64(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::to_f64;

    #[test]
    fn known_halves() {
        for (bits, float) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0400, 2f64.powi(-14)),
            (0x0001, 2f64.powi(-24)),
            (0x3c66, 1.099609375),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(to_f64(bits), float, "{bits:#06x}");
        }
        assert!(to_f64(0x7e00).is_nan());
        assert!(to_f64(0x8000).is_sign_negative());
    }
}
