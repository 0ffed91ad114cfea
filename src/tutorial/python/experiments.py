"""The tutorial's experiments, in Python.

One run of this script is one function in a fresh process. `process.py` comes
before it: the job, its limits and its meters. The lines that start it also put
its own text into SOURCE.
"""

import ast
import copy
import itertools
import pickle
import random
from array import array
from binascii import unhexlify

try:
    import cPickle

    irange = xrange
except ImportError:
    import pickle as cPickle  # It is the one in C by now.

    irange = range

LINES = SOURCE.splitlines()


# -- Measuring ----------------------------------------------------------------


class step(object):
    """Measures the block below it, which goes by its first line's text."""

    def __init__(self, name):
        self.name = name
        self.line = sys._getframe(1).f_lineno + 1

    def __enter__(self):
        gc.collect()
        METER.begin()
        self.began = clock()

    def __exit__(self, failure, *_):
        seconds = clock() - self.began
        if failure is not None:
            return
        row = METER.end()
        gc.collect()
        row.update(METER.collected())
        row.update(
            name=self.name,
            file="experiments.py",
            line=self.line,
            source=LINES[self.line - 1].strip(),
            times=1,
            start_seconds=self.began - STARTED,
            seconds=seconds,
        )
        STEPS.append(row)


def malloc_trim():
    """glibc's malloc_trim(3), or None where the C library has none."""
    try:
        import ctypes

        return ctypes.CDLL(None).malloc_trim
    except (ImportError, AttributeError, OSError, TypeError):
        return None


# -- Records ------------------------------------------------------------------

# From a byte to one of the tutorial's letters, "@" to "Y".
LETTERS = bytes(bytearray(64 + byte * 26 // 256 for byte in range(256)))


def tuples(records):
    """The tutorial's records, from a seed: the same in every version.

    The tutorial has `random.random()`, 20 times `chr(64 + randint(0, 25))` and
    `randint(0, 2**64)`. `randint` takes a microsecond each time; this takes the
    same from `getrandbits`. Types and sizes are the tutorial's, and every
    string and every integer is an object of its own.
    """
    rng = random.Random(JOB["seed"])
    for _ in irange(records):
        text = unhexlify("%040x" % rng.getrandbits(160)).translate(LETTERS)
        if not PYTHON_2:
            text = text.decode("ascii")
        # Of Python 2's two kinds of integer, int() takes the small one if it
        # can, as randint does.
        yield rng.random(), text, int(rng.getrandbits(64))


def check(data, records):
    """Fails unless these are the records. Looks at a part of them: time."""
    some = list(itertools.islice(data, 1000))
    if len(data) != records or some != list(tuples(min(records, 1000))):
        raise ValueError("what was read is not what was written")


def split(line):
    """A record from its text, knowing how it looks."""
    number, text, integer = line[1:-2].split(", ")
    # Python 2 puts an L behind its large integers.
    return float(number), text[1:-1], int(integer.rstrip("L"))


PARSE = {"eval": eval, "literal_eval": ast.literal_eval, "split": split}

# Python 2's array has no "Q", and its "L" is large enough on most systems.
UNSIGNED = "L" if array("L").itemsize == 8 else "Q"


def new_columns(records):
    return array("d", [0]) * records, bytearray(20) * records, array(UNSIGNED, [0]) * records


def fill(columns, records):
    numbers, texts, integers = columns
    for at, (number, text, integer) in enumerate(records):
        numbers[at] = number
        texts[20 * at : 20 * at + 20] = text.encode("ascii")
        integers[at] = integer


def columns_of(data):
    columns = new_columns(len(data))
    fill(columns, data)
    return columns


def check_columns(columns, records):
    numbers, texts, integers = columns
    if not len(numbers) == len(texts) // 20 == len(integers) == records:
        raise ValueError("the columns are not as long as the file")
    some = min(records, 1000)
    texts = [texts[20 * at : 20 * at + 20].decode("ascii") for at in range(some)]
    if list(zip(numbers[:some], texts, integers[:some])) != list(tuples(some)):
        raise ValueError("what was read is not what was written")


def pickle_of(variant):
    """The module and the protocol that a variant names.

    In Python 2 `pickle` is written in Python and `cPickle` in C; later
    `pickle` is the one in C.
    """
    if variant == "pickle":
        return pickle, 0
    module = cPickle if variant.startswith("cPickle") else pickle
    return module, int(variant.split("protocol-")[1].split()[0])


def load_each(file):
    """The records of a file that holds a pickle for each."""
    try:
        while True:
            yield cPickle.load(file)
    except EOFError:
        pass


# -- The tutorial's functions -------------------------------------------------


def copy_and_del(records):
    trim = malloc_trim()
    with step("build"):
        x = list(range(records))
    with step("deepcopy"):
        y = copy.deepcopy(x)
    with step("del x"):
        del x
    with step("del y"):
        del y
    if trim:
        with step("trim"):
            trim(0)


def free_all_but_some(count):
    trim = malloc_trim()
    if JOB["variant"] == "small objects":
        # 64 bytes each, header included.
        digits = 64 - sys.getsizeof("")
        make = lambda at: "%0*d" % (digits, at)
    else:
        # Large enough for glibc to map each on its own. It does so from 128 KiB
        # on, or from the size of a larger one that was freed: starting Python
        # has freed some of over 128 KiB by now.
        make = lambda at: b"x" * (1024 * 1024)
    with step("build"):
        x = [make(i) for i in irange(count)]
    # A page of 4 KiB has room for 64 small objects: at least one stays in each.
    with step("free"):
        x = x[::60]
    if trim:
        with step("trim"):
            trim(0)
    with step("free the rest"):
        del x
    if trim:
        with step("trim the rest"):
            trim(0)


def pickle_create_file(records):
    pickle, protocol = pickle_of(JOB["variant"])
    with step("build"):
        data = list(tuples(records))
    with open("written", "wb") as file:
        with step("dump"):
            pickle.dump(data, file, protocol)
    with step("del"):
        del data


def pickle_create_file_fast(records):
    _, protocol = pickle_of(JOB["variant"])
    with step("build"):
        data = list(tuples(records))
    with open("written", "wb") as file:
        pickler = pickle.Pickler(file, protocol)
        pickler.fast = True
        with step("dump"):
            pickler.dump(data)
    with step("del"):
        del data


def pickle_load_file(records):
    pickle, _ = pickle_of(JOB["variant"])
    with open(JOB["file"], "rb") as file:
        with step("load"):
            data = pickle.load(file)
    check(data, records)
    with step("del"):
        del data


def flat_create_file(records):
    with step("build"):
        data = list(tuples(records))
    with open("written", "w") as file:
        with step("write"):
            file.writelines(repr(record) + "\n" for record in data)
    with step("del"):
        del data


def flat_load_file(records):
    parse = PARSE[JOB["variant"]]
    with open(JOB["file"]) as file:
        with step("read"):
            data = [parse(line) for line in file]
    check(data, records)
    with step("del"):
        del data


def process_file(records):
    with open(JOB["file"], "rb" if JOB["file"] == "each" else "r") as file:
        if JOB["file"] == "each":
            data = load_each(file)
        else:
            parse = PARSE[JOB["variant"]]
            data = (parse(line) for line in file)
        with step("stream"):
            count = sum(0 <= number < 1 for number, text, integer in data)
    if count != records:
        raise ValueError("what was read is not what was written")


def fill_columns(records):
    with open(JOB["file"]) as file:
        with step("allocate"):
            columns = new_columns(records)
        with step("fill"):
            fill(columns, (split(line) for line in file))
    check_columns(columns, records)
    with step("del"):
        del columns


def load_then_convert(records):
    with open(JOB["file"], "rb") as file:
        with step("load"):
            data = cPickle.load(file)
    with step("convert"):
        columns = columns_of(data)
    check_columns(columns, records)
    with step("del list"):
        del data
    with step("del columns"):
        del columns


def dump_at_step(records):
    with step("build"):
        data = list(tuples(records))
    with open("written", "wb") as file:
        with step("dump"):
            pickle.dump(data, file, 4)


FUNCTIONS = {
    ("deepcopy", "copy_and_del"): copy_and_del,
    ("free-list", "free_all_but_some"): free_all_but_some,
    ("pickle", "create_file"): pickle_create_file,
    ("pickle", "load_file"): pickle_load_file,
    ("flat", "create_file"): flat_create_file,
    ("flat", "load_file"): flat_load_file,
    ("streaming", "process_file"): process_file,
    ("streaming", "fill_columns"): fill_columns,
    ("streaming", "load_then_convert"): load_then_convert,
    ("memo", "dump_at_step"): dump_at_step,
}


# -- Other jobs ---------------------------------------------------------------


def make_files():
    """Writes the files that other jobs read."""
    data = list(tuples(JOB["records"]))
    for name in JOB["files"]:
        with open(name, "w" if name == "text" else "wb") as file:
            if name == "text":
                file.writelines(repr(record) + "\n" for record in data)
            elif name == "each":
                for record in data:
                    cPickle.dump(record, file, 2 if PYTHON_2 else 4)
            else:
                module, protocol = pickle_of(name)
                module.dump(data, file, protocol)


def sizes():
    """`sys.getsizeof` of each literal."""
    return [sys.getsizeof(eval(literal)) for literal in JOB["literals"]]


def profile():
    """Runs one function; gives its steps."""
    global METER, STEPS, STARTED
    function = FUNCTIONS[JOB["experiment"], JOB["function"]]
    if JOB["variant"].endswith(" fast"):
        function = pickle_create_file_fast
    METER = Traced() if JOB["traced"] else Resident()
    STEPS = []
    STARTED = clock()
    function(JOB["records"])
    return STEPS


TASKS = {"files": make_files, "sizes": sizes, "profile": profile}
print(json.dumps(TASKS[JOB["task"]]()))
