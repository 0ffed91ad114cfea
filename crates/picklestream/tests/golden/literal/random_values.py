"""Random nested values, for the live comparison with CPython.

    random_values.py dump SEED COUNT    writes pairs of lines: repr, structure
    random_values.py plain SEED COUNT   writes the repr of values for `check`
    random_values.py check SEED COUNT   reads one literal a line from standard
                                        input, and compares with the values

The structure is spelled so that it can be made from the value in any language:
see `structure`. Values for `check` have no inf, nan, frozenset, bytearray or
complex zeros, which ast.literal_eval does not read.
"""

import ast
import random
import struct
import sys
import unicodedata


def structure(v, sort=False):
    """A name and the content, with no quoting or rounding in between.

    `sort` makes two equal sets equal: the order of a set depends on its past.
    """
    kind = type(v).__name__
    if v is None or isinstance(v, (bool, int)):
        return f"{kind} {v}"
    if isinstance(v, float):
        return f"{kind} " + ("nan" if v != v else struct.pack(">d", v).hex())
    if isinstance(v, complex):
        return f"{kind} {structure(v.real)} {structure(v.imag)}"
    if isinstance(v, str):
        return f"{kind} {v.encode().hex()}"
    if isinstance(v, (bytes, bytearray)):
        return f"{kind} {v.hex()}"
    items = [x for pair in v.items() for x in pair] if isinstance(v, dict) else v
    items = [structure(x, sort) for x in items]
    if sort and isinstance(v, (set, frozenset)):
        items.sort()
    return f"{kind} [" + " ".join(items) + "]"


def character(r):
    while True:
        c = chr(r.choice([
            r.randrange(0x20), r.randrange(0x20, 0x7F), r.randrange(0x20, 0x7F),
            r.randrange(0x100), r.randrange(0x3000), r.randrange(0x10000), r.randrange(0x110000),
            ord(r.choice("'\"\\\n\r\t")),
        ]))
        # No surrogates, and nothing that a newer Unicode may have assigned.
        if unicodedata.category(c) not in ("Cs", "Cn"):
            return c


def scalar(r, hashable, plain):
    def integer():
        size = r.choice([1, 8, 16, 31, 32, 63, 64, 65, 127, 128, 129, 300])
        return r.choice([-1, 1]) * r.getrandbits(size)

    def real():
        bits = struct.unpack("<d", r.randbytes(8))[0]
        x = r.choice([r.random(), bits, float(integer()), round(r.random(), 3),
                      r.random() * 1e-4, r.choice([0.0, -0.0, 1e16, 1e22, 5e-324])])
        return 0.5 if plain and not abs(x) < float("inf") else x

    kinds = [
        lambda: None, lambda: r.random() < 0.5, integer, integer, real, real,
        lambda: "".join(character(r) for _ in range(r.randrange(12))),
        lambda: r.randbytes(r.randrange(12)),
    ]
    if not plain:
        kinds.append(lambda: r.choice([float("inf"), float("-inf"), float("nan")]))
        kinds.append(lambda: complex(real(), real()))
        if not hashable:
            kinds.append(lambda: bytearray(r.randbytes(r.randrange(12))))
    return r.choice(kinds)()


def value(r, depth, hashable, plain):
    if depth == 0 or r.random() < 0.3:
        return scalar(r, hashable, plain)
    size = r.choice([0, 1, 1, 2, 3, 5])

    def many(hashable):
        return [value(r, depth - 1, hashable, plain) for _ in range(size)]

    kinds = [lambda: tuple(many(hashable))]
    if not plain:
        kinds.append(lambda: frozenset(many(True)))
    if not hashable:
        kinds += [
            lambda: many(False),
            lambda: dict(zip(many(True), many(False))),
            lambda: set(many(True)),
        ]
    return r.choice(kinds)()


def values(seed, count, plain):
    r = random.Random(seed)
    for _ in range(count):
        yield value(r, r.randrange(6), False, plain)


def main():
    mode, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if mode == "dump":
        for v in values(seed, count, False):
            print(repr(v))
            print(structure(v))
    elif mode == "plain":
        for v in values(seed, count, True):
            print(repr(v))
    else:
        lines = sys.stdin.read().split("\n")
        assert lines.pop() == "" and len(lines) == count, len(lines)
        for line, v in zip(lines, values(seed, count, True)):
            again = ast.literal_eval(line)
            assert again == v and structure(again, True) == structure(v, True), (line, v)
        print("equal")


main()
