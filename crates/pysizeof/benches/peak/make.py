"""Pickles whose cost in Python is measured: many shapes, 1 to 200 MB each.

    python3 make.py FOLDER [SCALE [NAME...]]

writes FOLDER/NAME.pkl, and FOLDER/NAME.small, a pickle of the same shape whose
loading imports what the other needs. SCALE, a fraction, makes all of them smaller;
names leave out the others.
The same files every time, with Python 3.8 or later.
"""
import array
import os
import pickle
import random
import sys

from classes import Named, Order, Slots, Wide

draw = random.Random(14)
LETTERS = [chr(64 + i) for i in range(26)]
WORDS = ["".join(draw.choices(LETTERS, k=draw.randrange(4, 12))) for _ in range(1000)]


def text(length):
    return "".join(draw.choices(LETTERS, k=length))


def one_tuple():
    return (draw.random(), text(20), draw.getrandbits(64))


def one_dict():
    return {"id": draw.getrandbits(40), "name": text(12), "city": draw.choice(WORDS),
            "score": draw.random(), "tags": draw.choices(WORDS, k=3), "active": True}


def with_attributes(value, count):
    value.identity = draw.getrandbits(40)
    value.name = text(12)
    value.weight = draw.random()
    for number in range(3, count):
        setattr(value, sys.intern("field_%d" % number), draw.choice(WORDS))
    return value


def many(make):
    return lambda n: [make() for _ in range(n)]


def number():
    return draw.getrandbits(draw.randrange(1, 64))


# Name, protocols, items of the whole one, what makes it of a number of items.
SHAPES = [
    ("tuples", [0, 2, 4], 400000, many(one_tuple)),
    ("dicts", [0, 2, 4], 150000, many(one_dict)),
    ("floats", [0, 2, 5], 2000000, many(draw.random)),
    ("integers", [2, 4], 2000000, many(number)),
    ("small-ints", [4], 5000000, many(lambda: draw.randrange(200))),
    ("strings", [1, 2, 4], 1000000, many(lambda: text(draw.randrange(3, 40)))),
    ("words", [2, 4], 3000000, many(lambda: draw.choice(WORDS))),
    ("unicode", [2, 4], 500000, many(lambda: text(10).replace("A", "\u0416").replace("B", "\u00e9"))),
    ("long-strings", [2, 4], 20000, many(lambda: text(draw.randrange(500, 5000)))),
    ("huge-strings", [2, 4], 40, many(lambda: WORDS[0] * 250000)),
    ("blobs", [2, 3, 4], 500000, many(lambda: os.urandom(3) * draw.randrange(1, 60))),
    ("bytearrays", [2, 5], 200000, many(lambda: bytearray(text(40), "ascii"))),
    ("mapping", [2, 4], 700000, lambda n: {text(12): draw.random() for _ in range(n)}),
    ("int-mapping", [2, 4], 1500000, lambda n: {i: i * 1000 for i in range(n)}),
    ("complex", [2, 4], 250000, many(lambda: complex(draw.random(), draw.random()))),
    ("sets", [2, 4], 60000, many(lambda: {draw.choice(WORDS) for _ in range(20)})),
    ("big-set", [2, 4], 1000000, lambda n: {draw.getrandbits(60) for _ in range(n)}),
    ("frozensets", [4], 100000, many(lambda: frozenset(draw.choices(WORDS, k=10)))),
    ("matrix", [2, 4], 4000, many(lambda: [draw.random() for _ in range(500)])),
    ("short-lists", [2, 4], 500000, many(lambda: [draw.random(), draw.random(), 1])),
    ("lists-of-dicts", [2], 20000, many(lambda: [{"a": i, "b": text(5)} for i in range(10)])),
    ("wide-dicts", [2, 4], 6000, many(lambda: {w: draw.random() for w in WORDS[:300]})),
    ("big-tuple", [0, 2, 4], 2000000, lambda n: tuple(draw.random() for _ in range(n))),
    ("nested", [2, 4], 60000, many(lambda: {"a": [{"b": (text(8), [1.5, {"c": text(9)}])} for _ in range(4)]})),
    ("instances", [0, 2, 4], 200000, many(lambda: with_attributes(Order(), 4))),
    ("wide-instances", [2, 4], 60000, many(lambda: with_attributes(Wide(), 12))),
    ("slots", [2, 4], 200000, many(lambda: with_attributes(Slots(), 3))),
    ("arrays", [2, 4], 30000, many(lambda: array.array("d", [draw.random() for _ in range(100)]))),
    ("long-arrays", [2, 4], 4000000, lambda n: [array.array("d", [draw.random() for _ in range(n // 8)]) for _ in range(8)]),
    ("named-tuples", [2, 4], 300000, many(lambda: Named(draw.random(), text(12), draw.getrandbits(40)))),
]


def main():
    folder = sys.argv[1]
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1
    names = sys.argv[3:]
    for name, protocols, items, make in SHAPES:
        if names and name not in names:
            continue
        draw.seed(14)
        small = make(10)
        value = make(max(10, int(items * scale)))
        for protocol in protocols:
            for ending, data in [("pkl", value), ("small", small)]:
                path = os.path.join(folder, "%s-%d.%s" % (name, protocol, ending))
                with open(path, "wb") as file:
                    pickle.dump(data, file, protocol)


main()
