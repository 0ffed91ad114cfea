# -*- coding: utf-8 -*-
"""Pickles of known data, and what is to be read out of them.

    python make.py standard|numpy|pandas > FILE.jsonl

One JSON object a line: the row of the table (`known::ROWS`), a name, what the data is
in Python's notation (`text`) and in JSON (`json`), and its pickles by protocol, in
base64. Of arrays and tables the text is that of their `tolist` or of their rows. Python
2 writes pickles alone: what is in them is told by the line of the same name that
Python 3 wrote.

The files beside this one are of CPython 2.7, 3.8 and 3.13 (`standard`), numpy 1.19
and 2 (`numpy`), and pandas 1.1, 1.5, 2.2 and 3 (`pandas`; `-arrow` with pyarrow).
"""
from __future__ import print_function, unicode_literals

import array
import base64
import collections
import datetime
import decimal
import fractions
import json
import pickle
import sys
import uuid

PYTHON2 = sys.version_info[0] == 2

Point = collections.namedtuple(str("Point"), str("x y"))


def duration(nanoseconds):
    sign = "-" if nanoseconds < 0 else ""
    seconds, fraction = divmod(abs(nanoseconds), 10 ** 9)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    fraction = (".%09d" % fraction).rstrip("0") if fraction else ""
    return "%sP%dDT%dH%dM%d%sS" % (sign, days, hours, minutes, seconds, fraction)


def plain(x):
    """What JSON has for it."""
    if isinstance(x, dict):
        return collections.OrderedDict((k, plain(v)) for k, v in x.items())
    if isinstance(x, (list, tuple, collections.deque)):
        return [plain(v) for v in x]
    if isinstance(x, array.array):
        return x.tolist() if x.typecode not in "uw" else "".join(x)
    if isinstance(x, (datetime.datetime, datetime.date, datetime.time)):
        zone = getattr(x, "tzinfo", None)
        key = getattr(zone, "key", None)
        return x.replace(tzinfo=None).isoformat() + "[%s]" % key if key else x.isoformat()
    if isinstance(x, datetime.timedelta):
        return duration(((x.days * 86400 + x.seconds) * 10 ** 6 + x.microseconds) * 1000)
    if type(x).__name__ == "timezone":
        return x.tzname(None)
    if type(x).__name__ == "ZoneInfo":
        return x.key
    if isinstance(x, (decimal.Decimal, uuid.UUID)) or "Path" in type(x).__name__:
        return str(x)
    if isinstance(x, fractions.Fraction):
        return "%d/%d" % (x.numerator, x.denominator)
    if isinstance(x, (slice, range)):
        return collections.OrderedDict(start=x.start, stop=x.stop, step=x.step)
    if type(x).__name__ == "SimpleNamespace":
        return plain(vars(x))
    return x


def standard():
    """Row, name, value; what this Python has not is left out."""
    D, C = datetime, collections
    ordered = C.OrderedDict([("b", 1), ("a", [D.date(2020, 1, 2), decimal.Decimal("1.50")])])
    filled = C.defaultdict(list)
    filled["k"].append((1.5, fractions.Fraction(-1, 3)))
    yield "collections.OrderedDict", "ordered", ordered
    yield "collections.OrderedDict", "ordered-empty", C.OrderedDict()
    yield "collections.defaultdict", "default", filled
    yield "collections.defaultdict", "default-none", C.defaultdict(None, {"a": 1})
    yield "collections.Counter", "counter", C.Counter({"a": 1, "b": 3})
    yield "collections.Counter", "counter-empty", C.Counter()
    yield "collections.deque", "deque", C.deque([1, "two", None])
    yield "collections.deque", "deque-most", C.deque([1, 2, 3, 4], maxlen=3)
    yield "collections.deque", "deque-none", C.deque([], maxlen=0)
    yield "datetime.datetime", "datetime", D.datetime(2020, 1, 2, 3, 4, 5)
    yield "datetime.datetime", "datetime-micro", D.datetime(1, 1, 1, 0, 0, 0, 6)
    yield "datetime.datetime", "datetime-last", D.datetime.max
    yield "datetime.datetime", "datetimes", [D.datetime(1999 + n, 2, 28, 23, 59, n) for n in range(60)]
    yield "datetime.date", "date", D.date(2020, 2, 29)
    yield "datetime.date", "dates", [D.date(1000 + 100 * n, 1, 1) for n in range(80)]
    yield "datetime.time", "time", D.time(3, 4)
    yield "datetime.time", "time-micro", D.time(23, 59, 59, 999999)
    yield "datetime.timedelta", "delta", D.timedelta(1, 2, 3)
    yield "datetime.timedelta", "delta-none", D.timedelta()
    yield "datetime.timedelta", "delta-less", D.timedelta(-1, 5)
    yield "decimal.Decimal", "decimal", decimal.Decimal("-1.250")
    yield "decimal.Decimal", "decimals", [decimal.Decimal(x) for x in ("NaN", "-Infinity", "1E+20", "0")]
    yield "fractions.Fraction", "fraction", fractions.Fraction(10 ** 50, 3)
    yield "uuid.UUID", "uuid", uuid.UUID(int=5)
    yield "uuid.UUID", "uuid-wide", uuid.UUID(int=2 ** 128 - 1)
    for code in "bBhHiIlLfd":
        yield "array.array", "array-" + code, array.array(str(code), [0, 1, 100])
    yield "array.array", "array-empty", array.array(str("d"))
    yield "array.array", "array-u", array.array(str("u"), "añ")
    yield "array.array", "array-float", array.array(str("d"), [0.1, -1e300])
    # Only with a name of their own module, which is this file's.
    yield "named tuple", "point", Point(1, [D.date(2020, 1, 2)])
    if PYTHON2:
        yield "range", "range", xrange(0, 5, 1)
        return
    import pathlib
    import types

    def zone(**delta):
        return D.timezone(D.timedelta(**delta))

    yield "range", "range", range(5)
    yield "range", "range-step", range(10 ** 30, 0, -3)
    yield "collections.Counter", "counter-ties", C.Counter({"a": 1, "z": 3, "b": 3, "c": 1.5, "d": -1})
    yield "slice", "slice", slice(1, None)
    yield "slice", "slices", [slice(None), slice("a", 2.5, -1)]
    yield "array.array since Python 3", "array-q", array.array("q", [-1, 2 ** 62])
    yield "types.SimpleNamespace", "namespace", types.SimpleNamespace(a=1, b=D.date(2020, 1, 2))
    yield "types.SimpleNamespace", "namespace-empty", types.SimpleNamespace()
    yield "datetime.datetime", "datetime-fold", D.datetime(2020, 1, 2, 3, fold=1)
    yield "datetime.datetime", "datetime-utc", D.datetime(2020, 1, 2, 3, tzinfo=D.timezone.utc)
    yield "datetime.datetime", "datetime-zone", D.datetime(2020, 1, 2, 3, fold=1, tzinfo=zone(hours=-5))
    yield "datetime.time", "time-zone", D.time(1, fold=1, tzinfo=zone(hours=1))
    yield "datetime.timezone", "zone", zone(minutes=-90)
    yield "datetime.timezone", "zone-utc", D.timezone.utc
    yield "datetime.timezone", "zone-name", D.timezone(D.timedelta(hours=1), "it's")
    for name, path in [("posix", "/a/b.txt"), ("relative", "a//b/./c"), ("empty", ""), ("root", "/")]:
        yield "pathlib.Path", "path-" + name, pathlib.PurePosixPath(path)
    for name, path in [("drive", "c:/x/y"), ("share", "//host/share/x"), ("slash", "a\\b"), ("alone", "c:/")]:
        yield "pathlib.Path", "path-" + name, pathlib.PureWindowsPath(path)
    yield "pathlib.Path", "path", pathlib.Path("a/b")
    if sys.version_info >= (3, 7):
        yield "datetime.timezone", "zone-odd", zone(hours=-5, seconds=-1, microseconds=5)
        yield "datetime.datetime", "datetime-odd", D.datetime(2020, 1, 2, tzinfo=zone(seconds=-1))
    if sys.version_info >= (3, 9):
        import zoneinfo

        yield "zoneinfo.ZoneInfo", "zone-rome", zoneinfo.ZoneInfo("Europe/Rome")
        yield "zoneinfo.ZoneInfo", "datetime-rome", D.datetime(2020, 1, 2, 3, tzinfo=zoneinfo.ZoneInfo("Europe/Rome"))


def listed(x):
    """An array as lists, also where one lies within an element."""
    import numpy as np

    if isinstance(x, np.ndarray):
        return listed(x.tolist())
    if isinstance(x, list):
        return [listed(v) for v in x]
    if isinstance(x, tuple):
        return tuple(listed(v) for v in x)
    return x


def instants(x):
    """An array of instants or durations as JSON has it."""
    import numpy as np

    if x.ndim:
        return [instants(v) for v in x]
    if np.isnat(x):
        return None
    unit = np.datetime_data(x.dtype)[0]
    if x.dtype.kind == "m":
        if unit in "YM":
            return int(x.astype("i8"))
        return duration(int(x.astype("m8[ns]").astype("i8")))
    if unit in "YM":
        return str(x)
    if unit in "WD":
        return str(x.astype("M8[D]"))
    text = str(x.astype("M8[ns]"))
    if text.endswith("." + "0" * 9):
        return text[:-10]
    return text[:-3] if text.endswith("000") else text


def numpy():
    import numpy as np

    A = "numpy.ndarray"
    for kind in ["?", "i1", "<i2", ">i4", "<i8", "u1", ">u2", "<u4", "<u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
        yield A, "array-" + kind, np.array([0, 1, 100, 0.5], kind)
    yield A, "array-signs", np.array([-1, -(2 ** 63), 2 ** 63 - 1], "i8")
    yield A, "array-wide", np.array([2 ** 64 - 1], ">u8")
    yield A, "array-empty", np.array([])
    yield A, "array-rows", np.arange(6).reshape(2, 3)
    yield A, "array-columns", np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3))
    yield A, "array-cube", np.asfortranarray(np.arange(24, dtype="i1").reshape(2, 3, 4))
    yield A, "array-point", np.array(1.5)
    yield A, "array-hollow", np.zeros((2, 0, 3))
    yield A, "array-step", np.arange(10)[::3]
    yield A, "array-bytes", np.array([b"ab", b"c", b""])
    yield A, "array-text", np.array(["ab", "é\U0001f600", ""])
    yield A, "array-text-big", np.array(["ab", "c"], ">U3")
    yield A, "array-objects", np.array([1, "a", None, [2.5, datetime.date(2020, 1, 2)]], object)
    yield A, "array-object-rows", np.asfortranarray(np.array([[1, "a"], [None, 2.5]], object))
    yield A, "array-struct", np.array([(1, 2.5, "x"), (3, 4.5, "yz")], [("a", "<i4"), ("b", ">f8"), ("c", "U2")])
    yield A, "array-struct-sub", np.array([(1, [[1, 2], [3, 4]])], [("a", "i1"), ("b", ">i2", (2, 2))])
    yield A, "array-struct-within", np.array([(1, (2, 3))], [("a", "i1"), ("b", [("c", "u1"), ("d", "<f4")])])
    yield A, "array-record", np.rec.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])
    yield A, "array-matrix", np.matrix([[1, 2], [3, 4]])
    for unit in "Y M W D h m s ms us ns".split():
        yield A, "instants-" + unit, np.array(["2020-01-01", "1969-12-31", "NaT"], "M8[%s]" % unit)
        yield A, "durations-" + unit, np.array([1, -90, "NaT"], "m8[%s]" % unit)
    yield A, "instants-odd", np.array(["2020-01-02T03:04:05.000006789"], "M8[ns]")
    yield A, "instants-big", np.array(["2020-01-02T03:04:05.000006"], ">M8[us]")
    yield A, "instants-far", np.array(["12020-01-02"], "M8[D]")
    yield "numpy scalar", "scalar-float", np.float64(1.5)
    yield "numpy scalar", "scalar-int", np.int32(-4)
    yield "numpy scalar", "scalar-bool", np.bool_(True)
    yield "numpy scalar", "scalar-text", np.str_("abc")
    yield "numpy scalar", "scalar-instant", np.datetime64("2020-01-02T03:04:05", "us")
    yield "numpy scalar", "scalar-day", np.datetime64("2020-01-02", "D")
    yield "numpy.dtype", "dtype", np.dtype("f8")
    yield A, "nested", {"a": [np.arange(3), np.float32(0.5)]}


def numpy_forms(x):
    import numpy as np

    if isinstance(x, dict):
        return ({"a": [[0, 1, 2], 0.5]},) * 2
    if isinstance(x, np.dtype):
        return x, x.name
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "mM":
        return x.tolist(), instants(np.asarray(x))
    return listed(x.tolist()), listed(x.tolist())


def tables():
    import numpy as np
    import pandas as pd

    days = pd.to_datetime([pd.Timestamp("2020-01-01"), pd.Timestamp("2021-02-03 04:05:06.000007"), None])
    mixed = pd.DataFrame(
        collections.OrderedDict(
            [
                ("i", [1, 2, 3]),
                ("f", [1.5, None, -2.0]),
                ("s", ["a", None, "é"]),
                ("b", [True, False, True]),
                ("d", days),
                ("j", [4, 5, 6]),
                ("o", [[1], None, {"k": 2.5}]),
                ("t", pd.to_timedelta([1, 2, None], "s")),
                ("g", [7, 8, 9]),
            ]
        )
    )
    D, S = "pandas.DataFrame", "pandas.Series"
    yield D, "mixed", mixed
    yield D, "named-index", mixed[["i", "f"]].set_index(pd.Index(["x", "y", "z"], name="key"))
    yield D, "date-index", mixed[["i"]].set_index(pd.DatetimeIndex(["2020-01-01", "2020-01-02", "2020-01-03"], name="when"))
    yield D, "odd-index", mixed[["i", "f"]][mixed.i != 2]
    yield D, "range-part", mixed[["i", "f"]].iloc[1:]
    yield D, "levels", mixed[["i"]].set_index(pd.MultiIndex.from_tuples([("x", 1), ("y", 2), ("x", 3)], names=["k", "n"]))
    yield D, "numbered", pd.DataFrame([[1, 2.5], [3, 4.5]])
    yield D, "column-levels", pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)]))
    yield D, "empty", pd.DataFrame({"a": [], "b": []})
    yield D, "float32", pd.DataFrame({"a": np.array([0.5, 1.5], "f4"), "b": np.array([1, 2], "u1")})
    yield D, "zone", pd.DataFrame({"a": pd.DatetimeIndex(["2020-01-01 12:00", None]).tz_localize("UTC")})
    yield S, "series", pd.Series([1.5, 2.5], name="x")
    yield S, "series-days", pd.Series(days, name="d")
    yield S, "series-text", pd.Series(["a", None, "c"], name="s", index=["p", "q", "r"])
    yield "pandas.Timestamp", "timestamp", pd.Timestamp("2020-01-02 03:04:05")
    yield "pandas.Timestamp", "timestamp-nano", pd.Timestamp("2020-01-02 03:04:05.000000001")
    yield "pandas.Timestamp", "timestamp-utc", pd.Timestamp("2020-01-02", tz="UTC")
    yield "pandas.Timedelta", "timedelta", pd.Timedelta("1 day 2.5s")
    yield "pandas.Timedelta", "timedelta-less", pd.Timedelta(-1)
    try:
        import dateutil.tz
        import pytz
    except ImportError:
        pytz = None
    if pytz:
        day = datetime.datetime(2020, 1, 2)
        yield "pytz.utc", "pytz-utc", day.replace(tzinfo=pytz.utc)
        yield "pytz.timezone", "pytz-rome", pytz.timezone("Europe/Rome").localize(day)
        yield "pytz.timezone", "pytz-lima", pytz.timezone("America/Lima").localize(day)
        yield "pytz.timezone", "pytz-sydney", pytz.timezone("Australia/Sydney").localize(day)
        yield "dateutil.tz.tzutc", "dateutil", day.replace(tzinfo=dateutil.tz.tzutc())
    yield "pandas.NaT", "nat", pd.NaT
    yield "pandas.NA", "na", pd.NA
    yield D, "refused-categories", pd.DataFrame({"a": pd.Categorical(["x", "y"]), "b": [1, 2]})
    yield D, "refused-missing", pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [1, 2]})
    yield D, "refused-sparse", pd.DataFrame({"a": pd.arrays.SparseArray([0, 1]), "b": [1, 2]})


def records(x):
    """Rows as dicts; an index that is more than a count comes first."""
    import pandas as pd

    if isinstance(x, pd.Series):
        x = x.to_frame()
    if not isinstance(x.index, pd.RangeIndex) or x.index.name is not None:
        x = x.reset_index()
    columns = [[python(cell) for cell in x.iloc[:, n]] for n in range(x.shape[1])]
    return [dict(zip(x.columns.tolist(), row)) for row in zip(*columns)]


def python(cell):
    """A cell without numpy's types."""
    return cell.item() if type(cell).__module__ == "numpy" else cell


def missing(cell):
    import pandas as pd

    if isinstance(cell, dict):
        return {k: missing(v) for k, v in cell.items()}
    if isinstance(cell, list):
        return [missing(v) for v in cell]
    if type(cell) is datetime.datetime:
        return cell.isoformat()
    if isinstance(cell, pd.Timedelta):
        return duration(int(cell.value) if not hasattr(cell, "as_unit") else int(cell.as_unit("ns").value))
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    return cell.isoformat() if isinstance(cell, pd.Timestamp) else cell


def pandas_forms(x):
    import pandas as pd

    if isinstance(x, (pd.DataFrame, pd.Series)):
        rows = records(x)
        return rows, missing(rows)
    return x, missing(x)


def main():
    what = sys.argv[1]
    cases = {"standard": standard, "numpy": numpy, "pandas": tables}[what]()
    for row, name, value in cases:
        line = collections.OrderedDict(row=row, name=name)
        if not PYTHON2:
            if name.startswith("refused"):
                text, data = "", ""
            else:
                if what == "standard":
                    forms = value, plain(value)
                else:
                    forms = numpy_forms(value) if what == "numpy" else pandas_forms(value)
                text = repr(tuple(value) if row == "named tuple" else forms[0])
                try:
                    data = json.dumps(forms[1], ensure_ascii=False)
                except TypeError:
                    data = ""
            line["text"], line["json"] = text, data
        line["pickles"] = collections.OrderedDict()
        protocols = {"standard": range(6), "numpy": [0, 2, 5], "pandas": [2, 5]}[what]
        for protocol in protocols:
            if protocol <= pickle.HIGHEST_PROTOCOL:
                made = pickle.dumps(value, protocol)
                if what == "standard" and "fold=1" in repr(value) and protocol < 4:
                    continue  # Which of two times it is, older protocols do not say.
                made = base64.b64encode(made).decode("ascii")
                if made not in line["pickles"].values():
                    line["pickles"][str(protocol)] = made
        print(json.dumps(line))


main()
