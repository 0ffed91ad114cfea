"""The seeds, of what the tests have: `python3 fuzz/seeds/make.py`, at the root."""

import base64
import glob
import json
import os
import shutil

PICKLES = "crates/picklestream/tests/golden/pickle/"
LITERALS = "crates/picklestream/tests/golden/literal/"
KNOWN = "crates/picklestream/tests/golden/known/"
FIXTURES = "tests/fixtures/"


def write(target, name, data):
    os.makedirs("fuzz/seeds/" + target, exist_ok=True)
    with open("fuzz/seeds/%s/%s" % (target, name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def copy(target, *paths):
    for path in paths:
        os.makedirs("fuzz/seeds/" + target, exist_ok=True)
        shutil.copy(path, "fuzz/seeds/" + target)


names = ["python2-p0-str", "python2-p2-c-mixed", "python2-p1-shared", "python3-p0-dict",
         "python3-p0-shared", "python3-p2-shared", "python3-p3-mixed", "python3-p4-mixed",
         "python3-p4-nested-first", "python3-p5-mixed", "python3-concatenated"]
copy("pickle", *[PICKLES + name + ".pkl" for name in names])
copy("convert", *[PICKLES + name + ".pkl" for name in ["python3-p0-shared", "python3-p4-mixed"]])
copy("convert", *sorted(glob.glob(FIXTURES + "packed/one.*")))
copy("convert", *[FIXTURES + "packed/" + name for name in ["arrays.npz", "objects.npy", "records.zip"]])
with open(PICKLES.replace("pickle/", "programs/programs.txt")) as programs:
    for number, line in enumerate(list(programs)[:300:25]):
        write("pickle", "program-%d.pkl" % number, bytes.fromhex(line.split("\t")[1]))
# What objects of the standard library and numpy look like.
for name in ["python-3.13", "numpy-2"]:
    with open(KNOWN + name + ".jsonl") as lines:
        for number, line in enumerate(list(lines)[:40:8]):
            pickles = json.loads(line).get("pickles", {})
            for protocol in ["0", "4"]:
                pickled = base64.b64decode(pickles.get(protocol, ""))
                if 0 < len(pickled) < 600:
                    write("convert", "%s-%d-%s.pkl" % (name, number, protocol), pickled)
with open(LITERALS + "values.txt") as values:
    lines = list(values)
    write("literal", "values.txt", "".join(lines[:20]))
    write("convert", "values.txt", "".join(line for line in lines[:12]))
with open(LITERALS + "records.txt") as records:
    write("literal", "records.txt", "".join(list(records)[:4]))
write("literal", "nested.txt", "{'a': [1, (2.5, None), {3}], b'k': {'x': -0j}}\n[]\n'\\ud800'\n")
write("convert", "lines.jsonl", '{"a": [1, 2.5, null], "b": "\\u00e9"}\n[true, 18446744073709551616]\n"x"\n')
with open(FIXTURES + "run.json") as file:
    run = json.load(file)


def short(case):
    case = dict(case)
    if case.get("timeline"):
        case["timeline"] = {key: values[:4] for key, values in case["timeline"].items()}
    return case


for number, cases in enumerate([[0], [1, 5], [8, 9]]):
    some = dict(run, cases=[short(run["cases"][place]) for place in cases])
    write("run_json", "run-%d.json" % number, json.dumps(some, separators=(",", ":")))
with open(FIXTURES + "troubled.json") as file:
    troubled = json.load(file)
troubled["cases"] = troubled["cases"][:4]
with open(FIXTURES + "tutorial-troubled.json") as file:
    troubled["tutorial"] = json.load(file)
write("run_json", "troubled.json", json.dumps(troubled, separators=(",", ":")))
