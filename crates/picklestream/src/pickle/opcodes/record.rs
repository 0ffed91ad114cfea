//! What a record is.
//!
//! Where the root of a pickle is a list, each of its items is a record; any
//! other root is itself one. On request the items of any container are records
//! ([`Select::items`](crate::pickle::Select::items)). Pickles one after another
//! give theirs in turn.
//!
//! The root is what lies at the bottom of the stack when `STOP` comes. Until
//! then a list at the bottom only looks like it: in `([1, 2], 3)` it turns out
//! to be part of something else.

use super::marks::Marks;
use super::opcode::{self as op, Effect};

/// Whether the object that an opcode makes is a list, whose items are the
/// records if it is the root.
#[inline]
pub(crate) fn makes_list(opcode: u8) -> bool {
    matches!(opcode, op::EMPTY_LIST | op::LIST)
}

/// Whether the object that an opcode makes can grow: its items are records if it
/// is the root and that was asked for.
#[inline]
pub(crate) fn makes_container(opcode: u8) -> bool {
    let is_object = matches!(
        opcode,
        op::REDUCE | op::NEWOBJ | op::NEWOBJ_EX | op::OBJ | op::INST | op::BINPERSID | op::PERSID
    );
    is_object || makes_list(opcode) || matches!(opcode, op::EMPTY_DICT | op::DICT | op::EMPTY_SET)
}

/// Whether what is put into the object on top of a stack of `height` goes into
/// the root, as far as can be told: nothing else is on the stack, no mark open.
#[inline]
pub(crate) fn is_root_on_top<T>(height: usize, marks: &Marks<T>) -> bool {
    height == 1 && marks.is_empty()
}

/// Whether a byte that follows a pickle begins another one: an opcode that can come
/// first. What begins with any other byte (white space, zeros) is no pickle, and
/// CPython never looks at it.
pub(crate) fn begins_pickle(byte: u8) -> bool {
    match byte {
        op::PROTO | op::FRAME | op::MARK => true,
        _ => op::is_known(byte) && op::effect(byte) == Effect::Push,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pickles_begin_with_what_makes_an_object() {
        for byte in *b"\x80(]}K.IN\x8cc" {
            assert_eq!(begins_pickle(byte), byte != b'.', "{byte:#x}");
        }
        for byte in *b"\0 \n\r\t#<akq0\xff\x99" {
            assert!(!begins_pickle(byte), "{byte:#x}");
        }
    }
}
