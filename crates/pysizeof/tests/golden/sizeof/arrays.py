"""Pickles of numpy's arrays and scalars, and what they take.

    python arrays.py

prints a JSON object a line, as random_objects.py does, of a Python that has numpy.
"""
import gc, json, pathlib, pickle, sys

import numpy


OWN = {}


def parts(value):
    if type(value).__module__.startswith("numpy") and hasattr(value, "__dict__"):
        yield value.__dict__
    if isinstance(value, numpy.ndarray):
        yield value.dtype
        if value.base is not None:
            yield value.base
        if value.dtype.kind == "O":
            for part in value.ravel().tolist():
                yield part
    elif isinstance(value, numpy.void):
        yield value.dtype
    elif isinstance(value, numpy.dtype) and value.kind in "mM":
        # Its metadata, which Python does not hand out.
        if numpy.__version__ < "2":
            yield OWN.setdefault(id(value), {})
    elif isinstance(value, numpy.dtype):
        if value.fields:
            yield value.names
            # The dict behind the proxy.
            for part in gc.get_referents(value.fields):
                yield part
    elif isinstance(value, pathlib.PurePath):
        for part in gc.get_referents(value):
            if not isinstance(part, type):
                yield part
    elif isinstance(value, memoryview):
        yield value.obj
    elif isinstance(value, dict):
        for pair in value.items():
            for part in pair:
                yield part
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield part


def size(value):
    # The column of 3.12 has the dtypes of numpy 1.
    is_dtype = isinstance(value, numpy.dtype) and sys.getsizeof(value) > 96
    return 96 if is_dtype else sys.getsizeof(value)


def total(value, seen):
    if id(value) in seen:
        return 0
    seen[id(value)] = value
    return size(value) + sum(total(part, seen) for part in list(parts(value)))


def values():
    for count in [1, 3, 10, 125, 126, 400, 3000]:
        for kind in ["f8", "i4", "u1", "c16", "U3", "S5"]:
            yield numpy.zeros(count, kind)
    yield numpy.zeros((3, 4, 5))
    yield numpy.zeros((1000, 2))
    yield numpy.asfortranarray(numpy.ones((30, 30)))
    yield [numpy.arange(5.0) + i for i in range(40)]
    yield [numpy.arange(500.0) + i for i in range(40)]
    yield {"one": numpy.arange(1000), "two": numpy.arange(3, dtype="f4"), "three": [numpy.arange(300)] * 2}
    yield numpy.array([1000, "text", None, 2.5, (1, 2)], object)
    yield [numpy.float64(i) for i in range(30)] + [numpy.int32(5), numpy.bool_(True), numpy.float32(1)]
    yield numpy.dtype("f8")
    record = numpy.dtype([("first", "i4"), ("second", "f8")])
    yield record
    yield numpy.zeros(3, record)
    yield numpy.zeros(3, record)[1]
    yield list(numpy.zeros(30, record))
    yield [numpy.zeros(2, "V7")[0], numpy.zeros(300, record), numpy.zeros(5, record)]
    yield [numpy.bytes_(b"bytes"), numpy.bytes_(b"more of them" * 50)]
    yield numpy.zeros(400, "M8[D]")
    yield [numpy.zeros(4, "m8[s]"), numpy.zeros(4, "M8[us]"), numpy.zeros(5, "M8[us]")]
    yield [numpy.datetime64("2020-01-02"), numpy.timedelta64(5), numpy.float16(1), numpy.complex128(2)]


def in_part():
    """What is known in part: with the classes that are not."""
    yield numpy.matrix([[1, 2]]), ["numpy.matrix"]
    yield [numpy.matrix([[1, 2]]), numpy.matrix([[3]]), numpy.arange(3)], ["numpy.matrix"]
    yield numpy.ma.array([1.5, 2, 3], mask=[0, 1, 0]), None
    yield [numpy.str_("te\u0416t"), numpy.bytes_(b"bytes")], ["numpy.str_"]
    yield numpy.zeros(3, [("first", "i4")]).view(numpy.recarray), None
    yield [numpy.zeros(3, [("first", "i4")]).view(numpy.recarray)[1]], ["numpy.record"]
    yield [pathlib.PurePosixPath("/a/b/c.txt"), pathlib.Path("some/folder")], None


every = [(value, []) for value in values()] + list(in_part())
for value, unknown in every:
    for protocol in range(6):
        if protocol > pickle.HIGHEST_PROTOCOL:
            continue
        pickled = pickle.dumps(value, protocol)
        OWN.clear()
        loaded = pickle.loads(pickled)
        print(json.dumps({
            "pickle": pickled.hex(),
            "bytes": size(loaded),
            "total": total(loaded, {}),
            "what": "%.60r of protocol %d" % (str(value), protocol),
            "unknown": unknown,
        }))
