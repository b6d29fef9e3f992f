#!/usr/bin/env python3
"""Writes weights in 8 bits: `eight_bits.py FULL.safetensors SMALL.safetensors`, with nothing but Python.

Of each matrix every number becomes one byte, 128 for zero, and every row has a scale, so that its largest number is
127 steps from zero: `name` holds the bytes and `name.scale` the scales, which `shared/embed` multiplies again. Vectors of
numbers stay as they are. Of all-MiniLM-L6-v2 23 MB are left of 91.
"""

import json
import struct
import sys
from array import array

STEPS = 127


def rows_in_bytes(numbers, width):
    """The bytes of a matrix, and the scale of each row."""
    small, scales = bytearray(), array("f")
    for at in range(0, len(numbers), width):
        row = numbers[at : at + width]
        scale = max(map(abs, row)) / STEPS or 1.0
        by = 1.0 / scale
        small += bytes(int(number * by + 128.5) for number in row)
        scales.append(scale)
    return bytes(small), scales.tobytes()


def main(full, small):
    data = open(full, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    head, body = json.loads(data[8 : 8 + length]), memoryview(data)[8 + length :]
    head.pop("__metadata__", None)
    made, parts, end = {}, [], 0

    def add(name, kind, shape, part):
        nonlocal end
        made[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)

    # Floats first, whose places in the file are then multiples of four.
    matrices = []
    for name in sorted(head):
        begin, stop = head[name]["data_offsets"]
        part, shape = bytes(body[begin:stop]), head[name]["shape"]
        if head[name]["dtype"] == "F32" and len(shape) == 2:
            numbers = array("f")
            numbers.frombytes(part)
            if sys.byteorder == "big":
                numbers.byteswap()
            bytes_of_rows, scales = rows_in_bytes(numbers, shape[1])
            matrices.append((name, shape, bytes_of_rows))
            add(f"{name}.scale", "F32", [shape[0]], scales)
        elif head[name]["dtype"] == "F32":
            add(name, "F32", shape, part)
    for name, shape, part in matrices:
        add(name, "U8", shape, part)
    text = json.dumps(made, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(small, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for part in parts:
            file.write(part)


if __name__ == "__main__":
    main(*sys.argv[1:3])
