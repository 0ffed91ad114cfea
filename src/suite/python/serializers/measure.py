"""What a process does: it lists the table, makes a file, or measures a call."""

PROCESS_CLOCK = getattr(time, "process_time", time.clock if PYTHON_2 else None)


def listed():
    """All calls, in the order of the table, with what keeps one from running."""
    missing, versions, answer = {}, {}, []
    # One row says that a library is not there.
    told = set()
    for key in ORDER:
        row = ROWS[key]
        serializer = row.serializer
        names = tuple(serializer.imports)
        if names not in missing:
            missing[names] = not all(is_there(name) for name in names)
            if serializer.pip and not missing[names]:
                for package in serializer.pip.split():
                    versions[package] = version_of(package)
        why = row.unsupported(JOB["dataset"])
        if not why and not reader_of(row):
            why = "none of its calls reads such records back, to see whether they are right"
        if missing[names] and serializer.name in told:
            continue
        if missing[names]:
            told.add(serializer.name)
        if missing[names] and serializer.pip:
            why = "not installed: pip install " + serializer.pip
        elif missing[names]:
            why = "this Python was built without it"
        answer.append(
            {
                "operation": row.operation,
                "format": serializer.name,
                "call": row.call,
                "usual": row.usual,
                "made_by": row.made_by,
                "unsupported": why,
            }
        )
    return {"calls": answer, "packages": versions}


def is_there(name):
    """Whether a module can be found; a package is not imported for that."""
    top = name.split(".")[0]
    if PYTHON_2:
        try:
            importlib.import_module(top)
        except ImportError:
            return False
        return True
    from importlib.util import find_spec

    return find_spec(top) is not None


def version_of(package):
    try:
        from importlib.metadata import version

        return version(package)
    except Exception:
        return ""


def row_of_job():
    """The row that the job names; to make a file, whichever has that call."""
    operations = [JOB["operation"]] if "operation" in JOB else ["write", "stream-write"]
    keys = [(operation, JOB["format"], JOB["call"]) for operation in operations]
    row = next(ROWS[key] for key in keys if key in ROWS)
    load_modules(row)
    return row


def given_to(row):
    """What a writing call is given."""
    if row.operation == "stream-write":
        return one_at_a_time()
    data = the_list()
    return row.given(data) if row.given else data


def make():
    """Writes the file that a reading call reads."""
    row = row_of_job()
    row.function(given_to(row), JOB["file"])


def sized():
    """What the list takes of the resident set."""
    gc.collect()
    before = memory_status().get("VmRSS")
    data = the_list()
    gc.collect()
    after = memory_status().get("VmRSS")
    return None if before is None else after - before


def measure():
    """Runs one call once."""
    meter = Traced() if JOB["traced"] else Resident()
    born = memory_status().get("VmRSS")
    began = clock()
    row = row_of_job()
    imported = clock() - began
    start = memory_status().get("VmRSS")
    path, writes = JOB["file"], row.writes()
    product = given_to(row) if writes else None
    gc.collect()
    meter.begin()
    cpu, began = PROCESS_CLOCK(), clock()
    if writes:
        row.function(product, path)
    elif row.operation == "stream-read":
        # Counted, and each one dropped before the next.
        for record in row.function(path):
            del record
    else:
        product = row.function(path)
    seconds, cpu = clock() - began, PROCESS_CLOCK() - cpu
    used = meter.end()
    lift()
    answer = {
        "file_bytes": os.path.getsize(path),
        "seconds": seconds,
        "cpu_seconds": cpu,
        "born_bytes": born,
        "start_bytes": start,
        "import_seconds": imported,
        "loss": row.loss if JOB["dataset"] == "tuples" else None,
    }
    found = None
    if product is not None and not writes:
        found = digest(as_records(row, product))
    began = clock()
    del product
    gc.collect()
    answer["drop_seconds"] = clock() - began
    used["resident_dropped_bytes"] = memory_status().get("VmRSS")
    answer.update(used)
    if not JOB["traced"]:
        back = reader_of(row)
        answer["digest"] = found or digest(as_records(back, back.function(path)))
    return answer


def as_records(row, product):
    """A call's product as the dataset's records."""
    records = row.records(product) if row.records else product
    if not row.records and row.operation != "stream-read":
        records = all_records(product)
    if row.restore:
        records = map(row.restore, records)
    return rounded(row.close, records) if row.close else records


def rounded(close, records):
    """The dataset's record for each that is close to it."""
    originals = one_at_a_time()
    for record in records:
        original = next(originals, None)
        yield original if original and close(record, original) else record


def reader_of(row):
    """What reads the file that a call writes, for the check; of a reading call, itself."""
    if not row.writes():
        return row
    readers = [ROWS[key] for key in ORDER if ROWS[key].reads_file_of(row)]
    readers = [reader for reader in readers if not reader.unsupported(JOB["dataset"])]
    return readers[0] if readers else None


JOBS = {"list": listed, "make": make, "size": sized, "measure": measure}
print(json.dumps(JOBS[JOB["task"]]()))
