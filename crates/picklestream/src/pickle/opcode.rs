//! The opcodes, their names and the shape of their arguments.
//!
//! Source: CPython's `pickletools.opcodes`, protocols 0 to 5.

/// What follows an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// Nothing.
    None,
    /// So many bytes.
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

macro_rules! opcodes {
    ($($name:ident $byte:literal $argument:expr;)*) => {
        $(pub(super) const $name: u8 = $byte;)*

        const fn describe(byte: u8) -> (&'static str, Argument) {
            match byte {
                $($byte => (stringify!($name), $argument),)*
                _ => ("unknown opcode", Argument::Unknown),
            }
        }
    };
}

opcodes! {
    MARK b'(' Argument::None;
    STOP b'.' Argument::None;
    POP b'0' Argument::None;
    POP_MARK b'1' Argument::None;
    DUP b'2' Argument::None;
    FLOAT b'F' Argument::Line;
    INT b'I' Argument::Line;
    BININT b'J' Argument::Fixed(4);
    BININT1 b'K' Argument::Fixed(1);
    LONG b'L' Argument::Line;
    BININT2 b'M' Argument::Fixed(2);
    NONE b'N' Argument::None;
    PERSID b'P' Argument::Line;
    BINPERSID b'Q' Argument::None;
    REDUCE b'R' Argument::None;
    STRING b'S' Argument::Line;
    BINSTRING b'T' Argument::Signed4;
    SHORT_BINSTRING b'U' Argument::Length1;
    UNICODE b'V' Argument::Line;
    BINUNICODE b'X' Argument::Length4;
    APPEND b'a' Argument::None;
    BUILD b'b' Argument::None;
    GLOBAL b'c' Argument::TwoLines;
    DICT b'd' Argument::None;
    EMPTY_DICT b'}' Argument::None;
    APPENDS b'e' Argument::None;
    GET b'g' Argument::Line;
    BINGET b'h' Argument::Fixed(1);
    INST b'i' Argument::TwoLines;
    LONG_BINGET b'j' Argument::Fixed(4);
    LIST b'l' Argument::None;
    EMPTY_LIST b']' Argument::None;
    OBJ b'o' Argument::None;
    PUT b'p' Argument::Line;
    BINPUT b'q' Argument::Fixed(1);
    LONG_BINPUT b'r' Argument::Fixed(4);
    SETITEM b's' Argument::None;
    TUPLE b't' Argument::None;
    EMPTY_TUPLE b')' Argument::None;
    SETITEMS b'u' Argument::None;
    BINFLOAT b'G' Argument::Fixed(8);
    PROTO 0x80 Argument::Fixed(1);
    NEWOBJ 0x81 Argument::None;
    EXT1 0x82 Argument::Fixed(1);
    EXT2 0x83 Argument::Fixed(2);
    EXT4 0x84 Argument::Fixed(4);
    TUPLE1 0x85 Argument::None;
    TUPLE2 0x86 Argument::None;
    TUPLE3 0x87 Argument::None;
    NEWTRUE 0x88 Argument::None;
    NEWFALSE 0x89 Argument::None;
    LONG1 0x8a Argument::Length1;
    LONG4 0x8b Argument::Signed4;
    BINBYTES b'B' Argument::Length4;
    SHORT_BINBYTES b'C' Argument::Length1;
    SHORT_BINUNICODE 0x8c Argument::Length1;
    BINUNICODE8 0x8d Argument::Length8;
    BINBYTES8 0x8e Argument::Length8;
    EMPTY_SET 0x8f Argument::None;
    ADDITEMS 0x90 Argument::None;
    FROZENSET 0x91 Argument::None;
    NEWOBJ_EX 0x92 Argument::None;
    STACK_GLOBAL 0x93 Argument::None;
    MEMOIZE 0x94 Argument::None;
    FRAME 0x95 Argument::Fixed(8);
    BYTEARRAY8 0x96 Argument::Length8;
    NEXT_BUFFER 0x97 Argument::None;
    READONLY_BUFFER 0x98 Argument::None;
}

/// The argument of every opcode.
pub(super) static ARGUMENTS: [Argument; 256] = {
    let mut table = [Argument::Unknown; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = describe(byte as u8).1;
        byte += 1;
    }
    table
};

/// The name that `pickletools` gives an opcode.
pub(super) fn name(byte: u8) -> &'static str {
    describe(byte).0
}

/// Whether an opcode is never run: what it stands for is made by code, or lies
/// outside the pickle. Those that name what they call (`GLOBAL`,
/// `STACK_GLOBAL`, `REDUCE` and `INST`) are judged by the name.
pub(super) fn is_refused(opcode: u8) -> bool {
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
