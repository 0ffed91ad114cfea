"""Pickles that no pickler writes, and what CPython makes of them. For CPython 3.8
and later: frames, protocol 5 and what is said of errors are those of its C
unpickler.

    make.py opcodes SEED COUNT   any opcodes, most of them where they fit
    make.py tables SEED COUNT    dicts and sets: keys given twice, unhashable, odd

    (make.py opcodes 1 300; make.py tables 1 150) > programs.txt

A line is the encoding that Python 2's str is read with, the pickle in
hexadecimal, and what Python loads: a value, described exactly; `cycle` where it
contains itself; `other TYPE` where it is no data; `error TYPE`; or
`unhashable` for a key that can be none. Tabs between them.

Nothing but plain data is ever made: any other global is an error before it is looked
for, and memory is bounded.
"""

import pickle
import random
import resource
import struct
import sys
import warnings

DATA = ["set", "frozenset", "bytes", "bytearray", "complex", "list", "tuple", "dict"]


def restrict(event, arguments):
    """`pickle.loads` itself, and not a subclass of its Unpickler: that reads a file,
    and loses bytes where an opcode straddles a frame."""
    if event == "pickle.find_class":
        module, name = arguments
        is_data = module in ("builtins", "__builtin__") and name in DATA
        if not is_data and (module, name) != ("_codecs", "encode"):
            raise pickle.UnpicklingError("not plain data")


sys.addaudithook(restrict)
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


class Cycle(Exception):
    pass


class Other(Exception):
    pass


def describe(value, within=()):
    """As `described` of `programs.rs` has it: items of sets are sorted."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return "int:%x" % value
    if isinstance(value, float):
        return "float:" + struct.pack(">d", value).hex()
    if isinstance(value, complex):
        return "complex:%s,%s" % (describe(value.real), describe(value.imag))
    if isinstance(value, str):
        return "str:" + value.encode("utf-8", "surrogatepass").hex()
    if isinstance(value, (bytes, bytearray)):
        return type(value).__name__ + ":" + value.hex()
    if id(value) in within:
        raise Cycle
    within = within + (id(value),)
    if isinstance(value, dict):
        items = ["%s=%s" % (describe(k, within), describe(v, within)) for k, v in value.items()]
    elif isinstance(value, (tuple, list)):
        items = [describe(item, within) for item in value]
    elif isinstance(value, (set, frozenset)):
        items = sorted(describe(item, within) for item in value)
    else:
        raise Other(type(value).__name__)
    return "%s{%s}" % (type(value).__name__, " ".join(items))


def report(pick, program):
    encoding = pick.choice(["ascii", "utf-8", "latin1", "bytes"])
    try:
        value = pickle.loads(program, encoding=encoding)
    except Exception as error:
        is_key = isinstance(error, TypeError) and "unhashable" in str(error)
        found = "unhashable" if is_key else "error " + type(error).__name__
    else:
        try:
            found = describe(value)
        except Cycle:
            found = "cycle"
        except Other as other:
            found = "other %s" % other
    print(encoding, program.hex(), found, sep="\t")


def small(length, data):
    return bytes([length]) + data


def le4(data):
    return struct.pack("<I", len(data)) + data


def le8(data):
    return struct.pack("<Q", len(data)) + data


FLOATS = [0.0, -0.0, 1.0, 2.0, 0.5, 1e308, 2.0**53, float("inf"), float("nan")]
TEXTS = ["", "a", "b", "ab", "\xe9", "\u20ac", "\U0001f600", "a\nb", "\\", "\ud800"]
BYTES = [b"", b"a", b"\xe9", b"\x00\xff", b"\xc3\xa9"]
# What int() of a line of protocol 0 takes, and what it does not.
INTS = ["0", "1", "2", "-1", "00", "01", "10", "007", "+1", "-0", " 1", "1 ", "1_0", "0x10",
        "0o17", "-01", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "", "-", "a", "1.0", "0b1", "1L", "010", "\t7", "--1"]
LONGS = [b"", b"\0", b"\1", b"\xff", b"\x80", b"\1\0", b"\xff\xff", b"\2\0\0\0\0", b"\0\0\0\0\0\0\0\x80",
         b"\0" * 8 + b"\1", b"\xff" * 8, b"\xff" * 17, b"\x7f" * 16, b"\0" * 16 + b"\x80"]
FLOAT_LINES = ["0.0", "1.5", "-1", "1e5", "1E+5", ".5", "5.", "inf", "-inf", "nan", "-nan",
               "infinity", "Infinity", "NaN", "1_0.5", "01.5", " 1.5", "1.5 ", "", "e5", "1e",
               "0x1p3", "+1.5", "1e400", "1e-400", "--1.0"]
STRING_LINES = ["'a'", '"a"', "''", "'a", "a", "'\\n'", "'\\x41'", "'\\101'", "'\\x4'", "'\\q'",
                "'a\\'b'", "'a' ", " 'a'", "'a'b'", "\"a'", "'\\\\'", "'\\", "'\xe9'", "'\\400'",
                "'\\08'", "'\\u0041'", "'a\\\"'", "'\\0'"]
UNICODE_LINES = ["a", "", "\xe9", "\\u0041", "\\U0001f600", "\\u004", "\\n", "\\\\u0041", "\\x41",
                 "\\ud83d\\ude00", "\\ud800", "\\U00110000", "a b", "\\\\", "\\", "\\\\\\u0041",
                 "\\u005cu0041"]


def leaf(pick):
    """The opcode of something that contains nothing, and its argument."""
    if pick.random() < 0.05:
        return odd_leaf(pick)
    text = pick.choice(TEXTS).encode("utf-8", "surrogatepass")
    data = pick.choice(BYTES)
    long = pick.choice(LONGS)
    return pick.choice([
        lambda: b"K%c" % pick.choice([0, 1, 2, 255]),
        lambda: b"K\1",
        lambda: b"M" + struct.pack("<H", pick.choice([0, 1, 65535])),
        lambda: b"J" + struct.pack("<i", pick.choice([0, 1, -1, -(2**31), 2**31 - 1])),
        lambda: pick.choice([b"\x88", b"\x89", b"I01\n", b"I00\n"]),
        lambda: b"N",
        lambda: b")",
        lambda: b"G" + struct.pack(">d", pick.choice(FLOATS)),
        lambda: b"G" + struct.pack(">d", pick.choice(FLOATS)),
        lambda: b"I%d\n" % pick.choice([0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**30]),
        lambda: b"L%dL\n" % pick.choice([0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**30]),
        lambda: b"F" + pick.choice(FLOAT_LINES[:8]).encode() + b"\n",
        lambda: b"S" + pick.choice(STRING_LINES[:3]).encode() + b"\n",
        lambda: b"V" + pick.choice(UNICODE_LINES[:5]).encode("latin1") + b"\n",
        lambda: b"U\1k",
        lambda: b"C" + small(len(data), data),
        lambda: b"B" + le4(data),
        lambda: b"\x8e" + le8(data),
        lambda: b"\x96" + le8(data),
        lambda: b"\x8c" + small(len(text), text),
        lambda: b"X" + le4(text),
        lambda: b"X" + le4(b"a"),
        lambda: b"\x8d" + le8(text),
        lambda: b"\x8a" + small(len(long), long),
        lambda: b"\x8b" + le4(long),
    ])()


def odd_leaf(pick):
    """The same, spelt as no pickler does or as nobody may."""
    data = pick.choice(BYTES)
    return pick.choice([
        lambda: b"I" + pick.choice(INTS).encode() + b"\n",
        lambda: b"I" + pick.choice(INTS).encode() + b"\n",
        lambda: b"L" + pick.choice(INTS).encode() + pick.choice([b"L", b"L", b"", b"LL"]) + b"\n",
        lambda: b"F" + pick.choice(FLOAT_LINES).encode() + b"\n",
        lambda: b"S" + pick.choice(STRING_LINES).encode("latin1") + b"\n",
        lambda: b"V" + pick.choice(UNICODE_LINES).encode("latin1") + b"\n",
        lambda: b"U" + small(len(data), data),
        lambda: b"T" + le4(data),
        lambda: b"X" + le4(b"\xff"),
        lambda: pick.choice([b"T", b"\x8b"]) + struct.pack("<i", -1),
    ])()


GLOBALS = [b"cbuiltins\nset\n", b"c__builtin__\nfrozenset\n", b"cbuiltins\nbytearray\n",
           b"cbuiltins\nlist\n", b"cbuiltins\ntuple\n", b"cbuiltins\ndict\n",
           b"cbuiltins\ncomplex\n", b"cbuiltins\nbytes\n", b"c_codecs\nencode\n",
           b"cbuiltins\neval\n", b"cos\nsystem\n", b"\x8c\x08builtins\x8c\x03set\x93"]
CALLS = [b"cbuiltins\nset\n(]\x85R", b"cbuiltins\nset\n]\x85R", b"cbuiltins\nset\n](K\1K\1K\2e\x85R",
         b"c__builtin__\nfrozenset\n](K\1X\1\0\0\0ae\x85R", b"cbuiltins\nbytearray\nC\1a\x85R",
         b"cbuiltins\ncomplex\nG?\xf0\0\0\0\0\0\0G\0\0\0\0\0\0\0\0\x86R",
         b"c_codecs\nencode\nX\2\0\0\0\xc3\xa9X\6\0\0\0latin1\x86R",
         b"c__builtin__\nbytes\n)R", b"cbuiltins\nbytearray\n)R", b"cbuiltins\nset\n)R",
         b"cbuiltins\ntuple\n](K\1K\2e\x85R", b"cbuiltins\ndict\n](K\1K\2\x86K\1K\3\x86e\x85R",
         b"cbuiltins\nlist\n(K\1K\2t\x85R", b"cbuiltins\ncomplex\nK\1K\2\x86R",
         b"\x8c\x08builtins\x8c\x03set\x93]\x85R"]
# By opcodes, or by a name, that no pickler has for them.
ODD_CALLS = [b"(ibuiltins\nset\n", b"(i__builtin__\nset\n", b"(]ibuiltins\nset\n",
             b"(cbuiltins\nset\n]o", b"cbuiltins\nset\n)\x81", b"cbuiltins\nset\n)}\x92",
             b"\x8c\x0b__builtin__\x8c\x03set\x93]\x85R"]


class Opcodes:
    """Writes opcodes while it follows what is on the stack."""

    def __init__(self, pick):
        self.pick = pick
        self.out = b""
        self.stack = []
        self.marks = []
        self.memo = {}

    def above(self):
        return len(self.stack) - (self.marks[-1] if self.marks else 0)

    def push(self, code, kind="leaf"):
        self.out += code
        self.stack.append(kind)

    def replace(self, code, count, kind="leaf"):
        if self.above() >= count:
            del self.stack[len(self.stack) - count:]
            self.push(code, kind)

    def collect(self, code, kind="leaf"):
        if self.marks:
            del self.stack[self.marks.pop():]
            self.push(code, kind)

    def take(self, code, count, kinds):
        if self.above() > count and self.stack[-count - 1] in kinds:
            del self.stack[len(self.stack) - count:]
            self.out += code

    def drain(self, code, kinds):
        if self.marks and self.marks[-1] > 0 and self.stack[self.marks[-1] - 1] in kinds:
            del self.stack[self.marks.pop():]
            self.out += code

    def put(self):
        number = self.pick.choice([0, 1, 2, 3, 7, len(self.memo)])
        code = self.pick.randrange(4)
        if self.above() < 1:
            return
        # MEMOIZE takes the number of entries that there are for its id.
        if code == 0 and sorted(self.memo) != list(range(len(self.memo))):
            code = 1
        if code == 0:
            number = len(self.memo)
        self.out += [b"\x94", b"q%c" % number, b"r" + struct.pack("<I", number), b"p%d\n" % number][code]
        self.memo[number] = self.stack[-1]

    def get(self):
        if self.memo:
            number = self.pick.choice(sorted(self.memo))
            code = self.pick.choice([b"h%c" % number, b"j" + struct.pack("<I", number), b"g%d\n" % number])
            self.push(code, self.memo[number])

    def wild(self):
        """Anything, where it may fit or not."""
        self.out += self.pick.choice([
            b"(", b"0", b"1", b"2", b"a", b"b", b"d", b"e", b"l", b"o", b"s", b"t", b"u", b"R", b"\x81",
            b"\x85", b"\x86", b"\x87", b"\x90", b"\x91", b"\x92", b"\x93", b"\x94", b"h\0", b"h\x09", b"q\1",
            b"g0\n", b"g-1\n", b"p-1\n", b"p1_0\n", b"g 0\n", b"p\n", b"\x97", b"\x98", b"\x82\1",
            b"P1\n", b"Q", b"\x80\2", b"\x80\6", b".", b"\xff", b"j\0\1\0\0", b"g1",
            b"\x95" + struct.pack("<Q", self.pick.choice([0, 1, 5, 1000])),
        ] + GLOBALS)
        # What it did is not followed: the rest may fit by chance.
        if self.pick.random() < 0.5:
            self.push(leaf(self.pick))

    def step(self):
        pick = self.pick
        kind = pick.randrange(46)
        if kind < 14:
            self.push(leaf(pick))
        elif kind < 17:
            self.push(b"]", "list")
        elif kind < 19:
            self.push(b"}", "dict")
        elif kind < 20:
            self.push(b"\x8f", "set")
        elif kind < 23:
            self.out += b"("
            self.marks.append(len(self.stack))
        elif kind < 25:
            count = pick.randrange(1, 4)
            self.replace(bytes([0x84 + count]), count)
        elif kind < 27:
            self.collect(*pick.choice([(b"t",), (b"l", "list"), (b"d", "dict"), (b"\x91",)]))
        elif kind < 30:
            self.take(b"a", 1, ["list"])
        elif kind < 32:
            self.take(b"s", 2, ["dict"])
        elif kind < 35:
            self.drain(*pick.choice([(b"e", ["list"]), (b"u", ["dict"]), (b"\x90", ["set"])]))
        elif kind < 38:
            self.put()
        elif kind < 41:
            self.get()
        elif kind < 42 and self.above() > 0:
            self.push(b"2", self.stack[-1])
        elif kind < 43 and self.above() > 0:
            self.out += b"0"
            self.stack.pop()
        elif kind < 44 and self.marks:
            self.out += b"1"
            del self.stack[self.marks.pop():]
        elif kind < 45:
            call = pick.choice(CALLS if pick.random() < 0.9 else ODD_CALLS)
            # Only up to protocol 2 are names those of Python 2.
            is_new = self.out[:2] in (b"\x80\4", b"\x80\5")
            self.push(call.replace(b"c__builtin__", b"cbuiltins") if is_new else call)
        elif pick.random() < 0.3:
            self.wild()

    def program(self):
        self.out = self.pick.choice([b"", b"\x80\2", b"\x80\4", b"\x80\5"])
        for _ in range(self.pick.randrange(2, 40)):
            self.step()
        while self.marks:
            self.collect(b"t")
        if not self.stack:
            self.push(leaf(self.pick))
        while len(self.stack) > 1:
            self.replace(b"\x86", 2)
        if self.out[:1] == b"\x80" and self.pick.random() < 0.15:
            # A frame, of the right length or one that an opcode straddles.
            inner = self.out[2:] + b"."
            length = max(0, len(inner) + self.pick.choice([0, 0, 0, -1, -3, 1]))
            return self.out[:2] + b"\x95" + struct.pack("<Q", length) + inner
        return self.out + b"."


KEYS = [b"K\0", b"K\1", b"\x88", b"\x89", b"G?\xf0\0\0\0\0\0\0", b"G\0\0\0\0\0\0\0\0", b"G\x80\0\0\0\0\0\0\0",
        b"G\x7f\xf8\0\0\0\0\0\0", b"N", b"X\1\0\0\0a", b"X\0\0\0\0", b"C\1a", b"\x8a\x09\0\0\0\0\0\0\0\0\1",
        b"GC\xf0\0\0\0\0\0\0", b"GG\xe0\0\0\0\0\0\0", b"\x8a\x11" + b"\0" * 15 + b"\x80\0", b"K\1\x85",
        b"\x88\x85", b"G?\xf0\0\0\0\0\0\0\x85", b"G\x7f\xf8\0\0\0\0\0\0\x85", b")", b"K\1K\2\x86\x85",
        b"(K\1K\2\x91", b"(\x88G@\0\0\0\0\0\0\0\x91", b"(\x91", b"G\x7f\xf0\0\0\0\0\0\0",
        b"cbuiltins\ncomplex\nG?\xf0\0\0\0\0\0\0G\0\0\0\0\0\0\0\0\x86R",
        b"cbuiltins\ncomplex\nG\x7f\xf8\0\0\0\0\0\0G\0\0\0\0\0\0\0\0\x86R",
        b"(G\x7f\xf8\0\0\0\0\0\0\x91", b"\x8c\x03abc", b"I1\n", b"L1L\n", b"F1.0\n", b"S'a'\n", b"Vabc\n"]
UNHASHABLE = [b"]", b"}", b"\x8f", b"\x96\1\0\0\0\0\0\0\0a", b"K\1]\x86", b"(]t", b"(K\1]\x91"]


class Tables:
    """Dicts and sets, opcode by opcode."""

    def __init__(self, pick):
        self.pick = pick
        self.kept = []

    def key(self):
        pick = self.pick
        if pick.random() < 0.01:
            return pick.choice(UNHASHABLE)
        if self.kept and pick.random() < 0.2:
            return b"h%c" % pick.choice(self.kept)
        key = pick.choice(KEYS)
        if pick.random() < 0.15 and len(self.kept) < 200:
            self.kept.append(len(self.kept))
            return key + b"q%c" % self.kept[-1]
        return key

    def value(self, depth):
        if depth and self.pick.random() < 0.15:
            return self.table(depth - 1)
        return self.pick.choice([b"K%c" % self.pick.randrange(256), b"X\1\0\0\0v", b"N"])

    def pairs(self, depth, count):
        return b"".join(self.key() + self.value(depth) for _ in range(count))

    def table(self, depth):
        pick = self.pick
        kind = pick.randrange(9)
        count = pick.choice([0, 1, 2, 3, 5, 9, 17, 20])
        if kind == 0:
            return b"(" + self.pairs(depth, count) + b"d"
        if kind < 3:
            return b"}(" + self.pairs(depth, count) + b"u"
        if kind == 3:
            return b"}" + b"".join(self.key() + self.value(depth) + b"s" for _ in range(count))
        if kind == 4:
            # In two batches, as CPython writes what is long, and once more alone.
            last = self.key() + self.value(depth) + b"s"
            return b"}(" + self.pairs(depth, count) + b"u(" + self.pairs(depth, count) + b"u" + last
        items = b"".join(self.key() for _ in range(count))
        return [
            lambda: b"\x8f(" + items + b"\x90",
            lambda: b"\x8f(" + items + b"\x90(" + self.key() + b"\x90",
            lambda: b"(" + items + b"\x91",
            lambda: pick.choice([b"cbuiltins\nset\n](", b"cbuiltins\nfrozenset\n]("]) + items + b"e\x85R",
        ][kind - 5]()

    def program(self):
        wrapped = [b"%s", b"%s", b"(%st", b"](%se", b"](%s2e", b"}X\1\0\0\0k%ss"]
        return b"\x80\4" + self.pick.choice(wrapped) % self.table(2) + b"."


# Of escapes in a STRING that mean nothing.
warnings.simplefilter("ignore")
makers = {"opcodes": Opcodes, "tables": Tables}
pick = random.Random(int(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    report(pick, makers[sys.argv[1]](pick).program())
