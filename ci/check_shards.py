#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a directory of shards with pyarrow and Hugging Face datasets and compares with its manifest.

Usage: check_shards.py DIR
Prints one line per check; exits with 1 if any differs. Needs pyarrow, datasets and numpy.
"""

import hashlib
import json
import pathlib
import sys

import datasets
import numpy as np
import pyarrow.ipc

failures = 0


def check(what, expected, found):
    global failures
    if expected == found:
        print(f"ok    {what}: {found}")
    else:
        failures += 1
        print(f"WRONG {what}: manifest says {expected}, found {found}")


def int32_sha256(arrays):
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.astype("<i4").tobytes())
    return digest


def read_stream(path):
    """Values of each batch, numbers of documents and tokens, and whether each row ends with id `end`."""
    with pyarrow.memory_map(str(path)) as source, pyarrow.ipc.open_stream(source) as reader:
        end = int(reader.schema.metadata[b"hope.end-of-text-id"])
        values, documents, ended = [], 0, True
        for batch in reader:
            column = batch.column("input_ids")
            ids = column.flatten().to_numpy(zero_copy_only=True)
            last = column.offsets.to_numpy()[1:] - column.offsets[0].as_py() - 1
            ended &= bool((ids[last] == end).all())
            values.append(ids.copy())
            documents += batch.num_rows
        return values, documents, ended


def check_split(root, name, split):
    of_split, documents, tokens = hashlib.sha256(), 0, 0
    flat = []
    for shard in split["shards"]:
        path = root / shard["file"]["name"]
        values, rows, ended = read_stream(path)
        digest = int32_sha256(values)
        check(f"{path.name} sha256 over ids", shard["tokensSha256"], digest.hexdigest())
        check(f"{path.name} every document ends with end-of-text", True, ended)
        of_split.update(digest.digest())
        documents += rows
        tokens += sum(len(each) for each in values)
        flat.extend(values)
    check(f"{name} documents", split["documents"], documents)
    check(f"{name} tokens", split["tokens"], tokens)
    check(f"{name} sha256 over shards", split["tokensSha256"], of_split.hexdigest())

    loaded = datasets.load_from_disk(str(root / name))
    check(f"{name} documents in datasets", split["documents"], loaded.num_rows)
    rows = loaded.with_format("arrow")["input_ids"]
    rows = rows if hasattr(rows, "chunks") else rows[:]
    ids = [chunk.flatten().to_numpy() for chunk in rows.chunks]
    check(
        f"{name} same tokens in datasets as in pyarrow",
        int32_sha256(flat).hexdigest(),
        int32_sha256(ids).hexdigest(),
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1])
    manifest = json.loads((root / "manifest.json").read_text())
    for name, split in manifest["splits"].items():
        check_split(root, name, split)
    check(
        "splits in datasets",
        {name: split["documents"] for name, split in manifest["splits"].items()},
        {name: part.num_rows for name, part in datasets.load_from_disk(str(root)).items()},
    )
    sys.exit(1 if failures else 0)


main()
