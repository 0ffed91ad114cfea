"""Pickles made and read by CPython, for the tests. Runs on 2.7 and on 3.x.

    oracle.py golden DIR             the committed golden files
    oracle.py random DIR SEED COUNT  random nested data, for every protocol
    oracle.py edges DIR              sizes at which the layout changes
    oracle.py describe FILE...       what each pickle holds, a line each
    oracle.py optimize FILE...       rewrites each file without needless puts

Each NAME.pkl has a NAME.txt beside it that describes the value exactly; the
tests describe what they read in the same way.
"""

from __future__ import print_function

import binascii
import os
import pickle
import pickletools
import random
import struct
import sys

PYTHON_2 = sys.version_info[0] == 2
if PYTHON_2:
    import cPickle

    text = unicode  # noqa: F821
    integers = (int, long)  # noqa: F821
    character = unichr  # noqa: F821
else:
    text = str
    integers = (int,)
    character = chr


def hexed(data):
    return binascii.hexlify(bytes(data)).decode("ascii")


def describe(value):
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, integers):
        return "int:%x" % value
    if isinstance(value, float):
        return "float:" + hexed(struct.pack(">d", value))
    if isinstance(value, complex):
        return "complex:%s,%s" % (describe(value.real), describe(value.imag))
    if isinstance(value, text):
        return "str:" + hexed(value.encode("utf-8"))
    if isinstance(value, bytes):
        if PYTHON_2:
            try:
                value.decode("utf-8")
                return "str:" + hexed(value)
            except UnicodeDecodeError:
                pass
        return "bytes:" + hexed(value)
    if isinstance(value, bytearray):
        return "bytearray:" + hexed(value)
    if isinstance(value, dict):
        items = ["%s=%s" % (describe(k), describe(v)) for k, v in value.items()]
        return "dict{%s}" % " ".join(items)
    kinds = {tuple: "tuple", list: "list", set: "set", frozenset: "frozenset"}
    items = [describe(item) for item in value]
    return "%s{%s}" % (kinds[type(value)], " ".join(items))


class Maker(object):
    """Random data in which no two objects that the memo holds are one."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        r = self.random
        tops = [0x7F, 0xFF, 0x2FF, 0xD7FF]
        if not PYTHON_2 or sys.maxunicode > 0xFFFF:
            tops.append(0x10FFFF)
        top = r.choice(tops)
        length = r.choice([0, 1, 2, 3, 10, 40, 255, 256, 300])
        chars = []
        for _ in range(length):
            code = r.randint(0, top)
            if 0xD800 <= code < 0xE000:
                code = 0x5C
            chars.append(character(code))
        return text().join(chars)

    def data(self):
        length = self.random.choice([0, 1, 2, 3, 20, 255, 256])
        return bytes(bytearray(self.random.randint(0, 255) for _ in range(length)))

    def integer(self):
        r = self.random
        bits = r.choice([1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300, 2100])
        edge = r.choice([0, 0, 1, -1])
        value = (1 << bits) + edge if r.random() < 0.5 else r.getrandbits(bits)
        return value if r.random() < 0.6 else -value

    def floating(self):
        r = self.random
        fixed = [0.0, -0.0, 1.0, 1e16, 1e-5, 9.999e-5, 1e22, 5e-324, 1e308, 0.1]
        fixed += [float("inf"), -float("inf"), 1.7976931348623157e308]
        if r.random() < 0.3:
            return r.choice(fixed)
        bits = r.getrandbits(64)
        value = struct.unpack(">d", struct.pack(">Q", bits))[0]
        return 0.5 if value != value else value

    def leaf(self):
        r = self.random
        kind = r.randint(0, 9)
        if kind == 0:
            return r.choice([None, True, False])
        if kind <= 3:
            return self.integer()
        if kind <= 5:
            return self.floating()
        if kind <= 8 or PYTHON_2:
            return self.text()
        return self.data()

    def hashable(self, depth):
        if depth > 0 and self.random.random() < 0.2:
            return tuple(self.hashable(depth - 1) for _ in range(self.random.randint(0, 5)))
        return self.leaf()

    def value(self, depth):
        r = self.random
        if depth == 0 or r.random() < 0.25:
            return self.leaf()
        count = r.choice([0, 1, 2, 3, 4, 5, 8])
        kind = r.randint(0, 11)
        if kind <= 3:
            return tuple(self.value(depth - 1) for _ in range(count))
        if kind <= 6:
            return [self.value(depth - 1) for _ in range(count)]
        if kind <= 8:
            return dict((self.hashable(1), self.value(depth - 1)) for _ in range(count))
        if kind == 9:
            return set(self.hashable(1) for _ in range(count))
        if kind == 10:
            return frozenset(self.hashable(1) for _ in range(count + 1))
        if PYTHON_2 or r.random() < 0.5:
            return complex(self.floating(), self.floating())
        return bytearray(self.data())


def write(folder, name, value, protocol, dump=pickle.dump):
    with open(os.path.join(folder, name + ".pkl"), "wb") as file:
        dump(value, file, protocol)
    with open(os.path.join(folder, name + ".txt"), "w") as file:
        file.write(describe(value) + "\n")


def record(number):
    """A record like the tutorial's, without the need of its generator."""
    mixed = (number * 0x9E3779B97F4A7C15 + 1) % 2**64
    letters = "".join(chr(64 + (mixed >> (3 * i)) % 26) for i in range(20))
    return (mixed / 2.0**64, letters, mixed)


def golden(folder):
    mixed = [
        None, True, False, 0, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -2**31,
        2**63, 2**64, -2**63, 10**40, -10**40, 2**2100,
        0.0, -0.0, 1.5, 1e16, 1e-5, 9.999e-5, 5e-324, float("inf"), -float("inf"),
        u"", u"a", u"two words", u"\u00e9\u20ac\U0001f600", u"line\nfeed\\u0041\r\x00\x1a",
        (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [[], [[2]]],
        {}, {u"k": 1}, {u"a": (1, [2]), 3: None},
        set(), set([5]), frozenset([6]), complex(1.5, -2.0), bytearray(b"ab\xff"),
    ]
    if not PYTHON_2:
        mixed += [b"", b"x", b"bytes\xff\x00"]
    shared_tuple = (0.5, u"shared", 1)
    shared_list = [1, 2]
    shared = [shared_tuple, shared_tuple, shared_list, shared_list, {u"t": shared_tuple}, u"end"]
    protocols = range(3) if PYTHON_2 else range(6)
    for protocol in protocols:
        version = "python2" if PYTHON_2 else "python3"
        name = "%s-p%d-" % (version, protocol)
        write(folder, name + "mixed", mixed, protocol)
        write(folder, name + "records", [record(i) for i in range(40)], protocol)
        write(folder, name + "shared", shared, protocol)
        write(folder, name + "dict", {u"list": [1, 2], u"tuple": ([1], 2)}, protocol)
        write(folder, name + "nested-first", ([1, 2, 3], 4), protocol)
    if PYTHON_2:
        strs = ["plain", "quo'te\"", "\xc3\xa9", "\xff\x00\n", "", {"key": "value"}]
        for protocol in protocols:
            write(folder, "python2-p%d-str" % protocol, strs, protocol)
            write(folder, "python2-p%d-c-mixed" % protocol, mixed, protocol, cPickle.dump)
    else:
        with open(os.path.join(folder, "python3-concatenated.pkl"), "wb") as file:
            for number in range(10):
                pickle.dump(record(number), file, number % 6)
        pure = pickle._dump
        write(folder, "python3-p4-pure-mixed", mixed, 4, pure)


def edges(folder):
    """Lengths at which batches and frames begin and end."""
    sizes = [0, 1, 2, 999, 1000, 1001, 1999, 2000, 2001, 3500]
    # Framing of long data came with 3.7.
    long_text = "x" * 65535
    for protocol in range(6):
        for size in sizes:
            # Numbers from 1000 on, and strs of several characters: no two
            # objects are one.
            numbers = range(1000, 1000 + size)
            name = "%d-%%s-%d" % (protocol, size)
            write(folder, name % "records", [record(n) for n in numbers], protocol)
            write(folder, name % "ints", list(numbers), protocol)
            write(folder, name % "dict", dict((n, "v%d" % n) for n in numbers), protocol)
            write(folder, name % "set", set(numbers), protocol)
            write(folder, name % "frozenset", [frozenset(numbers)], protocol)
        for extra in [0, 1, 2]:
            name = "%d-long-%d" % (protocol, extra)
            data = long_text[: 65534 + extra] + "\u00e9" * (extra - 1)
            value = [7, data, b"b" * (65535 + extra), bytearray(65535 + extra), 8, "end"]
            write(folder, name, value, protocol)
        # Frames of which the end falls on every opcode of a record in turn.
        for shift in range(0, 60, 7):
            value = ["s" * (300 + shift)] + [record(n) for n in range(1600)]
            write(folder, "%d-frames-%d" % (protocol, shift), value, protocol)


def main(arguments):
    command, rest = arguments[0], arguments[1:]
    if command == "golden":
        golden(rest[0])
    elif command == "edges":
        edges(rest[0])
    elif command == "random":
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for number in range(int(rest[2])):
                maker = Maker("%s %s" % (rest[1], number))
                value = [maker.value(4) for _ in range(maker.random.randint(0, 6))]
                if number % 3 == 0:
                    value = maker.value(5)
                write(rest[0], "%d-%d" % (protocol, number), value, protocol)
    elif command == "describe":
        for path in rest:
            with open(path, "rb") as file:
                print(describe(pickle.load(file)))
    elif command == "optimize":
        for path in rest:
            with open(path, "rb") as file:
                data = pickletools.optimize(file.read())
            with open(path, "wb") as file:
                file.write(data)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
