"""Makes the golden files beside it; last run with CPython 3.11.

    python3 tests/golden/literal/make.py

values.txt      one repr a line, of every type and every odd case
records.txt     what print(record, file=f) writes for records of the tutorial
grammar.jsonl   texts with what CPython makes of them: "repr" holds the repr of
                ast.literal_eval(text), or null where it raises an error. The
                texts are those of grammar.txt, which is written by hand and
                has one text between two bars, and some more from below
"""

import ast
import json
import pathlib
import random
import warnings

here = pathlib.Path(__file__).parent
warnings.simplefilter("ignore")
inf = float("inf")
nan = float("nan")

values = [
    None, True, False,
    0, 1, -1, 255, -256, 2**31, 2**63 - 1, 2**63, -2**63, 2**64 - 1, 2**64,
    2**127 - 1, 2**127, -2**127, -2**127 - 1, 2**128, 10**50, -10**50,
    0.0, -0.0, 1.0, -1.5, 0.1, 1e15, 1e16, 1.5e16, 123456789012345680.0, 1e22, 1e100,
    1e-4, 1.5e-4, 1e-5, 1.234e-5, -9.9e-6, 1e-10, 5e-324, 1.7976931348623157e308,
    inf, -inf, nan,
    1j, -2j, 1 + 2j, -1.5 - 0.5j, complex(-0.0, 1), complex(0.0, -0.0),
    complex(-0.0, -0.0), complex(1e16, 1e-7), complex(inf, nan), complex(nan, -inf),
    "", "spam", "it's", 'say "x"', "it's \"x\"", "a\\b", "tab\tnew\nret\rnul\0esc\x1b",
    "\x7f\x80\xa0\xad\xff", "caf\xe9 \u4e2d\u6587 \u03a9", "\u2028\u3000\ufeff\ue000",
    "\U0001f600 \U000e0001 \U0010ffff", "e\u0301", "\\", "'", '"', "a" * 100,
    b"", b"spam", b"it's", b"\"'\\\t\n\r\0\x7f\x80\xff",
    bytearray(), bytearray(b"a'b\0"),
    (), (1,), (1, 2), ((),), ((1,), (2, 3)), (("a",),), ((1 + 2j),), (1j, 2),
    [], [1], [1, [2, [3, []]]], [()], [None, True, 0.5],
    {}, {1: 2}, {"a": [1, 2], "b": {}}, {(1, 2): {3: 4}}, {None: None, 0.5: True},
    set(), {1}, {1, 2, 3}, {(1, 2)}, {frozenset()},
    frozenset(), frozenset({1}), frozenset({1, 2}), frozenset({frozenset({3})}),
    [{1: {2}}, ({3: (4,)},)],
    (0.8444218515250481, "PNKVTYXNWDNWIDAWNXXC", 10453786451231413427),
]
(here / "values.txt").write_text("".join(f"{v!r}\n" for v in values), encoding="utf-8")

random.seed(42)
with open(here / "records.txt", "w", encoding="utf-8", newline="\n") as f:
    for _ in range(200):
        name = "".join(chr(64 + random.randint(0, 25)) for _ in range(20))
        record = (random.random(), name, random.randint(0, 2**64 - 1))
        print(record, file=f)

texts = (here / "grammar.txt").read_text(encoding="utf-8").replace("\n", "|").split("|")
texts += [
    " 1", "\t1", "1 ", "1\t", "1\f", "\n1", "1\n", " \n 1", "[1,\n2]", "[\r\n1]", "[1\x0b]",
    "'a\nb'", "'a\\\nb'", "'''a\nb'''", "'''a\r\nb\rc'''", "'a\\\r\nb'", "r'a\\\nb'", "'a\rb'",
    "'\x01\x7f\x1b'", "'\t'", "'\x0c'", "'a\0b'", "1\0", "\0", "", " ", "\n", "b'a\\\nb'",
    "b'''a\r\nb'''", "'\u2028'", "'\ufeff'", "\ufeff1", "\xa01", "[1\u3000]", "1 |2", "'|'", "1\n2",
    "'\U0001f600'", "r'''a\\'''b'''", "'a' 'b'", "('a' 'b')", "'a'\"b\"", "b'a' b'b'", "r'a'u'b'",
    "'\\N{DIGIT ONE}'", "'\\N{no such}'", "'\\ud800'", "'\\ud83d\\ude00'", "'\\udfff'",
]
with open(here / "grammar.jsonl", "w", encoding="utf-8", newline="\n") as f:
    for text in dict.fromkeys(texts):
        try:
            result = repr(ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError):
            result = None
        f.write(json.dumps({"text": text, "repr": result}) + "\n")
