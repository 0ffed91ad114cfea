//! Our own pickle codec.
