//! Random programs of opcodes that an unpickler can run: what no pickler
//! writes, but a file may hold.

/// What an object on the stack is, as far as opcodes care.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Leaf,
    List,
    Dict,
    Set,
    /// Made by code.
    Object,
}

/// Makes a program out of random numbers, each of which chooses an opcode among
/// those that fit.
#[derive(Default)]
struct Maker {
    out: Vec<u8>,
    stack: Vec<Kind>,
    marks: Vec<usize>,
    memo: Vec<Option<Kind>>,
}

/// A program that ends in `STOP` with one object. With `numbered`, the memo is
/// numbered by hand, with gaps and twice.
pub fn program(numbers: &[u8], numbered: bool) -> Vec<u8> {
    let mut maker = Maker::default();
    for pair in numbers.chunks_exact(2) {
        maker.step(pair[0], pair[1], numbered);
    }
    while maker.marks.pop().is_some_and(|mark| {
        maker.out.push(b't');
        maker.stack.truncate(mark);
        maker.stack.push(Kind::Leaf);
        true
    }) {}
    if maker.stack.is_empty() {
        maker.out.push(b'N');
    }
    for _ in 1..maker.stack.len() {
        maker.out.push(0x86);
    }
    maker.out.push(b'.');
    maker.out
}

impl Maker {
    fn above(&self) -> usize {
        self.stack.len() - self.marks.last().copied().unwrap_or(0)
    }

    fn push(&mut self, opcode: &[u8], kind: Kind) {
        self.out.extend_from_slice(opcode);
        self.stack.push(kind);
    }

    /// The last `count` objects become one.
    fn replace(&mut self, opcode: u8, count: usize, kind: Kind) {
        if self.above() >= count {
            self.stack.truncate(self.stack.len() - count);
            self.push(&[opcode], kind);
        }
    }

    /// The last `count` objects go into the one below.
    fn take(&mut self, opcode: u8, count: usize, into: Kind) {
        let under = self.stack.len().checked_sub(count + 1);
        let takes = |kind| kind == into || kind == Kind::Object;
        if self.above() > count && under.is_some_and(|under| takes(self.stack[under])) {
            self.stack.truncate(self.stack.len() - count);
            self.out.push(opcode);
        }
    }

    fn collect(&mut self, opcode: u8, even: bool, kind: Kind) {
        if (even && !self.above().is_multiple_of(2)) || self.marks.is_empty() {
            return;
        }
        if let Some(mark) = self.marks.pop() {
            self.stack.truncate(mark);
            self.push(&[opcode], kind);
        }
    }

    fn drain(&mut self, opcode: u8, into: Kind) {
        let Some(&mark) = self.marks.last() else {
            return;
        };
        let floor = self.marks.len().checked_sub(2).map_or(0, |i| self.marks[i]);
        if mark <= floor || ![into, Kind::Object].contains(&self.stack[mark - 1]) {
            return;
        }
        if into == Kind::Dict && !self.above().is_multiple_of(2) {
            return;
        }
        self.marks.pop();
        self.stack.truncate(mark);
        self.out.push(opcode);
    }

    fn put(&mut self, number: u8, numbered: bool) {
        let (true, Some(&top)) = (self.above() > 0, self.stack.last()) else {
            return;
        };
        let id = match numbered {
            true => usize::from(number % 7),
            false => self.memo.len(),
        };
        match (number % 3, numbered) {
            (0, false) => self.out.push(0x94),
            (1, _) => self.out.extend_from_slice(format!("p{id}\n").as_bytes()),
            _ => self.out.extend_from_slice(&[b'q', id as u8]),
        }
        self.memo.resize(self.memo.len().max(id + 1), None);
        self.memo[id] = Some(top);
    }

    fn get(&mut self, number: u8) {
        let Some(id) = usize::from(number).checked_rem(self.memo.len()) else {
            return;
        };
        if let Some(kind) = self.memo[id] {
            match number % 2 {
                0 => self.push(&[b'h', id as u8], kind),
                _ => self.push(format!("g{id}\n").as_bytes(), kind),
            }
        }
    }

    fn leaf(&mut self, number: u8) {
        let leaf: &[u8] = match number % 16 {
            0 | 1 => b"\x8c\x01a",
            2 => b"X\x01\0\0\0b",
            3 => b"Vk\n",
            4 => b"S'a'\n",
            5 => b"U\x01k",
            6 => b"C\x01a",
            7 => b"K\0",
            8 => b"K\x01",
            9 => b"I1\n",
            10 => b"L0L\n",
            11 => b"\x8a\x01\x01",
            12 => b"\x88",
            13 => b"G?\xf0\0\0\0\0\0\0",
            14 => b"F0.0\n",
            _ => b"N",
        };
        self.push(leaf, Kind::Leaf);
    }

    fn step(&mut self, opcode: u8, number: u8, numbered: bool) {
        match opcode % 36 {
            0..=6 => self.leaf(number),
            7 | 8 => self.push(b"]", Kind::List),
            9 | 10 => self.push(b"}", Kind::Dict),
            11 => self.push(b")", Kind::Leaf),
            12 => self.push(b"\x8f", Kind::Set),
            13 | 14 => {
                self.out.push(b'(');
                self.marks.push(self.stack.len());
            }
            15 => self.replace(0x85, 1, Kind::Leaf),
            16 => self.replace(0x86, 2, Kind::Leaf),
            17 => self.replace(0x87, 3, Kind::Leaf),
            18 => self.collect(b't', false, Kind::Leaf),
            19 => self.collect(b'l', false, Kind::List),
            20 => self.collect(b'd', true, Kind::Dict),
            21 => self.take(b'a', 1, Kind::List),
            22 => self.drain(b'e', Kind::List),
            23 => self.take(b's', 2, Kind::Dict),
            24 => self.drain(b'u', Kind::Dict),
            25 => match number % 3 {
                0 => self.drain(0x90, Kind::Set),
                1 => self.collect(0x91, false, Kind::Leaf),
                _ => self.push(b"cbuiltins\nset\n]\x85R", Kind::Leaf),
            },
            26 | 27 => self.put(number, numbered),
            28 | 29 => self.get(number),
            30 if self.above() > 0 => {
                let top = self.stack[self.stack.len() - 1];
                self.push(b"2", top);
            }
            31 if self.above() > 0 => {
                self.out.push(b'0');
                self.stack.pop();
            }
            32 => match number % 5 {
                0 => self.push(b"cm\nf\n)R", Kind::Object),
                1 => self.push(b"cm\nf\n]\x85R", Kind::Object),
                2 => self.push(b"(im\nC\n", Kind::Object),
                3 => self.push(b"Pid\n", Kind::Object),
                _ => self.push(b"(cm\nC\nNo", Kind::Object),
            },
            33 => self.push(b"cm\nC\n)\x81", Kind::Object),
            34 | 35 => self.take(b'b', 1, Kind::Object),
            _ => {}
        }
    }
}
