"""Prints the first records of picklebench's dataset, made without picklebench.

ChaCha with 8 rounds from its definition, the rule from words to a record that
`src/dataset/tuples.rs` documents, and Python's own `print`:

    python3 make_tuples.py 100 42 > tuples-100-42-text.txt
"""

import struct
import sys


def words(key):
    """The cipher's key stream as 32-bit words; counter and nonce begin at 0."""
    key = struct.unpack("<8I", key)
    counter = 0

    def rotate(x, n):
        return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF

    while True:
        start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *key]
        start += [counter & 0xFFFFFFFF, counter >> 32, 0, 0]
        s = start[:]

        def quarter(a, b, c, d):
            for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[x] = (s[x] + s[y]) & 0xFFFFFFFF
                s[z] = rotate(s[z] ^ s[x], n)

        for _ in range(4):
            for i in range(4):
                quarter(i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        for a, b in zip(s, start):
            yield (a + b) & 0xFFFFFFFF
        counter += 1


def records(seed):
    stream = words(seed.to_bytes(8, "little") + bytes(24))

    def u32():
        return next(stream)

    def u64():
        low = u32()
        return low | u32() << 32

    while True:
        number = (u64() >> 11) / (1 << 53)
        text = "".join(chr(64 + (u32() * 26 >> 32)) for _ in range(20))
        yield (number, text, u64())


for record, _ in zip(records(int(sys.argv[2])), range(int(sys.argv[1]))):
    print(record)
