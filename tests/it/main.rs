//! What a user can do with picklebench, from outside, in one binary: linking a
//! binary for each file takes longer than running it.
//!
//! A test that needs a process to itself (an allocator, a handler of signals,
//! another environment) lies beside this folder, in a file of its own.

// What the tests share.
#[cfg(unix)]
mod browser_support;
mod command;
mod convert_support;
mod cpython_support;
#[path = "../../crates/picklestream/tests/it/pickle_support/pythons.rs"]
mod pythons;
mod support;

// The subcommands.
mod compare;
mod convert;
mod convert_errors;
mod convert_formats;
mod convert_nested;
mod convert_records;
mod convert_tables;
mod export;
mod fit;
mod generate;
mod inspect;
mod joblib_files;
mod json_form;
mod measure;
mod own_records;
mod publish;
mod python_cases;
mod scale;
mod sizeof;
mod sizeof_fits;
mod sizeof_page;
mod sizeof_parts;

// The tutorial.
mod cpython;
mod tutorial;
mod tutorial_claims;
mod tutorial_table;

// The report.
mod browser;
mod browser_runs;
mod browser_use;
mod report_html;
mod report_many;
mod report_terminal;
mod report_tutorial;

// All of them, and whatever befalls them.
#[cfg(unix)]
mod bad_day;
mod bad_input;
mod datasets;
mod documented_commands;
mod every_format;
#[cfg(unix)]
mod folders;
#[cfg(unix)]
mod folders_odd;
mod foreign_input;
#[cfg(unix)]
mod hostile_names;
#[cfg(unix)]
mod kills;
#[cfg(unix)]
mod many_machines;
#[cfg(unix)]
mod outputs;
mod packed_input;
#[cfg(unix)]
mod runs_kept;
#[cfg(unix)]
mod signals;
mod snapshots;

// The house: what its libraries need, and how its parts depend on each other.
mod closures;
mod import_circles;
mod licences;
mod strangers;
