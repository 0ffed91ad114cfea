"""Pickles of objects of the standard library, and what they take.

    python objects.py

prints a JSON object a line: the pickle in hexadecimal digits, sys.getsizeof of what it
holds, and of all that this refers to, each object once. Runs on Python 2.7 and 3.
"""
from __future__ import print_function
import array
import collections
import datetime
import json
import pickle
import sys

try:
    import cPickle
except ImportError:
    cPickle = pickle

OrderedDict, defaultdict = collections.OrderedDict, collections.defaultdict

if sys.version_info[0] == 2:
    import copy_reg

    # As Python 3 writes it, with SETITEMS.
    copy_reg.pickle(OrderedDict, lambda value: (OrderedDict, (), None, None, iter(value.items())))


def parts(value):
    if isinstance(value, dict):
        for pair in dict.items(value):
            for part in pair:
                yield part
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield part
    if sys.version_info[0] == 2 and isinstance(value, OrderedDict):
        own = value.__dict__
        root, links = own["_OrderedDict__root"], own["_OrderedDict__map"]
        # As objects without parts: the rest was visited.
        for part in [Alone(own), Alone(root), Alone(links)]:
            yield part
        for link in links.values():
            yield Alone(link)


class Alone(object):
    def __init__(self, value):
        self.value = value


def total(value, seen):
    alone = isinstance(value, Alone)
    if alone:
        value = value.value
    if id(value) in seen:
        return 0
    seen[id(value)] = value
    size = sys.getsizeof(value)
    if not alone:
        size += sum(total(part, seen) for part in list(parts(value)))
    return size


def values():
    for length in [0, 1, 3, 5, 6, 10, 11, 50, 200]:
        numbers = [(1000 + i, i * 0.5) for i in range(length)]
        words = [("key %d" % i, i * 0.5) for i in range(length)]
        yield OrderedDict(numbers)
        yield OrderedDict(words)
        yield defaultdict(list, numbers)
        yield defaultdict(list, words)
        yield [OrderedDict(words), OrderedDict(words), defaultdict(None, words)]
    for length in [0, 1, 7, 8, 16, 17, 300, 1500]:
        for code in "bBhHiIlLfd" + ("qQ" if sys.version_info[0] > 2 else ""):
            yield array.array(code, range(length) if length < 100 else [100] * length)
        yield array.array("d", [i * 0.5 for i in range(length)])
        yield [array.array("f", [i * 0.5]) for i in range(length % 50)]
        # What the array is made of is that of the data too.
        yield [0.5, 1000, array.array("i", [1000] * length), array.array("L", [2 ** 64 - 1]), 1000]
    # From protocol 3 on these are bytes; before, a list of characters.
    yield Alone(array.array("u", u"\u0416 and others" * 9))
    yield Alone(array.array("u", u""))
    yield datetime.date(2020, 1, 2)
    yield datetime.datetime(2020, 1, 2, 3, 4, 5, 6)
    yield datetime.time(1, 2, 3)
    yield datetime.timedelta(1, 2, 3)
    yield [datetime.date(2000 + i, 1, 1) for i in range(30)]
    yield {"when": datetime.datetime(2020, 1, 2), "how long": datetime.timedelta(5)}


for value in values():
    least = 0
    if isinstance(value, Alone):
        value, least = value.value, 3
    for protocol in range(least, pickle.HIGHEST_PROTOCOL + 1):
        pickled = cPickle.dumps(value, protocol)
        loaded = cPickle.loads(pickled)
        print(json.dumps({
            "pickle": "".join("%02x" % byte for byte in bytearray(pickled)),
            "bytes": sys.getsizeof(loaded),
            "total": total(loaded, {}),
            "what": "%.80r of protocol %d" % (value, protocol),
        }))
