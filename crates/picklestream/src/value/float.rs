//! A float as Python's `repr` writes it: [`push_repr`].
//!
//! Python writes the shortest digits that read back as the same float, and an
//! exponent from 1e16 up and below 1e-4. Crate zmij does the same but for
//! three things, mended here: 1e-5 ≤ |x| < 1e-4 (Python has an exponent
//! there), exponents of one digit (Python writes two), and the name of NaN.

/// Appends `float` to `out` as Python's `repr(float)` gives it: `1.0`,
/// `1e+16`, `1e-05`, `-0.0`, `inf`, `nan`.
///
/// A NaN is written without sign, as Python does.
///
/// ```
/// use picklestream::value::float::push_repr;
///
/// let mut out = b"x = ".to_vec();
/// push_repr(&mut out, 1e-5);
/// assert_eq!(out, b"x = 1e-05");
/// ```
#[inline]
pub fn push_repr(out: &mut Vec<u8>, float: f64) {
    let mut buffer = zmij::Buffer::new();
    let magnitude = float.abs();
    // The bound lies a little above 1e-4, so that the rounding of digits
    // cannot take a float past it; the small path looks at the text itself.
    if (1.1e-4..f64::INFINITY).contains(&magnitude) || magnitude == 0.0 {
        out.extend_from_slice(buffer.format_finite(float).as_bytes());
    } else if float.is_nan() {
        out.extend_from_slice(b"nan");
    } else {
        push_small(out, buffer.format(float));
    }
}

/// Appends what zmij wrote for an infinity or for a float below 1.1e-4.
#[cold]
fn push_small(out: &mut Vec<u8>, text: &str) {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => ("-", text),
        None => ("", text),
    };
    out.extend_from_slice(sign.as_bytes());
    if let Some(digits) = text.strip_prefix("0.0000") {
        let (first, rest) = digits.split_at(1);
        out.extend_from_slice(first.as_bytes());
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest.as_bytes());
        }
        out.extend_from_slice(b"e-05");
        return;
    }
    match text.split_once("e-") {
        Some((digits, exponent)) if exponent.len() == 1 => {
            out.extend_from_slice(digits.as_bytes());
            out.extend_from_slice(b"e-0");
            out.extend_from_slice(exponent.as_bytes());
        }
        _ => out.extend_from_slice(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    fn repr(float: f64) -> String {
        let mut out = Vec::new();
        push_repr(&mut out, float);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn floats_are_written_as_python_does() {
        for (float, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (1.234_567_890_123_456_8e17, "1.2345678901234568e+17"),
            (1e22, "1e+22"),
            (1.5e300, "1.5e+300"),
            (f64::MAX, "1.7976931348623157e+308"),
            (1e-4, "0.0001"),
            (1.05e-4, "0.000105"),
            (9.999_999_999_999_999e-5, "9.999999999999999e-05"),
            (1e-5, "1e-05"),
            (-1.234e-5, "-1.234e-05"),
            (9.9e-6, "9.9e-06"),
            (1e-9, "1e-09"),
            (-2.5e-10, "-2.5e-10"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-f64::NAN, "nan"),
        ] {
            assert_eq!(repr(float), text);
        }
    }

    /// Every power of ten and of two with its neighbours, and random bits.
    fn samples() -> Vec<f64> {
        let mut floats = Vec::new();
        for exponent in -326..=308 {
            let float: f64 = format!("1e{exponent}").parse().unwrap();
            floats.extend([float, float.next_up(), float.next_down(), 1.5 * float]);
        }
        for exponent in -1074..1024 {
            let float = 2f64.powi(exponent);
            floats.extend([float, -float.next_up(), float.next_down()]);
        }
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            // xorshift64: any bits will do, the same ones every time.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            floats.push(f64::from_bits(state));
            // Near the two places where the layout changes.
            let unit = (state >> 11) as f64 / (1u64 << 53) as f64;
            floats.extend([unit, unit * 1.2e-4, unit * 2e16]);
        }
        floats
    }

    #[test]
    fn python_agrees() {
        let script = "import struct, sys\n\
            data = sys.stdin.buffer.read()\n\
            for (x,) in struct.iter_unpack('<d', data): print(repr(x))";
        let python = Command::new("python3")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut python) = python else {
            eprintln!("SKIPPED: there is no python3 to compare float repr with");
            return;
        };
        let floats = samples();
        let bytes: Vec<u8> = floats.iter().flat_map(|x| x.to_le_bytes()).collect();
        let mut stdin = python.stdin.take().unwrap();
        let feeder = std::thread::spawn(move || stdin.write_all(&bytes));
        let output = python.wait_with_output().unwrap();
        feeder.join().unwrap().unwrap();
        assert!(output.status.success());
        let theirs = String::from_utf8(output.stdout).unwrap();
        assert_eq!(theirs.lines().count(), floats.len());
        for (float, theirs) in floats.iter().zip(theirs.lines()) {
            assert_eq!(repr(*float), theirs, "bits {:016x}", float.to_bits());
        }
    }
}
