"""Classes of the objects in the pickles that are measured, for Python 2.7 and 3."""
import collections


class Order(object):
    """Four attributes, as most objects have a few."""


class Wide(object):
    """More attributes than instances can share in 3.8."""


class Slots(object):
    __slots__ = ("identity", "name", "weight")


Named = collections.namedtuple("Named", ["identity", "name", "weight"])
