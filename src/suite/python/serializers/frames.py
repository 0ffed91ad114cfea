"""pandas and polars: data frames with a column for each field."""

NAMES = ["number", "text", "integer"]

_pandas = Serializer("pandas", ["pandas"], pip="pandas", holds=ROWS_ONLY)
# Its Parquet and Feather are those of pyarrow, which it only imports then.
_pandas_arrow = Serializer(
    "pandas",
    ["pandas", "pyarrow.dataset", "pyarrow.feather", "pyarrow.parquet"],
    pip="pandas pyarrow",
    holds=ROWS_ONLY,
)


def frame_of(data):
    return pandas.DataFrame.from_records(data, columns=NAMES)


def rows_of_frame(frame):
    return frame.itertuples(index=False, name=None)


def pandas_calls(serializer, write_name, write, read_name, read, **about):
    """The four calls of a kind of file: frames and lists, to and from it."""

    @serializer.write(write_name + "-native", given=frame_of)
    def _(frame, path):
        write(frame, path)

    @serializer.write(write_name)
    def _(data, path):
        write(frame_of(data), path)

    @serializer.read(read_name + "-native", made_by=write_name, records=rows_of_frame, **about)
    def _(path):
        return read(path)

    @serializer.read(read_name, made_by=write_name, **about)
    def _(path):
        return list(rows_of_frame(read(path)))


pandas_calls(
    _pandas,
    "to-pickle",
    lambda frame, path: frame.to_pickle(path, compression=None),
    "read-pickle",
    lambda path: pandas.read_pickle(path, compression=None),
)
pandas_calls(
    _pandas,
    "to-csv",
    lambda frame, path: frame.to_csv(path, index=False),
    "read-csv",
    lambda path: pandas.read_csv(path),
)


@_pandas.stream_read("read-csv-chunks", made_by="to-csv")
def _(path):
    for frame in pandas.read_csv(path, chunksize=10000):
        for record in rows_of_frame(frame):
            yield record


def ten_digits(record, original):
    """Whether a float differs only beyond the tenth digit behind the point."""
    return abs(record[0] - original[0]) < 1e-10 and record[1:] == original[1:]


pandas_calls(
    _pandas,
    "to-json",
    lambda frame, path: frame.to_json(path, orient="records"),
    "read-json",
    lambda path: pandas.read_json(path, orient="records"),
    close=ten_digits,
    loss="floats keep 10 digits behind the point",
)
pandas_calls(
    _pandas_arrow,
    "to-parquet",
    lambda frame, path: frame.to_parquet(path),
    "read-parquet",
    lambda path: pandas.read_parquet(path),
)
pandas_calls(
    _pandas_arrow,
    "to-feather",
    lambda frame, path: frame.to_feather(path),
    "read-feather",
    lambda path: pandas.read_feather(path),
)

_polars = Serializer("polars", ["polars"], pip="polars", holds=ROWS_ONLY)


def polars_of(data):
    schema = {"number": polars.Float64, "text": polars.String, "integer": polars.UInt64}
    return polars.DataFrame(data, schema=schema, orient="row")


def rows_of_polars(frame):
    return frame.iter_rows()


def polars_calls(write_name, write, read_name, read):
    """The four calls of a kind of file."""

    @_polars.write(write_name + "-native", given=polars_of)
    def _(frame, path):
        write(frame, path)

    @_polars.write(write_name)
    def _(data, path):
        write(polars_of(data), path)

    @_polars.read(read_name + "-native", made_by=write_name, records=rows_of_polars)
    def _(path):
        return read(path)

    @_polars.read(read_name, made_by=write_name)
    def _(path):
        return read(path).rows()


def unsigned():
    """What a reader of text would take for something else."""
    return {"integer": polars.UInt64}


polars_calls(
    "write-csv",
    lambda frame, path: frame.write_csv(path),
    "read-csv",
    lambda path: polars.read_csv(path, schema_overrides=unsigned()),
)
polars_calls(
    "write-parquet",
    lambda frame, path: frame.write_parquet(path),
    "read-parquet",
    lambda path: polars.read_parquet(path),
)
polars_calls(
    "write-ipc",
    lambda frame, path: frame.write_ipc(path),
    "read-ipc",
    lambda path: polars.read_ipc(path),
)
polars_calls(
    "write-ndjson",
    lambda frame, path: frame.write_ndjson(path),
    "read-ndjson",
    lambda path: polars.read_ndjson(path, schema_overrides=unsigned()),
)


def scanned(call, scan, made_by):
    @_polars.stream_read(call, made_by=made_by)
    def _(path):
        for frame in scan(path).collect_batches(chunk_size=10000):
            for record in frame.iter_rows():
                yield record


scanned("scan-parquet", lambda path: polars.scan_parquet(path), "write-parquet")
scanned("scan-ipc", lambda path: polars.scan_ipc(path), "write-ipc")
