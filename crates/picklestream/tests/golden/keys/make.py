"""Dicts and sets with keys given twice, as literals and as pickles, and what
Python makes of them: `python3 make.py 1 40 > keys.txt`.

A line is `literal` or `pickle` (in hexadecimal), the input, and the repr of the
value, or `error` where Python finds a key unhashable; tabs between them.
"""

import pickle
import random
import sys

ODD = [None, "", "a", "b", "ab", b"a", 0.5, -0.5, 2.0**53, 2**53 + 1, 2**53, 1j,
       2**127, 2.0**127, -(2**127), -(2.0**127), 2**200, 2.0**200, 2**64, 2.0**64,
       float("inf"), 10**400, (1, "a"), (1.0, "a"), (True, "a"), (1, (2,)), (1.0, (2.0,))]
SMALL = [0, 0.0, False, 1, 1.0, True, 1 + 0j, 2, 2.0, 3, 4, 4.0]
UNHASHABLE = [[], [1], {}, bytearray(b"a"), (1, [2]), {3}]


def text(value):
    """A literal: `inf` is none."""
    return repr(value).replace("inf", "1e999")


def body(value):
    """The opcodes of a pickle, without PROTO and STOP."""
    return pickle.dumps(value, 3)[2:-1]


def report(kind, shown, read):
    try:
        result = repr(read())
    except TypeError:
        result = "error"
    print(kind, shown, result, sep="\t")


def dicts(pick, count):
    keys = [pick.choice(ODD + SMALL) for _ in range(count)]
    if pick.random() < 0.1:
        keys[pick.randrange(count)] = pick.choice(UNHASHABLE)
    pairs = list(zip(keys, "abcdefghijklmnopqrstuvwxyz" * 2))
    shown = "{%s}" % ", ".join("%s: %r" % (text(k), v) for k, v in pairs)
    if "1e999" not in shown and "bytearray" not in shown:
        report("literal", shown, lambda: eval(shown))
    items = b"".join(body(key) + body(value) for key, value in pairs)
    for made in [b"\x80\x03}(" + items + b"u.", b"\x80\x03(" + items + b"d."]:
        report("pickle", made.hex(), lambda: pickle.loads(made))


def sets(pick, count):
    # In the order in which Python's table of few small integers has them.
    items = sorted([pick.choice(SMALL) for _ in range(count)], key=lambda x: x.real)
    shown = "{%s}" % ", ".join(map(text, items))
    report("literal", shown, lambda: eval(shown))
    made = b"\x80\x04\x8f(" + b"".join(map(body, items)) + b"\x90."
    report("pickle", made.hex(), lambda: pickle.loads(made))
    wrong = pick.choice(UNHASHABLE)
    made = b"\x80\x04\x8f(K\x01" + body(wrong) + b"\x90."
    report("pickle", made.hex(), lambda: pickle.loads(made))


pick = random.Random(int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    dicts(pick, pick.choice([1, 2, 3, 6, 16, 17, 40]))
    sets(pick, pick.choice([1, 2, 5]))
