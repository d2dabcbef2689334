#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write documents, as hope prepare would, of made-up text: Zipf-distributed words with a long tail, and Base64.

    zipf_documents.py GIGABYTES DIRECTORY

Every document holds a few kilobytes of frequent words, twelve rare words of eight letters, and one run of 400 letters,
which is longer than the words that a tokenizer is trained on by default. Every 64th holds Base64. Every file stands there
six times under other names, so that making it takes a sixth of the time.
Prints the number of documents to learn from, and of their bytes.
"""

import base64
import json
import pathlib
import random
import sys

import pyarrow
import pyarrow.parquet

DOCUMENTS_PER_FILE = 16384
NAMES_PER_FILE = 6
RARE_WORDS = 12
WORDS_PER_DOCUMENT = 640
LETTERS = bytes(ord("a") + i % 26 for i in range(256))
DOMAINS = ["Books", "Code", "Web"]
SCHEMA = pyarrow.schema(
    [(name, pyarrow.int64() if name == "ordinal" else pyarrow.string()) for name in ("id", "source", "ordinal", "domain", "text", "split")]
)


def word(rng, length):
    return rng.randbytes(length).translate(LETTERS).decode()


def frequent_texts(rng):
    vocabulary = [word(rng, min(14, 1 + int(rng.gammavariate(3, 1.8)))) for _ in range(100_000)]
    cumulative = []
    total = 0.0
    for rank in range(1, len(vocabulary) + 1):
        total += 1 / rank
        cumulative.append(total)
    return [" ".join(rng.choices(vocabulary, cum_weights=cumulative, k=WORDS_PER_DOCUMENT)) for _ in range(DOCUMENTS_PER_FILE)]


def text(rng, frequent, number):
    packed = base64.b64encode(rng.randbytes(192)).decode() if number % 64 == 0 else ""
    rare = " ".join(word(rng, 8) for _ in range(RARE_WORDS))
    return f"{frequent} {rare}. {word(rng, 400)}\n{packed}"


def main(gigabytes, directory):
    rng = random.Random(6)
    frequent = frequent_texts(rng)
    target = int(float(gigabytes) * 1e9)
    directory = pathlib.Path(directory)
    (directory / "data-zipf").mkdir(parents=True)
    files = []
    by_domain = dict.fromkeys(DOMAINS, 0)
    by_split = {"train": 0, "validation": 0}
    bytes_by_split = dict(by_split)
    while sum(bytes_by_split.values()) < target:
        rows = {field: [] for field in SCHEMA.names}
        for i in range(DOCUMENTS_PER_FILE):
            number = len(files) * DOCUMENTS_PER_FILE + i
            domain = DOMAINS[number % len(DOMAINS)]
            # A handful in a file is held out, so that encoding them costs nothing.
            split = "validation" if i % 4001 == 7 else "train"
            content = text(rng, frequent[i], number)
            by_domain[domain] += NAMES_PER_FILE
            by_split[split] += NAMES_PER_FILE
            bytes_by_split[split] += NAMES_PER_FILE * len(content)
            for field, value in zip(SCHEMA.names, (f"{number:032x}", "zipf", number, domain, content, split)):
                rows[field].append(value)
        name = f"data-zipf/part-{len(files):05d}.parquet"
        pyarrow.parquet.write_table(
            pyarrow.table(rows, schema=SCHEMA), directory / name, compression="zstd", compression_level=1, use_dictionary=False, row_group_size=2048
        )
        for copy in range(NAMES_PER_FILE):
            other = f"data-zipf/part-{len(files):05d}.parquet"
            if copy > 0:
                (directory / other).hardlink_to(directory / name)
            size = (directory / name).stat().st_size
            files.append({"file": {"name": other, "bytes": size, "sha256": "", "xxh3": ""}, "documents": DOCUMENTS_PER_FILE})
    manifest = {
        "format": "hope-documents-1",
        "documentsId": "zipf",
        "documents": sum(by_split.values()),
        "documentsBySplit": by_split,
        "bytesBySplit": bytes_by_split,
        "documentsByDomain": by_domain,
        "recordsRead": sum(by_split.values()),
        "droppedByReason": {},
        "repaired": 0,
        "files": files,
        "config": {"validationShare": 0.0},
        "inputs": [],
        "codeVersion": "zipf",
    }
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(by_split["train"], bytes_by_split["train"])


if __name__ == "__main__":
    main(*sys.argv[1:])
