#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the table of Unicode classes that the splitting rules use, as Hugging Face tokenizers sees them.

    python unicode_classes.py OUTPUT

Every scalar value is put to the expressions of its classes. A new Unicode version is a new file with a new version
number, because it changes ids.
"""

import sys

import tokenizers
from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

TABLE_VERSION = 2
SURROGATES = range(0xD800, 0xE000)
CLASSES = {
    "N": r"\p{N}",
    "W": r"\s",
    "Lu": r"\p{Lu}",
    "Ll": r"\p{Ll}",
    "Lt": r"\p{Lt}",
    "Lm": r"\p{Lm}",
    "Lo": r"\p{Lo}",
    "M": r"\p{M}",
}


def members(expression):
    """Scalar values that match: matches are cut out of a text of all of them, between which stands a U+0000."""
    characters = [chr(code) for code in range(1, 0x110000) if code not in SURROGATES]
    split = Split(Regex(expression), "isolated")
    found = set()
    for start in range(0, len(characters), 4096):
        text = "\0".join(characters[start : start + 4096])
        found.update(ord(piece) for piece, _ in split.pre_tokenize_str(text) if len(piece) == 1)
    # What stands alone between two matches would be taken for one: a single character is tried by itself.
    return {code for code in found if code and len(split.pre_tokenize_str("\0\0" + chr(code) + "\0\0")) == 3}


def unicode_version(letters):
    for version, code_point in (("17.0", 0x323B0), ("16.0", 0x1C89), ("15.1", 0x2EBF0), ("15.0", 0x31350)):
        if code_point in letters:
            return version
    raise ValueError("the tokenizers package knows a Unicode version before 15.0")


def main(output):
    class_of = {}
    for name, expression in CLASSES.items():
        for code in members(expression):
            if code in class_of:
                raise ValueError(f"U+{code:04X} is of several classes: {class_of[code]}, {name}")
            class_of[code] = name
    letters = {code for code, name in class_of.items() if name.startswith("L")}
    if letters != members(r"\p{L}"):
        raise ValueError("the five kinds of letters are not all letters")

    ranges = []
    for code, name in sorted(class_of.items()):
        if ranges and ranges[-1][0] == name and ranges[-1][2] == code - 1:
            ranges[-1][2] = code
        else:
            ranges.append([name, code, code])
    version = unicode_version(letters)
    with open(output, "w", encoding="ascii", newline="\n") as file:
        file.write("# Classes of Unicode scalar values: five kinds of Letters, Marks, Numbers, White space; all others are of class other.\n")
        file.write(f"# Written by src/main/python/unicode_classes.py from tokenizers {tokenizers.__version__}.\n")
        file.write(f"table {TABLE_VERSION} unicode {version} ranges {len(ranges)}\n")
        for name, first, last in ranges:
            file.write(f"{name} {first:X} {last:X}\n" if last > first else f"{name} {first:X}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: unicode_classes.py OUTPUT")
    main(sys.argv[1])
