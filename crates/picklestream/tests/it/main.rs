//! The codecs from outside, in one binary. A test that measures its whole process
//! (heap, processor time) lies beside this folder, in a file of its own.

mod pickle_support;

mod hashable;
mod joblib;
mod keys;
mod known;
mod known_hostile;
mod known_policy;
mod literal_golden;
mod literal_python;
mod literal_records;
mod literal_round_trip;
mod pickle_cpython;
mod pickle_objects;
mod pickle_robust;
mod pickle_select;
mod pickle_serde_pickle;
mod pickle_text;
mod programs;
