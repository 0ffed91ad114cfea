"""Pickles of random nested data in which much is shared, and what lies at paths
into it. Runs on 2.7 and on 3.x.

    make.py DIR SEED COUNT

Each NAME.pkl has a NAME.txt beside it: a path a line, a tab, and what Python finds
there, as ../pickle/oracle.py describes it. The committed files were made by

    python2.7 make.py . 1 1; python3.11 make.py . 1 1
"""

from __future__ import print_function

import os
import pickle
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pickle"))
from oracle import describe, text  # noqa: E402


class Plain(object):
    """Its fields are found by their names."""


class Mine(dict):
    """Keys and fields."""


class Maker(object):
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.shared = []

    def name(self):
        return self.random.choice([u"a", u"b", u"rows", u"a key.with dots", u"it's", u"\u00e9"])

    def leaf(self):
        r = self.random
        some = [None, True, r.randint(-300, 70000), r.random(), self.name(), text(r.randint(0, 9))]
        return r.choice(some + [bytearray(b"x"), (1, u"a")])

    def value(self, depth):
        r = self.random
        if depth == 0 or r.random() < 0.15:
            return self.leaf()
        if self.shared and r.random() < 0.25:
            return r.choice(self.shared)
        made = self.container(depth - 1)
        if r.random() < 0.4:
            self.shared.append(made)
        return made

    def container(self, depth):
        r = self.random
        length = r.choice([0, 1, 2, 2, 3, 4])
        kind = r.randint(0, 9)
        if kind <= 2:
            return [self.value(depth) for _ in range(length)]
        if kind <= 4:
            return tuple(self.value(depth) for _ in range(length))
        if kind == 5:
            made = Plain()
            made.__dict__.update((k, self.value(depth)) for k in ["a", "rows"][:length])
            return made
        if kind == 6:
            made = Mine((self.name(), self.value(depth)) for _ in range(length))
            made.field = self.value(depth)
            return made
        keys = [self.name(), self.name(), r.randint(-2, 300), None, True]
        return dict((r.choice(keys), self.value(depth)) for _ in range(length))


def written(key):
    """A key as a step, or nothing if it has none."""
    if key is None or isinstance(key, bool):
        return "[%d]" % key if key is not None else "[None]"
    if isinstance(key, int):
        return "[%d]" % key
    if re.match(r"[a-z]+$", key):
        return ".%s" % key
    return "['%s']" % key.replace(u"'", u"\\'")


def parts(value, protocol):
    if isinstance(value, (list, tuple)):
        return [("[%d]" % place, item) for place, item in enumerate(value)]
    found = []
    # Before protocol 2 the keys are an argument of a call.
    if isinstance(value, dict) and not (isinstance(value, Mine) and protocol < 2):
        found = [(written(key), item) for key, item in value.items()]
    if isinstance(value, (Plain, Mine)):
        # Fields come before keys of the same name.
        found = [(step, item) for step, item in found if step[1:] not in value.__dict__]
        found += [("." + key, item) for key, item in value.__dict__.items()]
    return found


def paths(value, path, depth, protocol):
    yield path, value
    if depth > 0:
        for step, part in parts(value, protocol):
            for found in paths(part, path + step, depth - 1, protocol):
                yield found


def is_plain(value):
    if isinstance(value, (Plain, Mine)):
        return False
    return all(is_plain(part) for _, part in parts(value, 2))


def main(folder, seed, count):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for number in range(count):
            maker = Maker(seed * 1000 + number)
            root = dict((maker.name(), maker.value(4)) for _ in range(4))
            name = os.path.join(folder, "python%d-p%d-%d" % (sys.version_info[0], protocol, number))
            with open(name + ".pkl", "wb") as file:
                pickle.dump(root, file, protocol)
            with open(name + ".txt", "wb") as file:
                for path, value in paths(root, u"", 5, protocol):
                    if is_plain(value):
                        path = path[1:] if path.startswith(u".") else path
                        file.write((u"%s\t%s\n" % (path, describe(value))).encode("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
