#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare our ids with those of Hugging Face tokenizers on all texts of a data folder and on hard ones.

    mvn -B -DskipTests package
    ci/check_tokenizer_parity.py [--data DIR] [--classes PATH] [--strings N] [--megabytes N] [TOKENIZER_JSON...]

Tokenizers: GPT-2's and GPT-NeoX's of the data by default. Sets: every text of every file, naughty strings and the dirty
sample among them, or with --megabytes N every n-th, so that N MB of each folder remain; every Unicode scalar value alone and between letters; N random strings of mixed scripts (200,000).
Special tokens in texts are plain text (encode_special_tokens). Prints a line per tokenizer and set; ends with 1 on a
difference.
"""

import argparse
import csv
import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BATCH = 4096


def content(path):
    with open(path, "rb") as file:
        head = file.read(4)
    if head == b"\x28\xb5\x2f\xfd":
        import pyarrow

        with pyarrow.input_stream(path, compression="zstd") as stream:
            return stream.read()
    with gzip.open(path, "rb") if head[:2] == b"\x1f\x8b" else open(path, "rb") as file:
        return file.read()


def strings_of(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from strings_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings_of(value)


def texts_of(path):
    """All strings of a file's records; a line or a file that is no record is a text itself."""
    if path.endswith(".parquet"):
        import pyarrow.parquet

        yield from strings_of(pyarrow.parquet.read_table(path).to_pylist())
        return
    text = content(path).decode("utf-8", "replace")
    name = path.removesuffix(".gz").removesuffix(".zst")
    if name.endswith(".json"):
        yield from strings_of(json.loads(text))
    elif name.endswith(".csv"):
        yield from strings_of(list(csv.reader(io.StringIO(text))))
    elif name.endswith(".jsonl"):
        for line in text.split("\n"):
            try:
                yield from strings_of(json.loads(line))
            except ValueError:
                pass
            yield line
    else:
        yield text
        yield from text.splitlines(keepends=True)


def thinned(texts, megabytes):
    """Every n-th text, with the smallest n that leaves so many megabytes, longer ones cut."""
    most = int(megabytes * 1e6)
    texts = [text[: most // 4] for text in texts]
    step = -(-sum(map(len, texts)) // most)
    return texts[:: max(1, step)]


def data_sets(data, megabytes):
    for folder, _, names in sorted(os.walk(data)):
        group = os.path.relpath(folder, data)
        if not group.startswith("tokenizers"):
            texts = [text for name in sorted(names) for text in texts_of(os.path.join(folder, name))]
            yield f"texts of {group}", texts if megabytes is None else thinned(texts, megabytes)


def scalars():
    return [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def mixed_strings(count):
    rng = random.Random(20261121)
    scripts = [
        (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x5B0, 0x5F4), (0x600, 0x6FF), (0x900, 0x97F),
        (0x980, 0x9FF), (0xB80, 0xBFF), (0xE00, 0xE7F), (0xF00, 0xFFF), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x20FF), (0x2100, 0x218F),
        (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFB00, 0xFFFF), (0x10400, 0x1044F), (0x11000, 0x11FFF), (0x1D100, 0x1D7FF),
        (0x1F300, 0x1FAFF), (0x20000, 0x2FA1F),
    ]
    parts = [" ", "  ", "   ", "\n", "\r\n", "\t", "'s", "'LL", "'", "\u00a0", "\u2028", "\u0301", "\u0345", "<|endoftext|>", " " * 24, " " * 30, "a", "the", "7"]

    def part():
        if rng.random() < 0.4:
            return rng.choice(parts)
        first, last = rng.choice(scripts)
        return "".join(chr(rng.randint(first, last)) for _ in range(rng.randint(1, 4)))

    return ["".join(part() for _ in range(rng.randint(1, 12))) for _ in range(count)]


def utf8(text):
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode("utf-8")


def check(tokenizer, path, classes, name, records, directory):
    source, target = os.path.join(directory, "records"), os.path.join(directory, "ids")
    with open(source, "wb") as file:
        for record in records:
            file.write(struct.pack(">i", len(record)) + record)
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    subprocess.run([java, "-Xmx2g", "-cp", classes, "org.hopespark.tokenizer.EncodeRecords", path, source, target], check=True)
    with open(target, "rb") as file:
        ours = memoryview(file.read())
    at = num_ids = 0
    for start in range(0, len(records), BATCH):
        batch = [record.decode() for record in records[start : start + BATCH]]
        for offset, encoding in enumerate(tokenizer.encode_batch_fast(batch, add_special_tokens=False)):
            expected = encoding.ids
            count = struct.unpack_from(">i", ours, at)[0]
            found = list(struct.unpack_from(f">{count}i", ours, at + 4))
            if found != expected:
                place = next((i for i, pair in enumerate(zip(expected, found)) if pair[0] != pair[1]), min(len(expected), count))
                print(f"FAIL  {name}: record {start + offset} {batch[offset][:60]!a}, id {place}: expected {expected[place:place + 8]}, found {found[place:place + 8]}")
                return False
            at += 4 + 4 * count
            num_ids += count
    print(f"ok    {name}: {num_ids} ids of {len(records)} texts, {sum(map(len, records)) / 1e6:.1f} MB", flush=True)
    return True


def class_path(given):
    benchmarks = os.path.join(ROOT, "benchmarks", "target")
    listed = os.path.join(benchmarks, "class-path")
    if given:
        return given
    if not os.path.exists(listed):
        sys.exit(f"check_tokenizer_parity: Missing classes [{benchmarks}]: they have to be built first. Run mvn -DskipTests package.")
    with open(listed, encoding="utf-8") as file:
        return os.pathsep.join([os.path.join(benchmarks, "classes"), os.path.join(ROOT, "tokenizer", "target", "classes"), file.read().strip()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    parser.add_argument("--classes", help="class path of EncodeRecords; the built modules by default")
    parser.add_argument("--strings", type=int, default=200_000)
    parser.add_argument("--megabytes", type=float, help="most of each folder's texts, by characters; all by default")
    parser.add_argument("tokenizers", nargs="*")
    arguments = parser.parse_args()
    try:
        import tokenizers
    except ImportError:
        print("skip  tokenizer parity: the Python package tokenizers is absent")
        return
    if not arguments.tokenizers and not os.path.isdir(arguments.data):
        print(f"skip  tokenizer parity: no {arguments.data}")
        return
    paths = arguments.tokenizers or [
        os.path.join(arguments.data, "tokenizers", name) for name in ("gpt2/tokenizer.json", "gpt-neox/20B_tokenizer.json")
    ]
    sets = list(data_sets(arguments.data, arguments.megabytes)) if os.path.isdir(arguments.data) else []
    sets.append(("every scalar value", scalars()))
    sets.append(("every scalar value between letters", [f"a{scalar}b" for scalar in scalars()]))
    sets.append((f"{arguments.strings} random strings", mixed_strings(arguments.strings)))
    classes = class_path(arguments.classes)
    passed = True
    with tempfile.TemporaryDirectory() as directory:
        for path in paths:
            tokenizer = tokenizers.Tokenizer.from_file(path)
            tokenizer.encode_special_tokens = True
            for name, texts in sets:
                label = f"{os.path.basename(os.path.dirname(path))}, {name}"
                passed &= check(tokenizer, path, classes, label, [utf8(text) for text in texts], directory)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
