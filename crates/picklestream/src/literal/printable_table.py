"""Makes printable_table.rs: where `str.isprintable` changes its answer.

Run with the Python whose Unicode tables are wanted:

    python3 src/literal/printable_table.py > src/literal/printable_table.rs

The answer is a matter of Unicode's general category: letters, marks, numbers,
punctuation, symbols and the space U+0020 are printable, all else is not.
"""

import sys
import unicodedata

changes = []
printable = False
for code in range(0x110000):
    if chr(code).isprintable() != printable:
        printable = not printable
        changes.append(f"0x{code:X}")

print(f"""\
//! Where `str.isprintable` changes its answer, by Unicode {unicodedata.unidata_version}.
//!
//! Made by `printable_table.py`; do not edit.

/// Each code point that is printable while the one before is not, or the other
/// way round, in order; before the first, nothing is printable.
#[rustfmt::skip]
pub(super) static CHANGES: [u32; {len(changes)}] = [""")
line = "   "
for change in changes:
    if len(line) + len(change) + 2 > 100:
        print(line)
        line = "   "
    line += f" {change},"
print(line)
print("];")
