# -*- coding: utf-8 -*-
"""Random nested values and their sizes, for any CPython from 2.7 on.

One JSON object a line: {"text": a literal, "compiled": its sizes,
"pickle": the same value as a pickle in hexadecimal, "unpickled": its sizes}.
Sizes are {"bytes": sys.getsizeof, "parts": [sizes of parts]}, without parts
for sets, whose order is nobody's business, and at the top "total": the sum
over all objects, each once.

The values are the same in every version: of `random`, only `random()` is.
"""
from __future__ import print_function, unicode_literals
import binascii, io, json, random, sys

try:
    import cPickle as pickle
except ImportError:
    import pickle

source = random.Random(8)


def below(limit):
    return int(source.random() * limit)


CHARACTERS = "abcxyz 019_-.", "abcäöüß", "aäΩжπ", "aж😀𝄞"


def text():
    # A lone character of Latin-1 is one object for the whole interpreter, and
    # keeps its UTF-8 once somebody asked for it.
    alphabet = CHARACTERS[below(8) % 5 % 4]
    length = below(below(90) + 1)
    if length == 1:
        return "aж"[below(2)]
    return "".join(alphabet[below(len(alphabet))] for _ in range(length))


def integer():
    # Neither 0 nor 1, which equal False and True: of equal items of a set
    # display, Python 2 keeps the last.
    kind = below(6)
    if kind == 0:
        return below(300) + 2
    if kind == 1:
        return -below(20) - 1
    bits = below(64) if kind < 4 else below(400)
    value = 1
    for _ in range(bits):
        value = 2 * value + below(2)
    return -value if below(3) == 0 else value + below(2) + 1


def leaf():
    """A literal of a value without parts."""
    kind = below(12)
    if kind < 3:
        return str(integer())
    if kind < 6:
        return "'" + text() + "'"
    if kind == 6:
        return repr(source.random() * 1000)
    if kind == 7:
        return ["None", "True", "False", "2j", "(1+2j)"][below(5)]
    if kind == 8:
        # Unlike any text: to Python 2, equal bytes and text are equal keys.
        return "b'" + "XYZ"[: 1 + below(3)] * (1 + below(30)) + "'"
    return ["1000", "'again'", "0.5", "b'AGAIN'", "70000000000", "7"][below(6)]


def hashable(depth):
    kind = below(12)
    if depth > 0 and kind < 2:
        return written(hashable, depth - 1, "(", ")")
    if depth > 0 and kind == 2:
        return "frozenset({%s})" % items(hashable, depth - 1, 1 + below(12)) if below(6) else "frozenset()"
    return leaf()


def count():
    return below(5) if below(9) else below(60)


def items(item, depth, length):
    return ", ".join(item(depth) for _ in range(length))


def written(item, depth, opening, closing):
    length = count()
    comma = "," if length == 1 and opening == "(" else ""
    return opening + items(item, depth, length) + comma + closing


def key(depth):
    # Mostly of one kind, as in real data.
    return "'" + text() + "'" if below(8) else hashable(1)


def number_key(depth):
    return str(integer())


def any_value(depth):
    kind = below(10)
    if depth == 0 or kind < 3:
        return leaf()
    if kind < 5:
        return written(any_value, depth - 1, "[", "]")
    if kind == 5:
        return written(any_value, depth - 1, "(", ")")
    if kind < 8:
        of = [key, key, number_key, hashable][below(4)]
        pairs = ("%s: %s" % (of(1), any_value(depth - 1)) for _ in range(count()))
        return "{%s}" % ", ".join(pairs)
    if kind == 8:
        members = [hashable, lambda _: leaf(), number_key][below(3)]
        return "{%s}" % items(members, depth - 1, 1 + count())
    return [
        "bytearray(b'%s')" % ("spam" * below(9)),
        written(lambda _: leaf(), 0, "[", "]"),
        "set()",
    ][below(3)]


def tree(value, seen):
    """Sizes of a value; `seen` gathers all objects by their identity."""
    parts = []
    if isinstance(value, dict):
        for pair in value.items():
            parts.extend(tree(part, seen) for part in pair)
    elif isinstance(value, (list, tuple)):
        parts.extend(tree(part, seen) for part in value)
    elif isinstance(value, (set, frozenset)):
        for part in value:
            tree(part, seen)
    seen[id(value)] = sys.getsizeof(value)
    return {"bytes": sys.getsizeof(value), "parts": parts}


def sizes(value):
    seen = {}
    told = tree(value, seen)
    told["total"] = sum(seen.values())
    return told


def evaluated(literal):
    source_text = literal.encode("utf-8") if sys.version_info[0] == 2 else literal
    # Without what this file asks of the future.
    return eval(compile(source_text, "literal", "eval", 0, True))


def twice(value):
    """With shared objects: what the memo is for."""
    return [value, [value], (value, "again", value)]


def main(number):
    literals = [any_value(3) for _ in range(number)]
    compiled = []
    for literal in literals:
        # Python 2 puts the items of a dict in an order of its own.
        compiled.append(sizes(evaluated(literal)))
    for index, literal in enumerate(literals):
        value = evaluated(literal)
        if index % 3 == 0:
            value = twice(value)
        protocol = index % (pickle.HIGHEST_PROTOCOL + 1)
        pickled = pickle.dumps(value, protocol)
        line = {
            "text": literal,
            "compiled": compiled[index],
            "pickle": binascii.hexlify(pickled).decode("ascii"),
            "unpickled": sizes(pickle.loads(pickled)),
        }
        print(json.dumps(line))


main(int(sys.argv[1]))
