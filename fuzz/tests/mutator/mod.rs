//! Changes of bytes: some of single ones, some of what texts and pickles are made of.

/// What is put in somewhere: edges of numbers, names, and what opens and closes.
const WORDS: [&[u8]; 40] = [
    b"0",
    b"-1",
    b"1e308",
    b"1e400",
    b"-0.0",
    b"NaN",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"()",
    b"18446744073709551615",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"1e9",
    b"0.1",
    b"\\u202e",
    b"\\u0000",
    b"\\ud800",
    b"\xe2\x80\xae",
    b"\x1b[31m",
    b"'",
    b"\"",
    b"\\",
    b"\n",
    b",",
    b":",
    b"cbuiltins\nset\n",
    b"cdatetime\ndate\n",
    b"ccollections\nOrderedDict\n)R",
    b"\x85R",
    b"q\0h\0",
    b"\x94",
    b"(",
    b"e",
    b"u",
    b"\x80\x05",
    b"\x95\x08\0\0\0\0\0\0\0",
    b"2",
];

/// Random numbers, the same from the same seed.
pub struct Mutator(u64);

impl Mutator {
    pub fn new(seed: u64) -> Mutator {
        Mutator(0x9e37_79b9_7f4a_7c15 ^ seed.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    /// One of `inputs` with one to four changes.
    pub fn changed(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = inputs[self.below(inputs.len())].clone();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes, inputs);
        }
        bytes.truncate(1 << 14);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        if bytes.is_empty() {
            bytes.push(b'.');
        }
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(30)).min(bytes.len());
        match self.below(10) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = self.below(256) as u8,
            2 => bytes.insert(at, self.below(256) as u8),
            3 => drop(bytes.drain(at..end)),
            4 => bytes.truncate(at),
            5 => {
                // The same once more, somewhere else.
                let part = bytes[at..end].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, part);
            }
            6 => {
                // A stretch of another input.
                let other = &inputs[self.below(inputs.len())];
                let from = self.below(other.len().max(1)).min(other.len());
                let to = (from + self.below(60)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            7 => {
                let word = WORDS[self.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
            // A number or a word of the text becomes another.
            _ => {
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._".contains(byte);
                let from = bytes[..at].iter().rposition(|byte| !is_word(byte));
                let to = bytes[at..].iter().position(|byte| !is_word(byte));
                let range = from.map_or(0, |from| from + 1)..to.map_or(bytes.len(), |to| at + to);
                let word = WORDS[self.below(WORDS.len())];
                bytes.splice(range, word.iter().copied());
            }
        }
    }
}
