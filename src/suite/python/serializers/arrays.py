"""NumPy: structured arrays, whose rows have a float, 20 bytes and an integer."""

_numpy = Serializer("numpy", ["numpy"], pip="numpy", holds=ROWS_ONLY)


def array_of(data):
    return numpy.array(data, dtype=[("number", "<f8"), ("text", "S20"), ("integer", "<u8")])


def rows_of_array(rows):
    for at in range(0, len(rows), 4096):
        for number, text, integer in rows[at : at + 4096].tolist():
            yield number, text.decode("ascii"), integer


@_numpy.write("save", usual=True)
def _(data, path):
    with open(path, "wb") as file:
        numpy.save(file, array_of(data))


@_numpy.write("save-native", given=array_of, usual=True)
def _(rows, path):
    with open(path, "wb") as file:
        numpy.save(file, rows)


@_numpy.read("load", usual=True)
def _(path):
    # The array is gone by the time the strings are made.
    rows = numpy.load(path).tolist()
    return [(number, text.decode("ascii"), integer) for number, text, integer in rows]


@_numpy.read("load-native", records=rows_of_array, usual=True)
def _(path):
    return numpy.load(path)


@_numpy.map_read("mmap", records=rows_of_array, usual=True)
def _(path):
    rows = numpy.load(path, mmap_mode="r")
    # A pass over one column brings in every page.
    rows["integer"].max()
    return rows


@_numpy.write("savez-compressed-native", given=array_of)
def _(rows, path):
    with open(path, "wb") as file:
        numpy.savez_compressed(file, rows=rows)


@_numpy.read("load-npz-native", made_by="savez-compressed-native", records=rows_of_array)
def _(path):
    with numpy.load(path) as archive:
        return archive["rows"]


@_numpy.write("savetxt-native", given=array_of)
def _(rows, path):
    strings = rows.astype([("number", "<f8"), ("text", "U20"), ("integer", "<u8")])
    numpy.savetxt(path, strings, fmt=["%.17g", "%s", "%d"], encoding="utf-8")


@_numpy.read("loadtxt-native", made_by="savetxt-native", records=rows_of_array)
def _(path):
    layout = [("number", "<f8"), ("text", "S20"), ("integer", "<u8")]
    # A "#" is a letter like any other here.
    return numpy.loadtxt(path, dtype=layout, comments=None, encoding="utf-8")
