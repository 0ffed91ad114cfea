"""Who this interpreter is."""

import platform

try:
    import tracemalloc

    TRACES = True
except ImportError:
    TRACES = False
IMPLEMENTATION = platform.python_implementation().lower()
# "t" has no global lock, "d" has debug checks: objects differ in size.
FLAGS = "".join(flag for flag in getattr(sys, "abiflags", "") if flag in "td")
# CPython is what people mean by a number alone.
KIND = "" if IMPLEMENTATION == "cpython" else IMPLEMENTATION
print(
    json.dumps(
        {
            "name": IMPLEMENTATION + "-" + platform.python_version() + FLAGS,
            "short": "%s%d.%d%s" % ((KIND,) + tuple(sys.version_info[:2]) + (FLAGS,)),
            "version": " ".join(sys.version.split()),
            "python_2": PYTHON_2,
            "traces": TRACES,
            "executable": repr(os.path.realpath(sys.executable)),
        }
    )
)
