//! Pickles in which every line feed has become CR LF, as copying "in text mode"
//! does it.

/// Opcodes without an argument that come before, between and after lines of a
/// pickle of protocol 0.
const PLAIN: &[u8] = b"(lt]})adesu0d12bRoN.";

/// Opcodes whose argument is a line that never ends in CR: numbers, memo ids, a
/// quoted text, and names.
const LINES: &[u8] = b"FILSgpci";

/// Whether this is the beginning of a pickle so damaged: every line in it ends
/// in CR LF, and one of them cannot. (A str of protocol 0 may end in CR by
/// itself.)
///
/// Of later protocols only the name of a global is a line; if the first is one,
/// and so damaged, the lengths of what follows are wrong as well.
pub(super) fn are_damaged(prefix: &[u8]) -> bool {
    let (is_binary, rest) = match prefix {
        [0x80, 0..=5, rest @ ..] => (true, rest),
        _ => (false, prefix),
    };
    let mut is_sure = false;
    let mut lines = rest.split_inclusive(|byte| *byte == b'\n').peekable();
    let mut is_name = false;
    while let Some(line) = lines.next() {
        let Some(text) = line.strip_suffix(b"\n") else {
            break;
        };
        let Some(text) = text.strip_suffix(b"\r") else {
            return false;
        };
        if is_name {
            // The second line of a global.
            is_name = false;
            continue;
        }
        let plain = text.iter().take_while(|byte| PLAIN.contains(byte)).count();
        match text.get(plain) {
            Some(opcode) if LINES.contains(opcode) => {
                is_name = b"ci".contains(opcode);
                if is_binary {
                    return is_name && text[plain + 1..].is_ascii() && lines.peek().is_some();
                }
                is_sure = true;
            }
            _ if is_binary => return false,
            Some(b'V' | b'P') => {}
            _ => return false,
        }
    }
    is_sure
}

/// Whether a pickle of a later protocol looks so damaged: every line feed in its
/// beginning follows a carriage return, and there are some. Chance does that
/// once in 256 times for each of them; text in the pickle may.
pub(super) fn look_damaged(prefix: &[u8]) -> bool {
    let mut feeds = prefix
        .windows(2)
        .filter(|pair| pair[1] == b'\n')
        .map(|pair| pair[0] == b'\r');
    prefix.first() == Some(&0x80)
        && feeds.clone().count() >= 3
        && feeds.all(|is_damaged| is_damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_otherwise() {
        for (pickle, expected) in [
            (&b"(lp0\r\n(lp1\r\nVa\r\np2\r\naF1.5\r\naa."[..], true),
            (b"I1\r\n.", true),
            (b"cos\r\nsystem\r\n.", true),
            (b"\x80\x02ccollections\r\nOrderedDict\r\nq\0)Rq\x01.", true),
            // A str that ends in CR.
            (b"Va\r\n.", false),
            (b"(Va\r\nVb\r\nt.", false),
            (b"Va\r\np0\n.", false),
            (b"(lp0\n(lp1\n.", false),
            (b"\x80\x02X\x04\0\0\0a\r\n.", false),
            (b"\x80\x04\x95\r\n", false),
            // Lines of text.
            (b"(1, 2)\r\n(3, 4)\r\n", false),
            (b"('a',)\r\n", false),
            (b"[1]\r\n{}\r\n", false),
            (b"None\r\n", false),
            (b"", false),
        ] {
            assert_eq!(are_damaged(pickle), expected, "{pickle:?}");
        }
    }
}
