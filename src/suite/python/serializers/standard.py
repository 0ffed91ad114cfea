"""The rest of the standard library: marshal, JSON, CSV, literals, sqlite3, arrays."""

LISTS = "tuples come back as lists"

_marshal = Serializer("marshal", ["marshal"])


@_marshal.write("dump", usual=True)
def _(data, path):
    with open(path, "wb") as file:
        marshal.dump(data, file)


@_marshal.read("load", usual=True)
def _(path):
    with open(path, "rb") as file:
        return marshal.load(file)


@_marshal.read("loads")
def _(path):
    with open(path, "rb") as file:
        return marshal.loads(file.read())


@_marshal.stream_write("dump-each")
def _(records, path):
    with open(path, "wb") as file:
        for record in records:
            marshal.dump(record, file)


@_marshal.stream_read("load-each", made_by="dump-each")
def _(path):
    with open(path, "rb") as file:
        while True:
            try:
                record = marshal.load(file)
            except EOFError:
                return
            yield record


_json = Serializer("json", ["json"], holds=NO_BYTES, loss=LISTS, restore=tuples_again)


@_json.write("dump", usual=True)
def _(data, path):
    with opened(path, "w") as file:
        json.dump(data, file)


@_json.write("dumps", like="dump")
def _(data, path):
    with opened(path, "w") as file:
        file.write(json.dumps(data))


@_json.write("iterencode", like="dump")
def _(data, path):
    with opened(path, "w") as file:
        for piece in json.JSONEncoder().iterencode(data):
            file.write(piece)


@_json.write("dumps-lines", given=all_records)
def json_lines(records, path):
    with opened(path, "w") as file:
        for record in records:
            file.write(json.dumps(record) + "\n")


_json.stream_write("dumps-lines", usual=True)(json_lines)


@_json.read("load", usual=True)
def _(path):
    with opened(path, "r") as file:
        return json.load(file)


@_json.read("load-tuples", holds=ROWS_ONLY)
def _(path):
    with opened(path, "r") as file:
        return [tuple(record) for record in json.load(file)]


@_json.read("loads-lines", made_by="dumps-lines")
def _(path):
    with opened(path, "r") as file:
        return [json.loads(line) for line in file]


@_json.stream_read("loads-lines", made_by="dumps-lines", usual=True)
def _(path):
    with opened(path, "r") as file:
        for line in file:
            yield json.loads(line)


_csv = Serializer("csv", ["csv"], holds=ROWS_ONLY)


@_csv.write("writer", usual=True)
def write_csv(records, path):
    with open(path, "wb") if PYTHON_2 else opened(path, "w") as file:
        csv.writer(file).writerows(records)


_csv.stream_write("writer", usual=True)(write_csv)


@_csv.stream_read("reader", usual=True)
def read_csv(path):
    with open(path, "rb") if PYTHON_2 else opened(path, "r") as file:
        for number, text, integer in csv.reader(file):
            yield float(number), text, int(integer)


@_csv.read("reader", usual=True)
def _(path):
    return list(read_csv(path))


def typed(row):
    return float(row[0]), row[1], int(row[2])


@_csv.read(
    "reader-strings", loss="each record becomes a list of three strings", restore=typed
)
def _(path):
    with open(path, "rb") if PYTHON_2 else opened(path, "r") as file:
        return list(csv.reader(file))


_repr = Serializer("repr", ["ast"])


@_repr.write("lines", usual=True, given=all_records)
def write_repr(records, path):
    with opened(path, "w") as file:
        file.writelines(literal(record) + "\n" for record in records)


_repr.stream_write("lines")(write_repr)


@_repr.write("whole")
def _(data, path):
    with opened(path, "w") as file:
        file.write(repr(data))


def read_lines(parse):
    def read(path):
        with opened(path, "r") as file:
            for line in file:
                yield parse(line)

    return read, lambda path: list(read(path))


for call, parse in [("split", split), ("eval", eval), ("literal-eval", ast.literal_eval)]:
    about = {"usual": call == "split", "holds": ROWS_ONLY if call == "split" else None}
    stream, whole = read_lines(parse)
    _repr.read(call, **about)(whole)
    _repr.stream_read(call, **about)(stream)


@_repr.read("eval-whole", made_by="whole")
def _(path):
    with opened(path, "r") as file:
        return eval(file.read())


_sqlite = Serializer(
    "sqlite3", ["sqlite3"], holds=ROWS_ONLY, loss="integers are stored less 2**63: its own have a sign"
)
MIDDLE = 1 << 63


@_sqlite.write("executemany")
def insert(records, path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE records (number REAL, text TEXT, integer INTEGER)")
    rows = ((number, text, integer - MIDDLE) for number, text, integer in records)
    database.executemany("INSERT INTO records VALUES (?, ?, ?)", rows)
    database.commit()
    database.close()


_sqlite.stream_write("executemany")(insert)


@_sqlite.stream_read("cursor")
def select(path):
    database = sqlite3.connect(path)
    database.text_factory = str
    for number, text, integer in database.execute("SELECT * FROM records"):
        yield number, text, integer + MIDDLE
    database.close()


@_sqlite.read("cursor")
def _(path):
    return list(select(path))


_struct = Serializer("struct", ["struct"], holds=ROWS_ONLY)


def layout():
    return struct.Struct("<d20sQ")


@_struct.write("pack")
def pack(records, path):
    one = layout()
    with open(path, "wb") as file:
        for number, text, integer in records:
            file.write(one.pack(number, text.encode("ascii"), integer))


_struct.stream_write("pack")(pack)


@_struct.read("iter-unpack", since=(3, 4))
def _(path):
    with open(path, "rb") as file:
        rows = layout().iter_unpack(file.read())
        return [(number, text.decode("ascii"), integer) for number, text, integer in rows]


@_struct.stream_read("unpack")
def _(path):
    one = layout()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(one.size), b""):
            number, text, integer = one.unpack(piece)
            yield number, text if PYTHON_2 else text.decode("ascii"), integer


_array = Serializer("array", ["array"], holds=ROWS_ONLY, since=(3, 3))


def columns_of(data):
    numbers = array.array("d", (number for number, text, integer in data))
    texts = bytearray().join(text.encode("ascii") for number, text, integer in data)
    return numbers, texts, array.array("Q", (integer for number, text, integer in data))


def rows_of_columns(columns):
    numbers, texts, integers = columns
    for at, (number, integer) in enumerate(zip(numbers, integers)):
        yield number, texts[20 * at : 20 * at + 20].decode("ascii"), integer


@_array.write("tofile")
def _(data, path):
    # A column after the other: no two of them are there at a time.
    with open(path, "wb") as file:
        array.array("d", (number for number, text, integer in data)).tofile(file)
        file.writelines(text.encode("ascii") for number, text, integer in data)
        array.array("Q", (integer for number, text, integer in data)).tofile(file)


@_array.write("tofile-native", given=columns_of)
def _(columns, path):
    with open(path, "wb") as file:
        for column in columns:
            file.write(column)


@_array.read("fromfile-native", records=rows_of_columns)
def read_columns(path):
    numbers, integers = array.array("d"), array.array("Q")
    rows = os.path.getsize(path) // 36
    texts = bytearray(20 * rows)
    with open(path, "rb") as file:
        numbers.fromfile(file, rows)
        file.readinto(texts)
        integers.fromfile(file, rows)
    return numbers, texts, integers


@_array.read("fromfile")
def _(path):
    return list(rows_of_columns(read_columns(path)))
