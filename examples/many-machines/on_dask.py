"""Runs picklebench on every file of a folder or of a listing, on a Dask cluster.

    python on_dask.py inspect pickles -o all.json
    python on_dask.py sizeof listing.txt -o all.csv -- --fits 8GiB
    python on_dask.py convert pickles rows -o all.csv -- --to json-lines

A file is a task. A task that is killed is tried again; a file that picklebench
refuses is a row that says why. The exit code is 1 if there is such a row.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import fsspec
from dask.utils import parse_bytes
from distributed import Client, LocalCluster, as_completed

# Tasks that wait at the scheduler for each that runs: the others are not there yet.
AHEAD = 4

# Figures that differ between versions of Python.
BY_VERSION = ("total_bytes", "kept_bytes", "load_peak_bytes", "dump_extra_bytes")

# The endings that picklebench has for the files of a folder.
ENDINGS = {
    "cbor": ".cbor",
    "csv": ".csv",
    "csv+gzip": ".csv.gz",
    "json": ".json",
    "json-lines": ".jsonl",
    "json-lines+gzip": ".jsonl.gz",
    "json-lines+lz4": ".jsonl.lz4",
    "messagepack": ".msgpack",
    "messagepack+gzip": ".msgpack.gz",
    "messagepack+lz4": ".msgpack.lz4",
    "npy": ".npy",
    "pickle": ".pkl",
    "pickle+gzip": ".pkl.gz",
    "pickle+lz4": ".pkl.lz4",
    "text": ".txt",
}

# Endings that go when a file gets another, as picklebench has it for a folder.
PACKED = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".lz4")
PLAIN = (
    *(".pkl", ".pickle", ".p", ".joblib", ".txt", ".text", ".json", ".jsonl", ".ndjson"),
    *(".csv", ".cbor", ".msgpack", ".mpk", ".npy", ".bitcode", ".postcard"),
)


def arguments():
    words = sys.argv[1:]
    own, passed_on = words, []
    if "--" in words:
        at = words.index("--")
        own, passed_on = words[:at], words[at + 1 :]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["inspect", "sizeof", "convert"])
    parser.add_argument("source", help="a folder, or a text file of paths and URLs")
    parser.add_argument("target", nargs="?", help="convert: a folder, or a URL of one")
    parser.add_argument("-o", "--output", required=True, help=".json or .csv")
    parser.add_argument("--scheduler", help="its address; without it, a cluster here")
    parser.add_argument("--workers", type=int, default=2, help="of a cluster here")
    parser.add_argument("--memory-limit", default="2GiB", help="of a worker, and of what it starts")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds for a file")
    parser.add_argument("--retries", type=int, default=2)
    parser.add_argument("--program", default="picklebench", help="where it is on each machine")
    given = parser.parse_args(own)
    given.passed_on = passed_on
    if (given.command == "convert") != (given.target is not None):
        parser.error("convert needs a target, and nothing else has one")
    if given.command == "convert" and "--to" not in passed_on[:-1]:
        parser.error("convert needs to be told: -- --to json-lines")
    if Path(given.output).suffix not in (".json", ".csv"):
        parser.error("the output ends in .json or .csv")
    return given


def listed(source):
    """The files: pairs of a path or URL, and the path below the source."""
    root = Path(source)
    if root.is_dir():
        paths = (
            path
            for path in root.rglob("*")
            if path.is_file() and not path.is_symlink() and path.suffix != ".sha256"
        )
        within = (path.relative_to(root) for path in paths)
        names = (path for path in within if not any(part[0] == "." for part in path.parts))
        return sorted((str((root / name).resolve()), str(name)) for name in names)
    lines = [line.strip() for line in root.read_text(encoding="utf-8").splitlines()]
    files = [line for line in lines if line]
    # What they have in common is the folder.
    bare = [file.split("://", 1)[-1] for file in files]
    common = os.path.commonpath([os.path.dirname(file) for file in bare]) if bare else ""
    return [(file, os.path.relpath(name, common or ".")) for file, name in zip(files, bare)]


def targets(files, target, passed_on):
    """Where each file goes; two that go to one place are an error."""
    form = passed_on[passed_on.index("--to") + 1]
    if form not in ENDINGS:
        sys.exit(f"--to {form}: say one of {', '.join(ENDINGS)}")
    ending = ENDINGS[form]
    taken = {}
    for file, name in files:
        stem = Path(name)
        for endings in (PACKED, PLAIN):
            if stem.suffix.lower() in endings:
                stem = stem.with_suffix("")
        goes_to = f"{target.rstrip('/')}/{stem}{ending}"
        if goes_to in taken:
            sys.exit(f"{file} and {taken[goes_to]} would both become {goes_to}")
        taken[goes_to] = file
    return list(taken)


def one(file, goes_to, given):
    """Runs picklebench on a file; runs on a worker.

    Raises if it was killed or took too long, so that it is tried again: another
    worker, or a later time, may be better.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        local = file
        if "://" in file:
            local = os.path.join(scratch, os.path.basename(file))
            with fsspec.open(file, "rb") as remote, open(local, "wb") as copy:
                shutil.copyfileobj(remote, copy, 1 << 20)
        words = {
            "inspect": ["inspect", local, "--json"],
            "sizeof": ["sizeof", "--json", "--depth", "0", "--file", local],
            "convert": ["convert", local, os.path.join(scratch, "converted")],
        }[given["command"]]
        # The limit is the command's alone, and not its worker's.
        limited = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(given["memory_bytes"] >> 10)]
        done = subprocess.run(
            limited + [given["program"]] + words + given["passed_on"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=given["timeout"],
        )
        if done.returncode < 0 or done.returncode > 2:
            raise RuntimeError(f"{file}: ended with {done.returncode}: {done.stderr[-500:]}")
        row = {"file": file, "exit_code": done.returncode}
        if done.returncode != 0:
            row["error"] = done.stderr.strip()
        if given["command"] != "convert":
            try:
                row.update(figures(json.loads(done.stdout)))
            except ValueError:
                pass  # There is none where it could not be read.
        elif done.returncode != 2:
            row["output"] = goes_to
            row["output_bytes"] = os.path.getsize(words[2])
            put(words[2], goes_to)
    row["seconds"] = round(time.monotonic() - began, 3)
    return row


def put(local, goes_to):
    """Has a file there whole or not at all."""
    files, path = fsspec.core.url_to_fs(goes_to)
    files.makedirs(os.path.dirname(path), exist_ok=True)
    if "file" in files.protocol:
        unfinished = f"{path}.{os.getpid()}.unfinished"
        shutil.copyfile(local, unfinished)
        os.replace(unfinished, path)
    else:
        files.put_file(local, path)  # An object is there when all of it is.


def figures(told):
    """What goes into a table: plain values, and those for each version."""
    row = {}
    for name, value in told.items():
        if name in BY_VERSION and value:
            row.update({f"{name}.{version}": bytes_ for version, bytes_ in value.items()})
        elif name not in ("file", "error", "repr") and not isinstance(value, (list, dict)):
            row[name] = value
    for verdict in (told.get("fits") or {}).get("versions", []):
        row["fits." + verdict["python"]] = verdict["fits"]
    return row


def rows(client, files, places, given):
    """A row for each file, as they are done."""
    told = {
        "command": given.command,
        "memory_bytes": parse_bytes(given.memory_limit),
        "passed_on": given.passed_on,
        "program": given.program,
        "timeout": given.timeout,
    }
    waiting = iter(zip(files, places))
    running = as_completed()
    names = {}

    def submit_next():
        for (file, _), goes_to in waiting:
            task = client.submit(one, file, goes_to, told, retries=given.retries, pure=False)
            names[task.key] = file
            running.add(task)
            return

    threads = sum(client.nthreads().values()) or 1
    for _ in range(AHEAD * threads):
        submit_next()
    for task in running:
        file = names.pop(task.key)
        if task.status == "finished":
            yield task.result()
        else:
            yield {"file": file, "exit_code": None, "error": str(task.exception())}
        task.release()
        submit_next()


def write(path, all_rows):
    unfinished = f"{path}.unfinished"
    with open(unfinished, "w", encoding="utf-8", newline="") as out:
        if path.endswith(".json"):
            json.dump(all_rows, out, indent=1)
            out.write("\n")
        else:
            columns = list(dict.fromkeys(name for row in all_rows for name in row))
            table = csv.DictWriter(out, columns)
            table.writeheader()
            table.writerows(all_rows)
    os.replace(unfinished, path)


def main():
    given = arguments()
    files = listed(given.source)
    if not files:
        sys.exit(f"there is no file in {given.source}")
    places = [None] * len(files)
    if given.command == "convert":
        target = given.target if "://" in given.target else os.path.abspath(given.target)
        places = targets(files, target, given.passed_on)
    if given.scheduler:
        client = Client(given.scheduler)
    else:
        # A thread each: so many files at once, each within the limit.
        client = Client(
            LocalCluster(
                n_workers=given.workers,
                threads_per_worker=1,
                memory_limit=given.memory_limit,
                dashboard_address=None,
            )
        )
    with client:
        all_rows = sorted(rows(client, files, places, given), key=lambda row: row["file"])
        if not given.scheduler:
            client.cluster.close()
    write(given.output, all_rows)
    failed = [row for row in all_rows if row["exit_code"] != 0]
    print(f"{given.output}: {len(all_rows)} files, {len(failed)} failed", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
