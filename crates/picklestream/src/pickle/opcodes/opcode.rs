//! The opcodes: their names, what their arguments look like, and what they do to
//! the stack.
//!
//! Source: CPython's `pickletools.opcodes`, protocols 0 to 5.

/// What follows an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Nothing.
    None,
    /// This many bytes.
    Fixed(u8),
    /// Text up to a line feed.
    Line,
    /// Two lines.
    TwoLines,
    /// A length of one byte, and as many bytes.
    Length1,
    /// A length of four bytes without sign, and as many bytes.
    Length4,
    /// The same with sign.
    Signed4,
    /// A length of eight bytes, and as many bytes.
    Length8,
    /// There is no such opcode.
    Unknown,
}

/// What an opcode does to the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// One more object.
    Push,
    /// An open mark.
    Mark,
    /// This many objects become one.
    Replace(u8),
    /// This many objects go, into another object or away.
    Take(u8),
    /// All objects above the mark become one, and the mark goes.
    Collect,
    /// All objects above the mark go, and the mark.
    Drain,
    /// An object goes, or the mark if nothing is above it.
    Pop,
    /// The object on top, once more.
    Dup,
    /// The end of the pickle.
    Stop,
}

macro_rules! opcodes {
    ($($name:ident $byte:literal $argument:expr, $effect:expr;)*) => {
        $(pub(crate) const $name: u8 = $byte;)*

        /// All that is known of an opcode.
        pub(crate) const fn describe(byte: u8) -> (&'static str, Argument, Effect) {
            match byte {
                $($byte => (stringify!($name), $argument, $effect),)*
                _ => ("unknown opcode", Argument::Unknown, Effect::Push),
            }
        }
    };
}

opcodes! {
    MARK b'(' Argument::None, Effect::Mark;
    STOP b'.' Argument::None, Effect::Stop;
    POP b'0' Argument::None, Effect::Pop;
    POP_MARK b'1' Argument::None, Effect::Drain;
    DUP b'2' Argument::None, Effect::Dup;
    FLOAT b'F' Argument::Line, Effect::Push;
    INT b'I' Argument::Line, Effect::Push;
    BININT b'J' Argument::Fixed(4), Effect::Push;
    BININT1 b'K' Argument::Fixed(1), Effect::Push;
    LONG b'L' Argument::Line, Effect::Push;
    BININT2 b'M' Argument::Fixed(2), Effect::Push;
    NONE b'N' Argument::None, Effect::Push;
    PERSID b'P' Argument::Line, Effect::Push;
    BINPERSID b'Q' Argument::None, Effect::Replace(1);
    REDUCE b'R' Argument::None, Effect::Replace(2);
    STRING b'S' Argument::Line, Effect::Push;
    BINSTRING b'T' Argument::Signed4, Effect::Push;
    SHORT_BINSTRING b'U' Argument::Length1, Effect::Push;
    UNICODE b'V' Argument::Line, Effect::Push;
    BINUNICODE b'X' Argument::Length4, Effect::Push;
    APPEND b'a' Argument::None, Effect::Take(1);
    BUILD b'b' Argument::None, Effect::Take(1);
    GLOBAL b'c' Argument::TwoLines, Effect::Push;
    DICT b'd' Argument::None, Effect::Collect;
    EMPTY_DICT b'}' Argument::None, Effect::Push;
    APPENDS b'e' Argument::None, Effect::Drain;
    GET b'g' Argument::Line, Effect::Push;
    BINGET b'h' Argument::Fixed(1), Effect::Push;
    INST b'i' Argument::TwoLines, Effect::Collect;
    LONG_BINGET b'j' Argument::Fixed(4), Effect::Push;
    LIST b'l' Argument::None, Effect::Collect;
    EMPTY_LIST b']' Argument::None, Effect::Push;
    OBJ b'o' Argument::None, Effect::Collect;
    PUT b'p' Argument::Line, Effect::None;
    BINPUT b'q' Argument::Fixed(1), Effect::None;
    LONG_BINPUT b'r' Argument::Fixed(4), Effect::None;
    SETITEM b's' Argument::None, Effect::Take(2);
    TUPLE b't' Argument::None, Effect::Collect;
    EMPTY_TUPLE b')' Argument::None, Effect::Push;
    SETITEMS b'u' Argument::None, Effect::Drain;
    BINFLOAT b'G' Argument::Fixed(8), Effect::Push;
    PROTO 0x80 Argument::Fixed(1), Effect::None;
    NEWOBJ 0x81 Argument::None, Effect::Replace(2);
    EXT1 0x82 Argument::Fixed(1), Effect::Push;
    EXT2 0x83 Argument::Fixed(2), Effect::Push;
    EXT4 0x84 Argument::Fixed(4), Effect::Push;
    TUPLE1 0x85 Argument::None, Effect::Replace(1);
    TUPLE2 0x86 Argument::None, Effect::Replace(2);
    TUPLE3 0x87 Argument::None, Effect::Replace(3);
    NEWTRUE 0x88 Argument::None, Effect::Push;
    NEWFALSE 0x89 Argument::None, Effect::Push;
    LONG1 0x8a Argument::Length1, Effect::Push;
    LONG4 0x8b Argument::Signed4, Effect::Push;
    BINBYTES b'B' Argument::Length4, Effect::Push;
    SHORT_BINBYTES b'C' Argument::Length1, Effect::Push;
    SHORT_BINUNICODE 0x8c Argument::Length1, Effect::Push;
    BINUNICODE8 0x8d Argument::Length8, Effect::Push;
    BINBYTES8 0x8e Argument::Length8, Effect::Push;
    EMPTY_SET 0x8f Argument::None, Effect::Push;
    ADDITEMS 0x90 Argument::None, Effect::Drain;
    FROZENSET 0x91 Argument::None, Effect::Collect;
    NEWOBJ_EX 0x92 Argument::None, Effect::Replace(3);
    STACK_GLOBAL 0x93 Argument::None, Effect::Replace(2);
    MEMOIZE 0x94 Argument::None, Effect::None;
    FRAME 0x95 Argument::Fixed(8), Effect::None;
    BYTEARRAY8 0x96 Argument::Length8, Effect::Push;
    NEXT_BUFFER 0x97 Argument::None, Effect::Push;
    READONLY_BUFFER 0x98 Argument::None, Effect::None;
}

/// The argument of every opcode.
static ARGUMENTS: [Argument; 256] = {
    let mut table = [Argument::Unknown; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = describe(byte as u8).1;
        byte += 1;
    }
    table
};

/// The effect of every opcode.
static EFFECTS: [Effect; 256] = {
    let mut table = [Effect::Push; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = describe(byte as u8).2;
        byte += 1;
    }
    table
};

/// What follows an opcode.
#[inline]
pub(crate) fn argument(opcode: u8) -> Argument {
    ARGUMENTS[usize::from(opcode)]
}

/// What an opcode does to the stack.
#[inline]
pub(crate) fn effect(opcode: u8) -> Effect {
    EFFECTS[usize::from(opcode)]
}

/// Whether there is such an opcode.
pub(crate) fn is_known(byte: u8) -> bool {
    argument(byte) != Argument::Unknown
}

/// The name that `pickletools` gives an opcode.
pub(crate) fn name(byte: u8) -> &'static str {
    describe(byte).0
}

/// Whether an opcode is never run: what it stands for is made by code, or lies
/// outside the pickle. Those that name what they call (`GLOBAL`,
/// `STACK_GLOBAL`, `REDUCE` and `INST`) are judged by the name.
pub(crate) const fn is_refused(opcode: u8) -> bool {
    matches!(
        opcode,
        NEWOBJ
            | NEWOBJ_EX
            | OBJ
            | BUILD
            | PERSID
            | BINPERSID
            | EXT1
            | EXT2
            | EXT4
            | NEXT_BUFFER
            | READONLY_BUFFER
    )
}
