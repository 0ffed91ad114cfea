"""Files of joblib, and what is in them.

    python make.py > joblib-VERSION.jsonl

One JSON object a line: a name, what is in the file in Python's notation with arrays as
their `tolist`, and by protocol the file in base64.

The files beside this one are of joblib 1.1 (CPython 3.11, numpy 1.26; 0.11 on 3.8 with
numpy 1.19 writes the same) and 1.6 (3.13, numpy 2.5).
"""
import base64
import io
import json
import sys

import joblib
import numpy as np


def listed(x):
    if isinstance(x, np.ndarray):
        return listed(x.tolist())
    if isinstance(x, dict):
        return {key: listed(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(listed(item) for item in x)
    return x


def cases():
    yield "floats", np.array([1.5, -2.5, 1e300])
    yield "two dimensions", np.arange(6, dtype="i4").reshape(2, 3)
    yield "Fortran's order", np.asfortranarray(np.arange(6, dtype="f4").reshape(2, 3))
    yield "big-endian", np.arange(4, dtype=">u2")
    yield "flags", np.array([True, False])
    yield "texts", np.array(["a", "bcd", "é"])
    yield "bytes", np.array([b"a", b"bcd"])
    yield "complex", np.array([1 + 2j])
    yield "records", np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i4"), ("b", "f8")])
    yield "none", np.empty((0, 3))
    yield "a number", np.array(7)
    yield "long", np.arange(1200)
    yield "objects", np.array([{"a": 1}, None, "text", [1.5]], dtype=object)
    yield "no array", {"plain": [1, 2, ("a", None)], "shape": (1, 2), "dtype": "f8"}
    one = np.arange(3)
    yield "the same twice", [one, one, "end"]
    yield "model", {
        "weights": [np.arange(n, dtype="f8") for n in range(1, 4)],
        "names": np.array(["x", "y", "names"], dtype=object),
        "bias": np.array([0.25], dtype="f4"),
        "labels": np.array(["names", "weights", "x"], dtype=object),
        "names again": ["x", "weights", "names"],
        "scale": np.array([[1, 2]], dtype="i8"),
    }
    yield "many", [("row %d" % n, np.full(n % 5, n), {"n": n}) for n in range(60)]


def dumped(value, protocol):
    file = io.BytesIO()
    joblib.dump(value, file, protocol=protocol)
    return file.getvalue()


for name, value in cases():
    line = {"name": name, "text": repr(listed(value)), "files": {}}
    for protocol in (0, 2, 4) if name not in ("many", "long") else (2, 4):
        made = dumped(value, protocol)
        file = io.BytesIO(made)
        assert repr(listed(joblib.load(file))) == line["text"], name
        line["files"][str(protocol)] = base64.b64encode(made).decode()
    print(json.dumps(line))
