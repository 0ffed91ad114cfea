//! The objects whose sizes the tutorial gives.

use std::collections::BTreeMap;

use crate::results::ObjectSizes;

/// A literal, and the bytes that the tutorial gives for it. Its figures are
/// those of CPython 2.7 on 64-bit Windows.
const OBJECTS: [(&str, u64); 14] = [
    ("None", 16),
    ("3", 24),
    ("2**63", 36),
    ("102947298469128649161972364837164", 40),
    (
        "918659326943756134897561304875610348756384756193485761304875613948576297485698417",
        60,
    ),
    ("54747659.15", 24),
    (r#""""#, 33),
    (r#""My hovercraft is full of eels""#, 62),
    ("[]", 64),
    (r#"[4, "toaster", 230.1]"#, 88),
    ("{}", 272),
    ("{'a': 213, 'b': 2131}", 272),
    (r#"(4, "toaster")"#, 64),
    (r#""t""#, 34),
];

/// A row for each object, not measured yet.
pub(super) fn rows() -> Vec<ObjectSizes> {
    let row = |(literal, then_bytes): (&str, u64)| ObjectSizes {
        literal: literal.to_owned(),
        then_bytes,
        modelled_bytes: BTreeMap::new(),
        measured_bytes: BTreeMap::new(),
    };
    OBJECTS.map(row).into()
}
