"""The table of serializers: which calls there are, and what each is given.

A serializer names its modules and has a function for each call:

    write         the whole list, to a file
    read          a file, into a list
    stream_write  records that are made one at a time, to a file
    stream_read   a generator of records out of a file
    map_read      a file mapped into memory: what the library gives for it

A module is imported before anything is measured, and then is a global of its
name. A call named `...-native` is given the library's own container, or gives
it; all others a list of records.
"""

import importlib

ROWS = {}
SERIALIZERS = []


class Serializer(object):
    """A format of a library.

    `imports`: the modules, the first of which has the version. `pip`: what to
    install where it is not there; none for the standard library. `early`: a
    module that it would import by itself, where there is one, at its first call.
    `holds`: which records it can hold. `loss`: what becomes of their types, in words,
    and `restore` undoes exactly that for the comparison with the dataset.
    """

    def __init__(
        self,
        name,
        imports,
        pip=None,
        early=None,
        holds=None,
        loss=None,
        restore=None,
        since=(2, 7),
    ):
        self.name, self.imports, self.pip, self.early = name, imports, pip, early
        self.holds, self.loss, self.restore, self.since = holds, loss, restore, since
        SERIALIZERS.append(self)

    def write(self, call, **about):
        return self._row("write", call, about)

    def read(self, call, **about):
        return self._row("read", call, about)

    def stream_write(self, call, **about):
        return self._row("stream-write", call, about)

    def stream_read(self, call, **about):
        return self._row("stream-read", call, about)

    def map_read(self, call, **about):
        return self._row("map-read", call, about)

    def _row(self, operation, call, about):
        def add(function):
            row = Row(self, operation, call, function, **about)
            ROWS[operation, self.name, call] = row
            return function

        return add


class Row(object):
    """One call.

    `usual`: it belongs to a run that nobody chose cases for. `given` makes the
    library's own container from the list, before the call is measured. `like`
    names another call that writes the same file, and `made_by` the call whose
    file is read, the serializer's first one otherwise. `records` gives what was
    read as records for the check, and `restore` undoes a documented loss.
    `close` says whether a record differs from the dataset's by no more than a
    documented loss that nothing undoes.
    """

    def __init__(
        self,
        serializer,
        operation,
        call,
        function,
        usual=False,
        given=None,
        made_by=None,
        records=None,
        loss=None,
        restore=None,
        close=None,
        since=None,
        holds=None,
        like=None,
    ):
        self.serializer, self.operation, self.call = serializer, operation, call
        self.function, self.usual, self.given, self.records = function, usual, given, records
        self.loss = loss or serializer.loss
        self.restore = restore or serializer.restore
        self.close, self.since = close, since or serializer.since
        self.holds = holds or serializer.holds
        self.like = (like or call).replace("-native", "")
        self.made_by = made_by
        if made_by is None and not self.writes():
            self.made_by = next(
                other for done, name, other in ORDER
                if name == serializer.name and done.endswith("write")
            )
        ORDER.append((operation, serializer.name, call))

    def writes(self):
        return self.operation.endswith("write")

    def unsupported(self, dataset):
        """Why it cannot be measured with these records, in this Python."""
        if sys.version_info[:2] < self.since:
            return "it needs Python %d.%d" % self.since
        return why_not(self.holds, dataset)

    def reads_file_of(self, writer):
        """Whether it reads what another call wrote."""
        is_same = self.serializer.name == writer.serializer.name
        return is_same and self.made_by and self.made_by.replace("-native", "") == writer.like


# The keys of ROWS, as they stand in the files.
ORDER = []


def load_modules(row):
    """Imports what a row needs: each module's package becomes a global."""
    try:
        importlib.import_module(row.serializer.early or "sys")
    except ImportError:
        pass
    for name in row.serializer.imports:
        importlib.import_module(name)
        top = name.split(".")[0]
        globals()[top] = sys.modules[top]
