//! Processor time, as the tests take it.

#[path = "../tests/support/cpu.rs"]
pub mod cpu;
