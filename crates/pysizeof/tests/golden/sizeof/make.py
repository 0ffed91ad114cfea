# -*- coding: utf-8 -*-
"""Sizes of objects around the places where they change: reference figures.

    python3.12 make.py --literals > literals.txt
    python2.7 make.py > cpython-2.7.txt
    python3.8 make.py > cpython-3.8.txt
    python3.11 make.py > cpython-3.11.txt
    python3.12 make.py > cpython-3.12.txt

on 64-bit Linux: sys.getsizeof of each literal, one a line.
"""
from __future__ import print_function
import sys


def display(opening, item, length, closing):
    return opening + ", ".join(item(i) for i in range(length)) + closing


literals = [
    "None", "True", "False", "()", "[]", "{}", "set()", "frozenset()", "2j", "(1+2j)",
    "0.0", "1e300", "''", "'a'", "'ab'", "'é'", "'éé'", "'ж'", "'😀'", "'a😀'", "b''", "b'a'",
    "b'abc'", "bytearray()", "bytearray(b'')", "bytearray(b'abc')",
    "'My hovercraft is full of eels'", "[4, 'toaster', 230.1]", "[4, ['toaster'], 230.1]",
    "('a', 35)", "{'a': 35, 'b': 36}", "{'a': 1, 2: 3}", "{2: 3, 'a': 1}",
    "{'a': 1, 'b': 1, 'c': 1, 'd': 1, 'e': 1, 6: 1}", "{1: 'a', 1.0: 'b', True: 'c'}",
    "{1, 1.0, True, 2}", "(1, 2, (3, 4))",
]
for bits in (1, 8, 14, 15, 16, 29, 30, 31, 32, 59, 60, 61, 62, 63, 64, 65, 89, 90, 91, 127, 128, 300):
    for value in (2 ** bits - 1, 2 ** bits, -(2 ** bits), 1 - 2 ** bits):
        # Python 2 writes a long with an L, which it does not need to read it.
        literals.append(repr(value).rstrip("L"))
for length in list(range(1, 36)) + [64, 65, 200]:
    literals.append(display("[", str, length, "]"))
    literals.append(display("[", lambda i: "[]", length, "]"))
    literals.append(display("{", str, length, "}"))
    literals.append(display("{", lambda i: "(%d, frozenset({1}))" % i, length, "}"))
    literals.append(display("frozenset({", str, length, "})"))
    literals.append(display("{", lambda i: "'%d': %d" % (i, i), length, "}"))
    literals.append(display("{", lambda i: "%d: %d" % (i, i), length, "}"))
    literals.append(display("{", lambda i: "'%d': []" % i if i < 9 else "%d: []" % i, length, "}"))
    # Room is made for all pairs, though the last of them is no new key.
    literals.append(display("{", lambda i: "'%d': %d" % (i % 10, i), length, "}"))
    literals.append(display("{", lambda i: str(i % 10), length, "}"))

for literal in literals:
    if "--literals" in sys.argv:
        print(literal)
    else:
        # Without what this file asks of the future.
        print(sys.getsizeof(eval(compile(literal, "literal", "eval", 0, True))))
