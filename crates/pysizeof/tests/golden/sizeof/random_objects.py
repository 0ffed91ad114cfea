"""Random values with objects among them, as pickles, and what they take.

    python random_objects.py 2000

prints a JSON object a line: the pickle in hexadecimal digits, sys.getsizeof of what it
holds, and of all that this refers to, each object once. Runs on Python 2.7 and 3.

Each pickle is loaded by classes of which there was no instance before, as in a process
that loads one: instances share their keys with their class.
"""
from __future__ import print_function
import array, binascii, collections, datetime, decimal, fractions, json, pickle, random, sys, uuid

try:
    import cPickle
except ImportError:
    cPickle = pickle

PYTHON_2 = sys.version_info[0] == 2
source = random.Random(14)

CLASSES = """
class Plain(object):
    pass

class Other(object):
    pass

class Empty(object):
    pass

class OldStyle:
    pass

class Mapping(dict):
    pass

class Slots(object):
    __slots__ = ("first", "second", "third")

class Slot(object):
    __slots__ = ("first",)

class SlotsAndDict(Slots):
    pass
"""

Point = collections.namedtuple("Point", ["across", "down"])
Row = collections.namedtuple("Row", ["one", "two", "three", "four", "five"])


def below(limit):
    return int(source.random() * limit)


def new_classes():
    exec(CLASSES, globals())


NAMES = ["name", "number", "parent", "weight", "children", "status"] + ["field_%d" % i for i in range(40)]


def attributes(value, depth, names):
    for name in names:
        # As attribute names in a program are.
        setattr(value, sys.intern(name) if not PYTHON_2 else intern(name), some(depth - 1))
    return value


def instance(depth):
    kind = below(10)
    if kind < 4:
        return attributes(Plain(), depth, NAMES[:1 + below(5)])
    if kind == 4:
        return attributes(Other(), depth, NAMES[:below(4) * below(12)])
    if kind == 5:
        names = NAMES[:6]
        names = names[below(3):] if below(2) else names[::-1]
        return attributes(Other(), depth, names)
    if kind == 6:
        return Empty()
    if kind == 7:
        return attributes(OldStyle(), depth, NAMES[:below(8)])
    if kind == 8 and source.protocol >= 2:
        return attributes(Slots(), depth, Slots.__slots__) if below(2) else attributes(Slot(), depth, Slot.__slots__)
    # 3.13 gives these no values of their own, and its column is that of 3.12.
    if kind == 9 and source.protocol >= 2 and sys.version_info < (3, 13):
        return attributes(SlotsAndDict(), depth, list(Slots.__slots__) + NAMES[:1 + below(3)])
    return Point(some(depth - 1), some(depth - 1)) if below(2) else Row(*(some(depth - 1) for _ in range(5)))


def number():
    return [0.5 + below(100), 1000 + below(10 ** 6), below(10), 2 ** 70 + below(2 ** 30)][below(4)]


def word():
    return "".join("abcdefgh"[below(8)] for _ in range(2 + below(20)))


def digits():
    return str(2 + below(7)) + "".join(str(below(10)) for _ in range(below(9) ** 2))


def fraction():
    if PYTHON_2:
        # Of a long and an int, it depends on their values what becomes of the int.
        return fractions.Fraction(3 + below(10 ** 6), 1 + below(10 ** 6))
    return fractions.Fraction(int(digits()) + 2, int(digits()) + 1)


def mapping(depth):
    value = Mapping((word(), some(depth - 1)) for _ in range(1 + below(8)))
    return attributes(value, depth, NAMES[:below(3)])


def numbers():
    code = "bBhHiIlLfd"[below(10)]
    size = array.array(code).itemsize
    length = below(4) * below(60)
    if code in "fd":
        return array.array(code, [number() % 10 ** 9 for _ in range(length)])
    # Of all bits and of few, and with those that exist once.
    bits = 1 + below(8 * size - 1) if below(2) else 8 * size - (code.islower())
    least = -2 ** bits if code.islower() and below(2) else 0
    values = [least] * below(2) + [min(max(least, 0) + below(2 ** min(bits, 52)), 2 ** bits - 1) for _ in range(length)]
    if code in "LQ" and below(2):
        values.append(2 ** (8 * size) - 1)
    return array.array(code, values)


def standard(depth):
    kind = below(17 if PYTHON_2 else 21) - 1
    pairs = [(word(), some(depth - 1)) for _ in range(below(8))]
    if kind < 0:
        return numbers()
    if kind == 0:
        # 2.7 writes it as a list of lists.
        return collections.OrderedDict(pairs) if not PYTHON_2 else dict(pairs)
    if kind == 1:
        return collections.defaultdict([None, list, set, int][below(4)], pairs)
    if kind == 2:
        return datetime.datetime(2000 + below(30), 1 + below(12), 1 + below(28), below(24))
    if kind == 3:
        return datetime.date(2000 + below(30), 1 + below(12), 1 + below(28))
    if kind == 4:
        return datetime.timedelta(below(1000), below(1000))
    if kind == 5:
        return datetime.time(below(24), below(60))
    if kind < 8:
        return collections.Counter(dict((word(), 1000 + below(9)) for _ in range(below(30))))
    if kind < 10:
        return collections.deque([some(depth - 1) for _ in range(below(5) * below(60))])
    if kind == 10:
        return decimal.Decimal(digits() + "." + digits())
    if kind == 11:
        return fraction()
    if kind == 12:
        return uuid.UUID(int=2 ** 120 + below(2 ** 40))
    if kind < 15:
        return mapping(depth) if source.protocol >= 2 else fraction()
    if kind == 15:
        return decimal.Decimal("-0.00%s" % digits())
    if kind == 16:
        return range(1000 + below(9), 2000 + 1000 * below(9), 300 + below(9))
    if kind == 17:
        return slice(below(9), 1000 + below(9), None)
    if kind == 18:
        from types import SimpleNamespace
        return SimpleNamespace(**dict(pairs))
    zone = datetime.timezone(datetime.timedelta(hours=below(3)))
    return datetime.datetime(2000 + below(30), 1, 2, tzinfo=zone)


def some(depth):
    kind = below(12)
    if depth <= 0 or kind < 3:
        return number() if below(2) else word()
    if kind < 7:
        return instance(depth)
    if kind == 7:
        return [some(depth - 1) for _ in range(below(8))]
    if kind == 8:
        return dict((word(), some(depth - 1)) for _ in range(below(8)))
    if kind == 9:
        return tuple(some(depth - 1) for _ in range(below(4)))
    return standard(depth)


def root():
    value = some(4)
    kind = below(4)
    if kind == 0:
        return [some(2) for _ in range(below(60))]
    if kind == 1:
        return [value, [value], value]
    return value


class Alone(object):
    """An object whose parts are told beside it."""

    def __init__(self, value):
        self.value = value


class Own(object):
    """An object that only another one has, as much as Python does not hand it out."""

    def __init__(self, value, key=None):
        self.value = value
        self.key = key


def parts(value):
    kind = type(value)
    if isinstance(value, dict):
        for pair in dict.items(value):
            for part in pair:
                yield part
        if kind is Mapping and (PYTHON_2 or hasattr(value, NAMES[0])):
            yield value.__dict__
    elif isinstance(value, (list, tuple, collections.deque)):
        for part in value:
            yield part
    elif kind is fractions.Fraction:
        yield value.numerator
        yield value.denominator
    elif kind is uuid.UUID and not PYTHON_2:
        yield value.int
    elif kind is uuid.UUID:
        yield Alone(value.__dict__)
        yield value.int
    elif kind is decimal.Decimal and PYTHON_2:
        if len(value._int) > 1:
            yield value._int
    elif kind is slice or not PYTHON_2 and kind is range:
        yield value.start
        yield value.stop
        yield value.step
        if kind is not slice:
            # What it keeps of it is another object.
            yield Own(len(value))
    elif kind is datetime.datetime and value.tzinfo:
        yield value.tzinfo
    elif not PYTHON_2 and kind is datetime.timezone:
        yield Own(value.utcoffset(None), id(value))
    elif kind.__name__ == "SimpleNamespace":
        yield value.__dict__
    elif kind in (Slots, Slot, SlotsAndDict):
        for name in Slot.__slots__ if kind is Slot else Slots.__slots__:
            yield getattr(value, name)
        if kind is SlotsAndDict:
            yield value.__dict__
    elif PYTHON_2 and isinstance(value, OldStyle):
        yield value.__dict__
    elif kind in (Plain, Other, Empty, OldStyle):
        # Asking for a dict makes one where there was none. 2.7 has its state written
        # though it is empty.
        has_state = hasattr(value, NAMES[0]) or hasattr(value, NAMES[5])
        if has_state or PYTHON_2 and source.protocol == 2:
            yield value.__dict__


def size(value):
    # 3.13's has a header of 16 bytes for the collector; its column is that of 3.12.
    more = 16 if type(value) is decimal.Decimal and sys.version_info >= (3, 13) else 0
    return sys.getsizeof(value) - more


def total(value, seen):
    if isinstance(value, Own):
        small = isinstance(value.value, int) and value.value < 257
        key = ("of", value.key or id(value))
        return total(value.value, seen) if small else 0 if seen.setdefault(key, value) is not value else size(value.value)
    is_alone = isinstance(value, Alone)
    if is_alone:
        value = value.value
    if id(value) in seen:
        return 0
    seen[id(value)] = value
    return size(value) + sum(total(part, seen) for part in ([] if is_alone else list(parts(value))))


def main(count):
    for index in range(count):
        protocol = index % (pickle.HIGHEST_PROTOCOL + 1)
        source.protocol = protocol
        new_classes()
        pickled = cPickle.dumps(root(), protocol)
        new_classes()
        loaded = cPickle.loads(pickled)
        print(json.dumps({
            "pickle": binascii.hexlify(pickled).decode("ascii"),
            "bytes": size(loaded),
            "total": total(loaded, {}),
            "what": "%d %.80r of protocol %d" % (index, loaded, protocol),
        }))


main(int(sys.argv[1]))
