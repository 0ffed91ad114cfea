"""pickle, in C and in Python, and those who build on it."""

_pickle = Serializer("pickle", ["pickle"])
NEWEST = 2 if PYTHON_2 else 4


def dump_protocol(protocol):
    def dump(data, path):
        with open(path, "wb") as file:
            pickle.dump(data, file, protocol)

    return dump


def load_file(path):
    with open(path, "rb") as file:
        return pickle.load(file)


for protocol, since in enumerate([(2, 7), (2, 7), (2, 7), (3, 0), (3, 4), (3, 8)]):
    about = {"since": since, "usual": protocol >= 4}
    call = "protocol-%d" % protocol
    _pickle.write("dump-" + call, **about)(dump_protocol(protocol))
    _pickle.read("load-" + call, made_by="dump-" + call, **about)(load_file)


@_pickle.write("dumps")
def _(data, path):
    with open(path, "wb") as file:
        file.write(pickle.dumps(data, NEWEST))


@_pickle.read("loads", made_by="dumps")
def _(path):
    with open(path, "rb") as file:
        return pickle.loads(file.read())


@_pickle.write("dump-fast")
def _(data, path):
    with open(path, "wb") as file:
        pickler = pickle.Pickler(file, NEWEST)
        pickler.fast = True
        pickler.dump(data)


_pickle.read("load-fast", made_by="dump-fast")(load_file)


@_pickle.write("dump-pure")
def _(data, path):
    with open(path, "wb") as file:
        pure_pickle().dump(data, file, NEWEST)


@_pickle.read("load-pure", made_by="dump-pure")
def _(path):
    with open(path, "rb") as file:
        return pure_pickle().load(file)


class pure_pickle(object):
    """The pickle that is written in Python."""

    def __init__(self):
        module = importlib.import_module("pickle")
        self.dump = getattr(module, "_dump", module.dump)
        self.load = getattr(module, "_load", module.load)


@_pickle.stream_write("dump-each")
def _(records, path):
    with open(path, "wb") as file:
        for record in records:
            pickle.dump(record, file, NEWEST)


@_pickle.stream_write("clear-memo", like="dump-each")
def _(records, path):
    with open(path, "wb") as file:
        pickler = pickle.Pickler(file, NEWEST)
        for record in records:
            pickler.dump(record)
            pickler.clear_memo()


@_pickle.stream_read("load-each", made_by="dump-each")
def load_each(path):
    with open(path, "rb") as file:
        while True:
            try:
                record = pickle.load(file)
            except EOFError:
                return
            yield record


@_pickle.stream_read("one-unpickler", made_by="dump-each")
def _(path):
    with open(path, "rb") as file:
        unpickler = pickle.Unpickler(file)
        while True:
            try:
                record = unpickler.load()
            except EOFError:
                return
            yield record


_joblib = Serializer("joblib", ["joblib"], pip="joblib")


@_joblib.write("dump")
def _(data, path):
    joblib.dump(data, path)


@_joblib.read("load")
def _(path):
    return joblib.load(path)


_cloudpickle = Serializer("cloudpickle", ["cloudpickle"], pip="cloudpickle")


@_cloudpickle.write("dump")
def _(data, path):
    with open(path, "wb") as file:
        cloudpickle.dump(data, file)


@_cloudpickle.read("load")
def _(path):
    with open(path, "rb") as file:
        return cloudpickle.load(file)


_dill = Serializer("dill", ["dill"], pip="dill")


@_dill.write("dump")
def _(data, path):
    with open(path, "wb") as file:
        dill.dump(data, file)


@_dill.read("load")
def _(path):
    with open(path, "rb") as file:
        return dill.load(file)
