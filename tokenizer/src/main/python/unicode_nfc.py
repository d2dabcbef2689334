#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the tables of Unicode's normalization form C as Hugging Face tokenizers' normalizers show them.

    python unicode_nfc.py OUTPUT

Decompositions are those of every scalar value under NFD; pairs that compose follow from what NFC leaves whole. Combining
classes are Python's, with each tried against the package: a mark that it does not put in order has class 0. Hangul syllables
are left out; they follow by arithmetic.
"""

import sys
import unicodedata

import tokenizers
from tokenizers import normalizers

TABLE_VERSION = 1
HANGUL = range(0xAC00, 0xAC00 + 11172)


def main(output):
    nfc = normalizers.NFC().normalize_str
    nfd = normalizers.NFD().normalize_str
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]

    # Behind a mark of class 240 or 1, one of lower or higher class shows itself by changing places or not.
    lowest, highest = "\u0334", "\u0345"
    classes = {}
    for code in codes:
        character = chr(code)
        if nfd(character) != character:
            continue
        known = unicodedata.combining(character)
        seen = nfd(highest + character) == character + highest or nfd(character + lowest) == lowest + character
        if seen:
            if not known:
                raise ValueError(f"U+{code:04X} is a mark whose class Python does not know")
            classes[code] = known
    representative = {}
    for code, known in classes.items():
        representative.setdefault(known, chr(code))
    for code, known in classes.items():
        for other, mark in representative.items():
            swapped = nfd(mark + chr(code)) != mark + chr(code)
            if swapped != (known < other):
                raise ValueError(f"U+{code:04X} is not of class {known} to the package")

    decompositions = []
    for code in codes:
        whole = nfd(chr(code))
        if whole == chr(code) or code in HANGUL:
            continue
        composes = nfc(chr(code)) == chr(code)
        pair = ()
        if composes:
            head = nfc(whole[:-1])
            if len(head) != 1 or nfc(head + whole[-1]) != chr(code):
                raise ValueError(f"U+{code:04X} is not composed of two")
            pair = (head, whole[-1])
        decompositions.append((code, whole, pair))

    with open(output, "w", encoding="ascii", newline="\n") as file:
        file.write("# Normalization form C. M: combining class, then the marks of it; D: a character, its full decomposition;\n")
        file.write("# C: the same where its parts compose to it again, the last part with the composition of those before.\n")
        file.write(f"# Written by src/main/python/unicode_nfc.py from tokenizers {tokenizers.__version__}.\n")
        file.write(f"table {TABLE_VERSION} lines {len(decompositions) + len(representative)}\n")
        for known in sorted(representative):
            file.write(f"M {known} " + " ".join(f"{code:X}" for code in sorted(classes) if classes[code] == known) + "\n")
        for code, whole, pair in decompositions:
            file.write(("C" if pair else "D") + f" {code:X} " + " ".join(f"{ord(c):X}" for c in whole) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: unicode_nfc.py OUTPUT")
    main(sys.argv[1])
