"""The dataset's records: where they come from, and how they are compared."""

import ast
import hashlib
import itertools

try:
    import cPickle as pickle
except ImportError:
    import pickle  # It is the one in C by now.

# What a serializer does not hold; one without either holds anything.
ROWS_ONLY = "it takes rows of a float, a string and an integer: other records are not measured"
NO_BYTES = "it has no bytes"


def why_not(holds, dataset):
    """Why records of a dataset do not fit; nothing where they do."""
    if PYTHON_2 and dataset != "tuples":
        return "Python 2 has other types for text: it is measured with tuples only"
    fits = {ROWS_ONLY: dataset == "tuples", NO_BYTES: dataset != "blobs"}
    return None if fits.get(holds, True) else holds


def the_list():
    """The dataset as a list, or whatever is its only record."""
    if PYTHON_2:
        return list(one_at_a_time())
    with open(JOB["pickle"], "rb") as file:
        return pickle.load(file)


def one_at_a_time():
    """The dataset's records, made one at a time."""
    make = split if JOB["dataset"] == "tuples" else ast.literal_eval
    with open(JOB["text"]) as file:
        for text in file:
            yield make(text)


def split(text):
    """A record of the tutorial from its text, knowing how it looks."""
    number, string, integer = text[1:-2].split(", ")
    return float(number), string[1:-1], int(integer)


def opened(path, mode):
    """A text file; in Python 2 its strings are bytes."""
    return open(path, mode) if PYTHON_2 else open(path, mode, encoding="utf-8", newline="")


def all_records(data):
    """The records of a dataset that is a list, or one record."""
    return data if isinstance(data, list) else [data]


def digest(records):
    """SHA-256 of the records as Python 3's literals, one a line."""
    sha = hashlib.sha256()
    records = iter(records)
    while True:
        lines = [literal(record) for record in itertools.islice(records, 256)]
        if not lines:
            break
        sha.update(("\n".join(lines) + "\n").encode("utf-8"))
    return sha.hexdigest()


def literal_of_2(record):
    number, string, integer = record
    if not isinstance(number, float):
        raise ValueError("its first field is no float")
    return "(%r, '%s', %d)" % (number, string, integer)


literal = literal_of_2 if PYTHON_2 else repr


def tuples_again(record):
    """A record of the tutorial that became a list."""
    return tuple(record) if JOB["dataset"] == "tuples" else record
