//! Files without a name, which are used again and again.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, Write};

thread_local! {
    static FILES: RefCell<Vec<File>> = const { RefCell::new(Vec::new()) };
}

/// A file that holds `bytes`, at its beginning. To be given back with [`put`].
pub fn take(bytes: &[u8]) -> File {
    let free = FILES.with_borrow_mut(Vec::pop);
    let mut file = free.unwrap_or_else(|| tempfile::tempfile().expect("there is room"));
    file.rewind().expect("a file can be rewound");
    file.set_len(0).expect("a file can be emptied");
    file.write_all(bytes).expect("there is room");
    file.rewind().expect("a file can be rewound");
    file
}

/// A second handle of a file.
pub fn again(file: &File) -> File {
    file.try_clone().expect("there is a handle left")
}

/// All that a file holds.
pub fn content(mut file: &File) -> Vec<u8> {
    let mut content = Vec::new();
    file.rewind().expect("a file can be rewound");
    file.read_to_end(&mut content).expect("it can be read");
    content
}

/// Takes a file back.
pub fn put(file: File) {
    FILES.with_borrow_mut(|files| files.push(file));
}
