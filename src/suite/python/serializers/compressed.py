"""Compression around pickle and JSON, with what each library takes by itself."""


def compressed(name, module, pip=None, since=(3, 3)):
    """The calls for a module that has `open(path, mode)`, as gzip has."""
    about = {"pip": pip, "since": since}
    top = module.split(".")[0]

    def start(path, mode):
        return sys.modules[module].open(path, mode)

    _pickle = Serializer("pickle+" + name, [top, module, "pickle"], **about)

    @_pickle.write("dump")
    def _(data, path):
        with start(path, "wb") as file:
            pickle.dump(data, file, NEWEST)

    @_pickle.read("load")
    def _(path):
        with start(path, "rb") as file:
            return pickle.load(file)

    _json = Serializer(
        "json+" + name,
        [top, module, "json"],
        holds=NO_BYTES,
        loss=LISTS,
        restore=tuples_again,
        **about
    )

    @_json.write("dump")
    def _(data, path):
        with start(path, "wt") as file:
            json.dump(data, file)

    @_json.read("load")
    def _(path):
        with start(path, "rt") as file:
            return json.load(file)


compressed("gzip", "gzip")
compressed("bz2", "bz2")
compressed("lzma", "lzma")
compressed("zstandard", "zstandard", pip="zstandard")
compressed("lz4", "lz4.frame", pip="lz4")
