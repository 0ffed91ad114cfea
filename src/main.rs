//! The `picklebench` command.

fn main() {}
