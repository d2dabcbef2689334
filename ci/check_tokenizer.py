#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare our ids with those that Hugging Face tokenizers gives under the same tokenizer.json.

    hope encode --tokenizer tokenizer.json --input text.txt > ids.jsonl
    check_tokenizer.py tokenizer.json text.txt ids.jsonl

ids.jsonl holds one JSON array per line of the text. Lines end with a line feed, which is not part of
the line. Special tokens in the text are plain text. Prints one line; exits with 0 where all ids are
equal or where the tokenizers package is absent, with 1 on a difference, with 2 on unusable input.
"""

import itertools
import json
import sys


def lines(path):
    with open(path, "rb") as file:
        for line in file:
            yield line[:-1] if line.endswith(b"\n") else line


def difference(number, expected, actual):
    if actual is None:
        return f"line {number} has no ids"
    if expected is None:
        return f"there are ids for line {number}, which the text does not have"
    at = next((i for i, (e, a) in enumerate(zip(expected, actual)) if e != a), min(len(expected), len(actual)))
    return f"line {number}, id {at}: expected {expected[at:at + 8]}, found {actual[at:at + 8]}"


def check(tokenizer, text_path, ids_path):
    count_lines = count_ids = 0
    for number, (text, ids) in enumerate(itertools.zip_longest(lines(text_path), lines(ids_path)), start=1):
        expected = None if text is None else tokenizer.encode(text.decode("utf-8"), add_special_tokens=False).ids
        actual = None if ids is None else json.loads(ids)
        if expected != actual:
            return f"FAIL  tokenizer ids: {difference(number, expected, actual)}", 1
        count_lines += 1
        count_ids += len(actual)
    if count_lines == 0:
        return f"FAIL  tokenizer ids: {text_path} holds no lines", 2
    return f"ok    tokenizer ids: {count_ids} of {count_lines} lines, as Hugging Face tokenizers gives them", 0


def main(arguments):
    if len(arguments) != 3:
        return "Usage: check_tokenizer.py TOKENIZER_JSON TEXT IDS", 2
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return "skip  tokenizer ids: the Python package tokenizers is absent", 0
    tokenizer_path, text_path, ids_path = arguments
    try:
        tokenizer = Tokenizer.from_file(tokenizer_path)
    except Exception as error:  # the package raises plain Exception
        return f"FAIL  tokenizer ids: cannot load {tokenizer_path}: {error}", 2
    tokenizer.encode_special_tokens = True
    try:
        return check(tokenizer, text_path, ids_path)
    except (OSError, TypeError, ValueError) as error:
        return f"FAIL  tokenizer ids: cannot compare {text_path} with {ids_path}: {error}", 2


if __name__ == "__main__":
    line, status = main(sys.argv[1:])
    print(line)
    sys.exit(status)
