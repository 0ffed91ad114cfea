//! Lines of bytes, one at a time, none longer than a limit.

use std::io::{self, BufRead, Read};

/// Hands out one line after another, without its end. Blank lines are passed
/// over.
pub(crate) struct Lines<R> {
    input: R,
    limit: u64,
    line: Vec<u8>,
    number: u64,
    start: u64,
    position: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `input`, of at most `limit` bytes each.
    pub(crate) fn new(input: R, limit: u64) -> Lines<R> {
        Lines {
            input,
            limit,
            line: Vec::new(),
            number: 0,
            start: 0,
            position: 0,
        }
    }

    /// Moves on to the next line that is not blank; `false` at the end.
    ///
    /// # Errors
    ///
    /// If the input fails, or a line is too long: the error says so, and the
    /// lines end there.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        loop {
            self.line.clear();
            let most = self.limit.saturating_add(1);
            let mut part = (&mut self.input).take(most);
            let read = part.read_until(b'\n', &mut self.line)? as u64;
            self.start = self.position;
            self.position += read;
            self.number += u64::from(read > 0);
            match self.line.last() {
                None => return Ok(false),
                Some(b'\n') => _ = self.line.pop(),
                Some(_) if read > self.limit => {
                    let limit = self.limit;
                    let message = format!("longer than {limit} bytes (limit `line_bytes`)");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
                Some(_) => {}
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                return Ok(true);
            }
        }
    }

    /// The line that [`advance`](Lines::advance) moved to.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Its number, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Where it starts, in bytes.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Bytes read so far.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_place() {
        let mut lines = Lines::new(&b"one\n\n \r\ntwo\r\nlast"[..], 6);
        let mut found = Vec::new();
        while lines.advance().unwrap() {
            let text = String::from_utf8(lines.line().to_owned()).unwrap();
            found.push((text, lines.number(), lines.start(), lines.position()));
        }
        let expected = [
            ("one".to_owned(), 1, 0, 4),
            ("two\r".to_owned(), 4, 8, 13),
            ("last".to_owned(), 5, 13, 17),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_that_is_too_long_is_not_gathered() {
        assert!(Lines::new(&b"12345\n"[..], 5).advance().unwrap());
        assert!(Lines::new(&b"12345"[..], 5).advance().unwrap());
        for text in ["123456", "123456\n", "1234567890"] {
            let error = Lines::new(text.as_bytes(), 5).advance().unwrap_err();
            assert_eq!(
                error.to_string(),
                "longer than 5 bytes (limit `line_bytes`)"
            );
        }
        let endless = io::BufReader::new(io::repeat(b' '));
        let mut lines = Lines::new(endless, 1 << 20);
        assert!(lines.advance().is_err());
        assert!(lines.line.capacity() <= 2 << 20);
    }
}
