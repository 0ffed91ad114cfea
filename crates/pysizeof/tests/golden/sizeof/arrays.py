"""Pickles of numpy's arrays and scalars, and what they take.

    python arrays.py

prints a JSON object a line, as random_objects.py does, of a Python that has numpy.
"""
import json, pickle, sys

import numpy


def parts(value):
    if isinstance(value, numpy.ndarray):
        yield value.dtype
        if value.base is not None:
            yield value.base
        if value.dtype.kind == "O":
            for part in value.ravel().tolist():
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


for value in values():
    for protocol in range(6):
        if protocol > pickle.HIGHEST_PROTOCOL:
            continue
        pickled = pickle.dumps(value, protocol)
        loaded = pickle.loads(pickled)
        print(json.dumps({
            "pickle": pickled.hex(),
            "bytes": size(loaded),
            "total": total(loaded, {}),
            "what": "%.60r of protocol %d" % (str(value), protocol),
        }))
