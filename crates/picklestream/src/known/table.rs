//! The table of known data: what is called, what comes of it, and where that is
//! written.

use crate::value::{Object, Value};

use super::parts::{How, made};
use super::{Known, arrays, atoms, containers, frames, zones};

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// What it is, in a word: the class, as people write it.
    pub title: &'static str,
    /// Module and name of what the pickle calls, by all the names that it has had.
    pub names: &'static [(&'static str, &'static str)],
    /// The source that says which arguments and state there are.
    pub source: &'static str,
    how: How,
    read: Read,
}

type Read = for<'a> fn(&'a Object, &'a [Value]) -> Option<Known<'a>>;

/// The row of an object, and what it reads.
pub(super) fn read(object: &Object) -> Option<Known<'_>> {
    if let Some((class, how, args)) = made(object) {
        let fits = |row: &&Row| {
            row.how == how
                && row
                    .names
                    .iter()
                    .any(|(module, name)| *name == class.name && *module == class.module)
        };
        if let Some(row) = ROWS.iter().find(fits) {
            return (row.read)(object, args);
        }
    }
    if let Some(zone) = zones::zone_info(object) {
        return Some(zone);
    }
    containers::named_tuple(object).map(Known::List)
}

/// Every row. Named tuples and `zoneinfo.ZoneInfo` are not told by a name, and
/// therefore not in it: see `containers.rs` and `zones.rs`.
pub static ROWS: &[Row] = &[
    Row {
        title: "collections.OrderedDict",
        names: &[("collections", "OrderedDict")],
        source: "CPython, Objects/odictobject.c: odict_reduce; 2.7 Lib/collections.py: __reduce__",
        how: How::Called,
        read: containers::ordered_dict,
    },
    Row {
        title: "collections.defaultdict",
        names: &[("collections", "defaultdict")],
        source: "CPython, Modules/_collectionsmodule.c: defdict_reduce",
        how: How::Called,
        read: containers::default_dict,
    },
    Row {
        title: "collections.Counter",
        names: &[("collections", "Counter")],
        source: "CPython, Lib/collections/__init__.py: Counter.__reduce__",
        how: How::Called,
        read: containers::counter,
    },
    Row {
        title: "collections.deque",
        names: &[("collections", "deque")],
        source: "CPython, Modules/_collectionsmodule.c: deque_reduce",
        how: How::Called,
        read: containers::deque,
    },
    Row {
        title: "types.SimpleNamespace",
        names: &[("types", "SimpleNamespace")],
        source: "CPython, Objects/namespaceobject.c: namespace_reduce",
        how: How::Called,
        read: containers::namespace,
    },
    Row {
        title: "datetime.datetime",
        names: &[("datetime", "datetime")],
        source: "CPython, Modules/_datetimemodule.c: datetime_getstate",
        how: How::Called,
        read: atoms::datetime,
    },
    Row {
        title: "datetime.date",
        names: &[("datetime", "date")],
        source: "CPython, Modules/_datetimemodule.c: date_getstate",
        how: How::Called,
        read: atoms::date,
    },
    Row {
        title: "datetime.time",
        names: &[("datetime", "time")],
        source: "CPython, Modules/_datetimemodule.c: time_getstate",
        how: How::Called,
        read: atoms::time,
    },
    Row {
        title: "datetime.timedelta",
        names: &[("datetime", "timedelta")],
        source: "CPython, Modules/_datetimemodule.c: delta_getstate",
        how: How::Called,
        read: atoms::duration,
    },
    Row {
        title: "datetime.timezone",
        names: &[("datetime", "timezone")],
        source: "CPython, Modules/_datetimemodule.c: timezone_getinitargs",
        how: How::Called,
        read: zones::fixed,
    },
    Row {
        title: "pytz.utc",
        names: &[("pytz", "_UTC")],
        source: "pytz, pytz/__init__.py: UTC.__reduce__",
        how: How::Called,
        read: zones::pytz_utc,
    },
    Row {
        title: "pytz.timezone",
        names: &[("pytz", "_p")],
        source: "pytz, pytz/tzinfo.py: DstTzInfo.__reduce__, StaticTzInfo.__reduce__",
        how: How::Called,
        read: zones::pytz,
    },
    Row {
        title: "dateutil.tz.tzutc",
        names: &[("dateutil.tz.tz", "tzutc"), ("dateutil.tz", "tzutc")],
        source: "dateutil, src/dateutil/tz/tz.py: tzutc, __reduce__ = object.__reduce__",
        how: How::New,
        read: zones::dateutil,
    },
    Row {
        title: "dateutil.tz.tzutc",
        names: &[("dateutil.tz.tz", "tzutc"), ("dateutil.tz", "tzutc")],
        source: "dateutil from 4.0 on, src/dateutil/tz/tz.py: tzutc",
        how: How::Called,
        read: zones::dateutil,
    },
    Row {
        title: "decimal.Decimal",
        names: &[("decimal", "Decimal")],
        source: "CPython, Modules/_decimal/_decimal.c: dec_reduce",
        how: How::Called,
        read: atoms::decimal,
    },
    Row {
        title: "fractions.Fraction",
        names: &[("fractions", "Fraction")],
        source: "CPython, Lib/fractions.py: Fraction.__reduce__",
        how: How::Called,
        read: atoms::fraction,
    },
    Row {
        title: "uuid.UUID",
        names: &[("uuid", "UUID")],
        source: "CPython, Lib/uuid.py: UUID.__getstate__",
        how: How::New,
        read: atoms::uuid,
    },
    Row {
        title: "range",
        names: &[
            ("builtins", "range"),
            ("builtins", "xrange"),
            ("__builtin__", "xrange"),
            ("__builtin__", "range"),
        ],
        source: "CPython, Objects/rangeobject.c: range_reduce",
        how: How::Called,
        read: atoms::range,
    },
    Row {
        title: "slice",
        names: &[("builtins", "slice"), ("__builtin__", "slice")],
        source: "CPython, Objects/sliceobject.c: slice_reduce",
        how: How::Called,
        read: atoms::slice,
    },
    Row {
        title: "pathlib.Path",
        names: &[
            ("pathlib", "PosixPath"),
            ("pathlib", "WindowsPath"),
            ("pathlib", "PurePosixPath"),
            ("pathlib", "PureWindowsPath"),
            ("pathlib._local", "PosixPath"),
            ("pathlib._local", "WindowsPath"),
            ("pathlib._local", "PurePosixPath"),
            ("pathlib._local", "PureWindowsPath"),
        ],
        source: "CPython, Lib/pathlib.py, in 3.13 Lib/pathlib/_local.py: PurePath.__reduce__",
        how: How::Called,
        read: atoms::path,
    },
    Row {
        title: "array.array",
        names: &[("array", "array")],
        source: "CPython, Modules/arraymodule.c: array_array___reduce_ex__",
        how: How::Called,
        read: arrays::array_array,
    },
    Row {
        title: "array.array since Python 3",
        names: &[("array", "_array_reconstructor")],
        source: "CPython, Modules/arraymodule.c: array_array___reduce_ex__, enum machine_format_code",
        how: How::Called,
        read: arrays::array_reconstructor,
    },
    Row {
        title: "numpy.ndarray",
        names: &[
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
        ],
        source: "numpy, numpy/_core/src/multiarray/methods.c: array_reduce, array_setstate",
        how: How::Called,
        read: arrays::ndarray,
    },
    Row {
        title: "numpy.ndarray in protocol 5",
        names: &[
            ("numpy.core.numeric", "_frombuffer"),
            ("numpy._core.numeric", "_frombuffer"),
        ],
        source: "numpy, numpy/_core/src/multiarray/methods.c: array_reduce_ex_picklebuffer",
        how: How::Called,
        read: arrays::from_buffer,
    },
    Row {
        title: "numpy scalar",
        names: &[
            ("numpy.core.multiarray", "scalar"),
            ("numpy._core.multiarray", "scalar"),
        ],
        source: "numpy, numpy/_core/src/multiarray/scalartypes.c.src: gentype_reduce",
        how: How::Called,
        read: arrays::scalar,
    },
    Row {
        title: "numpy.dtype",
        names: &[("numpy", "dtype")],
        source: "numpy, numpy/_core/src/multiarray/descriptor.c: arraydescr_reduce",
        how: How::Called,
        read: arrays::dtype,
    },
    Row {
        title: "pandas.Timestamp",
        names: &[
            ("pandas._libs.tslibs.timestamps", "Timestamp"),
            ("pandas._libs.tslibs.timestamps", "_unpickle_timestamp"),
        ],
        source: "pandas, pandas/_libs/tslibs/timestamps.pyx: Timestamp.__reduce__",
        how: How::Called,
        read: frames::timestamp,
    },
    Row {
        title: "pandas.Timedelta",
        names: &[
            ("pandas._libs.tslibs.timedeltas", "Timedelta"),
            ("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle"),
        ],
        source: "pandas, pandas/_libs/tslibs/timedeltas.pyx: Timedelta.__reduce__",
        how: How::Called,
        read: frames::timedelta,
    },
    Row {
        title: "pandas.NaT",
        names: &[
            ("pandas._libs.tslibs.nattype", "__nat_unpickle"),
            ("pandas._libs.tslibs.nattype", "_nat_unpickle"),
        ],
        source: "pandas, pandas/_libs/tslibs/nattype.pyx: NaTType.__reduce__",
        how: How::Called,
        read: frames::not_a_time,
    },
    Row {
        title: "pandas.NA",
        names: &[("pandas._libs.missing", "NA"), ("pandas", "NA")],
        source: "pandas, pandas/_libs/missing.pyx: NAType.__reduce__",
        how: How::Named,
        read: frames::not_available,
    },
    Row {
        title: "pandas.DataFrame",
        names: &[("pandas.core.frame", "DataFrame"), ("pandas", "DataFrame")],
        source: "pandas, pandas/core/generic.py: NDFrame.__getstate__; core/internals/managers.py",
        how: How::New,
        read: frames::data_frame,
    },
    Row {
        title: "pandas.Series",
        names: &[("pandas.core.series", "Series"), ("pandas", "Series")],
        source: "pandas, pandas/core/generic.py: NDFrame.__getstate__; core/internals/managers.py",
        how: How::New,
        read: frames::series,
    },
];

/// Whether an object is a part that known data is made of and no data itself: a
/// class among its arguments, a block of a table.
pub(super) fn is_structure(object: &Object) -> bool {
    let Some((class, ..)) = made(object) else {
        return false;
    };
    names_structure(&class.module, &class.name) || zones::is_unpickler(object)
}

/// Whether data of the table, or a part of such data, has this module and name.
pub(super) fn is_name(module: &str, name: &str) -> bool {
    let mut names = ROWS.iter().flat_map(|row| row.names);
    names.any(|known| *known == (module, name)) || names_structure(module, name)
}

fn names_structure(module: &str, name: &str) -> bool {
    let is_listed = |(known, names): &(&str, &[&str])| *known == module && names.contains(&name);
    arrays::CLASSES.contains(&(module, name)) || STRUCTURE.iter().any(is_listed)
}

/// Modules, and the names in them that only make data when they are called.
const STRUCTURE: &[(&str, &[&str])] = &[
    ("builtins", BUILTINS),
    ("__builtin__", BUILTINS),
    ("array", &["array"]),
    ("numpy", &["record", "generic"]),
    ("pandas._libs.internals", &["_unpickle_block"]),
    ("pandas._libs.arrays", &["__pyx_unpickle_NDArrayBacked"]),
    (
        "pandas._libs.tslibs.offsets",
        &["Day", "Hour", "Minute", "Second", "Milli", "Micro", "Nano"],
    ),
    (
        "pandas.core.internals.managers",
        &["BlockManager", "SingleBlockManager"],
    ),
    ("pandas.core.indexes.base", &["_new_Index", "Index"]),
    (
        "pandas.core.indexes.datetimes",
        &["_new_DatetimeIndex", "DatetimeIndex"],
    ),
    ("pandas.core.indexes.timedeltas", &["TimedeltaIndex"]),
    ("pandas.core.indexes.range", &["RangeIndex"]),
    ("pandas.core.indexes.multi", &["MultiIndex"]),
    (
        "pandas.core.indexes.numeric",
        &["Int64Index", "UInt64Index", "Float64Index"],
    ),
    ("pandas.core.arrays.datetimes", &["DatetimeArray"]),
    ("pandas.core.arrays.timedeltas", &["TimedeltaArray"]),
    (
        "pandas.core.arrays.string_",
        &["StringArray", "StringDtype"],
    ),
    ("pandas.core.arrays.string_arrow", &["ArrowStringArray"]),
    ("pandas.core.dtypes.dtypes", &["DatetimeTZDtype"]),
    (
        "pandas.arrays",
        &[
            "DatetimeArray",
            "TimedeltaArray",
            "StringArray",
            "ArrowStringArray",
        ],
    ),
    (
        "pandas",
        &[
            "Index",
            "RangeIndex",
            "MultiIndex",
            "DatetimeIndex",
            "TimedeltaIndex",
            "StringDtype",
            "DatetimeTZDtype",
        ],
    ),
    (
        "pyarrow.lib",
        &["_restore_array", "type_for_alias", "py_buffer"],
    ),
];

const BUILTINS: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "long",
    "object",
    "set",
    "str",
    "tuple",
    "unicode",
];

/// Values that lie in known data as data: see [`super::each_inner`].
pub(super) fn each_inner<E>(
    object: &mut Object,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    let inner = match read(object) {
        Some(Known::Dict(_) | Known::List(_)) => Inner::All,
        Some(Known::Array(_) | Known::Frame(_)) => Inner::Arrays,
        _ => Inner::None,
    };
    match inner {
        Inner::None => Ok(()),
        Inner::All => containers::each_inner(object, visit),
        Inner::Arrays => arrays::each_object(object, visit),
    }
}

/// Where data lies in known data.
enum Inner {
    None,
    /// Everywhere but in a class that is an argument.
    All,
    /// In the lists of arrays of objects, however deep.
    Arrays,
}
