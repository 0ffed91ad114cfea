"""pyarrow: tables with a column for each field."""

_pyarrow = Serializer(
    "pyarrow",
    ["pyarrow." + name for name in ["compute", "csv", "dataset", "feather", "parquet"]],
    pip="pyarrow",
    early="pandas",
    holds=ROWS_ONLY,
)


def arrow_schema():
    types = [pyarrow.float64(), pyarrow.string(), pyarrow.uint64()]
    return pyarrow.schema(list(zip(NAMES, types)))


def table_of(data):
    schema = arrow_schema()
    columns = [pyarrow.array(c, type=f.type) for c, f in zip(zip(*data), schema)]
    return pyarrow.Table.from_arrays(columns, schema=schema)


def rows_of_batch(batch):
    return zip(*[column.to_pylist() for column in batch.columns])


def rows_of_table(table):
    for batch in table.to_batches(max_chunksize=10000):
        for record in rows_of_batch(batch):
            yield record


def arrow_calls(write_name, write, read_name, read):
    """The four calls of a kind of file: tables and lists, to and from it."""

    @_pyarrow.write(write_name + "-native", given=table_of)
    def _(table, path):
        write(table, path)

    @_pyarrow.write(write_name)
    def _(data, path):
        write(table_of(data), path)

    @_pyarrow.read(read_name + "-native", made_by=write_name, records=rows_of_table)
    def _(path):
        return read(path)

    @_pyarrow.read(read_name, made_by=write_name)
    def _(path):
        return list(rows_of_batch(read(path)))


def write_ipc(table, path):
    with pyarrow.OSFile(path, "wb") as file:
        with pyarrow.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)


def read_ipc(path):
    with pyarrow.OSFile(path, "rb") as file:
        return pyarrow.ipc.open_file(file).read_all()


def read_csv_table(path):
    # Left alone it takes such integers for floats.
    types = pyarrow.csv.ConvertOptions(column_types=arrow_schema())
    return pyarrow.csv.read_csv(path, convert_options=types)


arrow_calls("ipc-write", write_ipc, "ipc-read", read_ipc)
arrow_calls(
    "feather-write",
    lambda table, path: pyarrow.feather.write_feather(table, path),
    "feather-read",
    lambda path: pyarrow.feather.read_table(path),
)
arrow_calls(
    "parquet-write",
    lambda table, path: pyarrow.parquet.write_table(table, path),
    "parquet-read",
    lambda path: pyarrow.parquet.read_table(path),
)
arrow_calls(
    "csv-write",
    lambda table, path: pyarrow.csv.write_csv(table, path),
    "csv-read",
    read_csv_table,
)


@_pyarrow.map_read("ipc-mmap", made_by="ipc-write", records=rows_of_table)
def _(path):
    table = pyarrow.ipc.open_file(pyarrow.memory_map(path)).read_all()
    # A pass over every column brings in every page.
    for column in table.columns:
        pyarrow.compute.min_max(column)
    return table


@_pyarrow.stream_write("parquet-row-groups")
def _(records, path):
    schema, some = arrow_schema(), []
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for record in records:
            some.append(record)
            if len(some) == 10000:
                writer.write_table(table_of(some))
                some = []
        if some:
            writer.write_table(table_of(some))


@_pyarrow.stream_read("parquet-row-groups", made_by="parquet-row-groups")
def _(path):
    with pyarrow.parquet.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            for record in rows_of_batch(file.read_row_group(group)):
                yield record
