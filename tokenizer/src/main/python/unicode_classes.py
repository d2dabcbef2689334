#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the table of Unicode classes that the splitting rule uses, as Hugging Face tokenizers sees them.

    python unicode_classes.py OUTPUT

Every scalar value is put after a character of known class; a piece of two characters tells that both
are of one class. A new Unicode version is a new file with a new version number, because it changes ids.
"""

import sys

import tokenizers
from tokenizers.pre_tokenizers import ByteLevel

TABLE_VERSION = 1
SURROGATES = range(0xD800, 0xE000)


def class_of(split, character):
    joined = [name for name, before in (("L", "a"), ("N", "1"), ("O", "!")) if len(split(before + character)) == 1]
    if len(joined) > 1:
        raise ValueError(f"U+{ord(character):04X} is of several classes: {joined}")
    return joined[0] if joined else "W"


def unicode_version(class_at):
    for version, code_point in (("17.0", 0x323B0), ("16.0", 0x1C89), ("15.1", 0x2EBF0), ("15.0", 0x31350)):
        if class_at(code_point) == "L":
            return version
    raise ValueError("the tokenizers package knows a Unicode version before 15.0")


def main(output):
    split = ByteLevel(add_prefix_space=False).pre_tokenize_str
    ranges = []
    for code_point in range(0x110000):
        name = "O" if code_point in SURROGATES else class_of(split, chr(code_point))
        if name == "O":
            continue
        if ranges and ranges[-1][0] == name and ranges[-1][2] == code_point - 1:
            ranges[-1][2] = code_point
        else:
            ranges.append([name, code_point, code_point])
    version = unicode_version(lambda code_point: class_of(split, chr(code_point)))
    with open(output, "w", encoding="ascii", newline="\n") as file:
        file.write("# Classes of Unicode scalar values: Letter, Number, White space; all others are of class other.\n")
        file.write(f"# Written by src/main/python/unicode_classes.py from tokenizers {tokenizers.__version__}.\n")
        file.write(f"table {TABLE_VERSION} unicode {version} ranges {len(ranges)}\n")
        for name, first, last in ranges:
            file.write(f"{name} {first:X} {last:X}\n" if last > first else f"{name} {first:X}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: unicode_classes.py OUTPUT")
    main(sys.argv[1])
