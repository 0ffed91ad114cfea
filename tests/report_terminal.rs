//! The table in the terminal.

mod support;

use picklebench::report::terminal;
use support::{run, troubled};

#[test]
fn x() {
    println!("{}", terminal::render(&run(), false));
    println!("{}", terminal::render(&troubled(), false));
}
