"""Libraries for JSON, MessagePack, CBOR, BSON and Avro."""

_orjson = Serializer(
    "orjson", ["orjson"], pip="orjson", holds=NO_BYTES, loss=LISTS, restore=tuples_again
)


@_orjson.write("dumps", usual=True)
def _(data, path):
    with open(path, "wb") as file:
        file.write(orjson.dumps(data))


@_orjson.read("loads", usual=True)
def _(path):
    with open(path, "rb") as file:
        return orjson.loads(file.read())


@_orjson.stream_write("dumps-lines")
def _(records, path):
    with open(path, "wb") as file:
        for record in records:
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


@_orjson.stream_read("loads-lines", made_by="dumps-lines")
def _(path):
    with open(path, "rb") as file:
        for line in file:
            yield orjson.loads(line)


_ujson = Serializer(
    "ujson", ["ujson"], pip="ujson", holds=NO_BYTES, loss=LISTS, restore=tuples_again
)


@_ujson.write("dump")
def _(data, path):
    with opened(path, "w") as file:
        ujson.dump(data, file)


@_ujson.read("load")
def _(path):
    with opened(path, "r") as file:
        return ujson.load(file)


def msgspec_tuple():
    from typing import Tuple

    return Tuple[float, str, int]


def msgspec_struct():
    """The class for records that most of msgspec's examples have."""
    fields = [("number", float), ("text", str), ("integer", int)]
    return msgspec.defstruct("Record", fields, array_like=True)


def structs_of(data):
    global RECORD
    RECORD = msgspec_struct()
    return [RECORD(*record) for record in data]


def rows_of_structs(structs):
    return ((each.number, each.text, each.integer) for each in structs)


def msgspec_calls(name):
    this = Serializer(
        "msgspec-" + name,
        ["msgspec", "msgspec.json", "msgspec.msgpack"],
        pip="msgspec",
        holds=NO_BYTES if name == "json" else None,
    )

    def codec():
        return getattr(msgspec, name)

    def write(data, path):
        with open(path, "wb") as file:
            file.write(codec().encode(data))

    this.write("encode")(write)
    this.write("encode-native", holds=ROWS_ONLY, given=structs_of)(write)

    @this.read("decode-typed", holds=ROWS_ONLY)
    def _(path):
        with open(path, "rb") as file:
            return codec().decode(file.read(), type=typed_list(msgspec_tuple()))

    @this.read("decode", loss=LISTS, restore=tuples_again)
    def _(path):
        with open(path, "rb") as file:
            return codec().decode(file.read())

    @this.read("decode-native", holds=ROWS_ONLY, records=rows_of_structs)
    def _(path):
        with open(path, "rb") as file:
            return codec().decode(file.read(), type=typed_list(msgspec_struct()))


def typed_list(record):
    from typing import List

    return List[record]


msgspec_calls("json")
msgspec_calls("msgpack")


_msgpack = Serializer("msgpack", ["msgpack"], pip="msgpack", loss=LISTS, restore=tuples_again)


@_msgpack.write("pack", usual=True)
def _(data, path):
    with open(path, "wb") as file:
        msgpack.pack(data, file)


@_msgpack.write("packb", like="pack")
def _(data, path):
    with open(path, "wb") as file:
        file.write(msgpack.packb(data))


@_msgpack.read("unpack", usual=True)
def _(path):
    with open(path, "rb") as file:
        return msgpack.unpack(file)


@_msgpack.read("unpack-tuples", holds=ROWS_ONLY, loss="the list becomes a tuple", records=iter)
def _(path):
    with open(path, "rb") as file:
        return msgpack.unpack(file, use_list=False)


@_msgpack.stream_write("packer", usual=True)
def _(records, path):
    packer = msgpack.Packer()
    with open(path, "wb") as file:
        for record in records:
            file.write(packer.pack(record))


@_msgpack.stream_read("unpacker", made_by="packer", usual=True)
def _(path):
    with open(path, "rb") as file:
        for record in msgpack.Unpacker(file):
            yield record


_cbor = Serializer("cbor2", ["cbor2"], pip="cbor2", loss=LISTS, restore=tuples_again)


@_cbor.write("dump")
def _(data, path):
    with open(path, "wb") as file:
        cbor2.dump(data, file)


@_cbor.read("load")
def _(path):
    with open(path, "rb") as file:
        return cbor2.load(file)


@_cbor.stream_write("dump-each")
def _(records, path):
    with open(path, "wb") as file:
        for record in records:
            cbor2.dump(record, file)


@_cbor.stream_read("load-each", made_by="dump-each")
def _(path):
    with open(path, "rb") as file:
        while True:
            try:
                record = cbor2.load(file)
            except (EOFError, cbor2.CBORDecodeEOF):
                return
            yield record


SIGNED = "integers are stored less 2**63: its own have a sign"
_bson = Serializer("bson", ["bson"], pip="pymongo", holds=ROWS_ONLY)


def shifted(records):
    return [(number, text, integer - MIDDLE) for number, text, integer in records]


@_bson.write("encode", loss=SIGNED)
def _(data, path):
    with open(path, "wb") as file:
        file.write(bson.encode({"records": shifted(data)}))


@_bson.read("decode", loss=LISTS + "; " + SIGNED, restore=lambda r: (r[0], r[1], r[2] + MIDDLE))
def _(path):
    with open(path, "rb") as file:
        return bson.decode(file.read())["records"]


_avro = Serializer("fastavro", ["fastavro"], pip="fastavro", holds=ROWS_ONLY, loss=SIGNED)


def avro_dicts(records):
    for number, text, integer in records:
        yield {"number": number, "text": text, "integer": integer - MIDDLE}


@_avro.write("writer")
def write_avro(records, path):
    schema = {
        "type": "record",
        "name": "Record",
        "fields": [
            {"name": "number", "type": "double"},
            {"name": "text", "type": "string"},
            {"name": "integer", "type": "long"},
        ],
    }
    with open(path, "wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), avro_dicts(records))


_avro.stream_write("writer")(write_avro)


@_avro.stream_read("reader")
def read_avro(path):
    with open(path, "rb") as file:
        for record in fastavro.reader(file):
            yield record["number"], record["text"], record["integer"] + MIDDLE


@_avro.read("reader")
def _(path):
    return list(read_avro(path))
