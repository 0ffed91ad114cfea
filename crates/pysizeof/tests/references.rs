//! Lists of words that are fetched again and again, which a file is faster in than a
//! pipe: the answer is the same.

use std::io::Cursor;

use pysizeof::{Build, Memory};

/// `['word', …]`: five words, an int and a tuple under ids, then batches of items by id,
/// of which each of `odd` has something else among them.
fn pickle(batches: usize, odd: &[(usize, &[u8])]) -> Vec<u8> {
    let mut out = b"\x80\x02]q\x09(".to_vec();
    for id in 0..5 {
        out.extend_from_slice(b"X\x06\0\0\0word-");
        out.extend_from_slice(&[b'a' + id, b'q', id]);
    }
    out.extend_from_slice(b"M\x10\x27q\x05K\x01K\x02\x86q\x06C\x03abcq\x07e");
    for batch in 0..batches {
        out.push(b'(');
        for item in 0..40u8 {
            match odd.iter().find(|(its, _)| *its == batch) {
                Some((_, opcodes)) if item == 30 => out.extend_from_slice(opcodes),
                _ if item % 7 == 0 => out.extend_from_slice(&[b'j', item % 5, 0, 0, 0]),
                _ => out.extend_from_slice(&[b'h', item % 5]),
            }
        }
        out.push(b'e');
    }
    out.push(b'.');
    out
}

fn told(pickle: &[u8], is_pipe: bool) -> Result<String, String> {
    let sizing = match is_pipe {
        true => pysizeof::of_pickle_pipe(Cursor::new(pickle), Memory::Requested),
        false => pysizeof::of_pickle(Cursor::new(pickle), Memory::Requested),
    };
    let sizing = sizing.map_err(|error| error.to_string())?;
    let (root, cost) = (sizing.root(), sizing.cost().unwrap());
    Ok(format!(
        "{:?} {:?} {:?} {:?} {} {} {:?} {:?}",
        sizing.total(),
        sizing.rust_total(),
        sizing.record_total(),
        root.bytes(),
        root.len(),
        root.repr(1000),
        sizing.is_recursive(),
        cost
    ))
}

#[test]
fn lists_of_words_take_the_same_from_a_file_and_from_a_pipe() {
    let plain = pickle(60, &[]);
    let sizing = pysizeof::of_pickle(Cursor::new(&plain), Memory::Requested).unwrap();
    assert_eq!(sizing.root().len(), 8 + 60 * 40);
    assert!(sizing.total().of(Build::Cpython312) > 8 * 2408);
    let odd: [(usize, &[u8]); 9] = [
        (0, b"h\x05"),
        (1, b"h\x06"),
        (2, b"h\x07"),
        // The list itself, a new word, one under an id that another had.
        (3, b"h\x09"),
        (20, b"X\x01\0\0\0w"),
        (21, b"X\x08\0\0\0word-newq\x01"),
        (22, b"h\x05q\x01"),
        (23, b"]"),
        (24, b"("),
    ];
    for some in [
        &odd[..0],
        &odd[..3],
        &odd[4..8],
        &odd[6..7],
        &odd[8..],
        &odd[..4],
    ] {
        let pickle = pickle(60, some);
        assert_eq!(told(&pickle, false), told(&pickle, true), "{some:?}");
    }
    // Two lists beside each other, a list of one below another's mark, a tuple, no list.
    for pickle in [
        &b"\x80\x02](]q\0(X\x02\0\0\0abq\x01h\x01h\x01e(h\x01h\x01eh\0e."[..],
        b"\x80\x02](X\x02\0\0\0abq\x01(h\x01h\x01e.",
        b"\x80\x02(X\x02\0\0\0abq\x01(h\x01h\x01e.",
        b"\x80\x02(X\x02\0\0\0abq\x01)(h\x01h\x01e.",
        b"\x80\x02](h\x01e.",
    ] {
        assert_eq!(told(pickle, false), told(pickle, true), "{pickle:?}");
    }
}

#[test]
fn cut_short_anywhere_they_tell_what_came_before() {
    let whole = pickle(12, &[]);
    let mut last = 0;
    for end in (80..whole.len()).step_by(7) {
        let sizing = pysizeof::of_pickle(Cursor::new(&whole[..end]), Memory::Requested);
        let total = sizing.unwrap().total().of(Build::Cpython312);
        assert!(total >= last, "{end}");
        last = total;
    }
}
