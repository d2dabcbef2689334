#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed of encoding: ours, Hugging Face tokenizers and tiktoken in one run, and ours on the worst inputs.

    mvn -B -DskipTests package
    ci/bench_tokenizer.py [--data DIR] [--tokenizer FILE] [--classes PATH] [--quick]

English: the Pile sample and the WikiText slice, document by document, each read once, GPT-2's vocabulary. Ours runs as
one Java process, in which passes with one and with two threads take turns: "first" is the first pass of a new tokenizer
(empty caches) with the JIT compiler warm from other text, the median of nine, with the slowest and the fastest; "second"
repeats it, "cold" is the process's first. The peers run in this process on one thread; their time is of the encoding calls
alone, median of three (of one with --quick). Megabytes are 10^6 bytes of UTF-8.
"""

import argparse
import base64
import gzip
import json
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"


def lines_of(path):
    if path.endswith(".zst"):
        import pyarrow

        with pyarrow.input_stream(path, compression="zstd") as stream:
            return stream.read().decode("utf-8").splitlines()
    opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as file:
        return file.read().split("\n")


def articles(lines):
    """WikiText's documents: each starts at a line ' = Title = '."""
    document = []
    for line in lines:
        if line.startswith(" = ") and not line.startswith(" = = ") and document:
            yield "\n".join(document)
            document = []
        document.append(line)
    yield "\n".join(document)


def english(data):
    pile = [json.loads(line)["text"] for line in lines_of(os.path.join(data, "pile/pile_sample.train.jsonl.zst")) if line]
    return pile + list(articles(lines_of(os.path.join(data, "wikitext/wikitext103.train-slice.tokens.txt.gz"))))


def worst_inputs(documents):
    rng = random.Random(20261121)
    letters = "abcdefghijklmnopqrstuvwxyz"
    chinese = "".join(chr(0x4E00 + min(int(rng.expovariate(1 / 900)), 0x51A5)) for _ in range(1_000_000))
    yield "one letter, 4 million times", [b"a" * 4_000_000]
    yield "blanks, 4 million", [b" " * 4_000_000]
    yield "carets, 4 million", [b"^" * 4_000_000]
    yield "line feeds, 4 million", [b"\n" * 4_000_000]
    yield "random letters, one word", ["".join(rng.choice(letters) for _ in range(2_000_000)).encode()]
    yield "base64, one line", [base64.b64encode(rng.randbytes(3_000_000))]
    yield "random bytes", [rng.randbytes(3_000_000)]
    yield "Chinese without spaces", [chinese.encode()]
    yield "accents, one letter each", ["e\u0301".encode() * 700_000]
    yield "words never seen twice", [" ".join("".join(rng.choice(letters) for _ in range(rng.randint(3, 14))) for _ in range(300_000)).encode()]
    yield "numbers", [" ".join(str(rng.randrange(10**12)) for _ in range(200_000)).encode()]
    whole = " ".join(" ".join(documents).split())
    while len(whole) < 25_000_000:
        whole += " " + whole[: 25_000_000 - len(whole)]
    yield "English, one line of 25 MB", [whole[:25_000_000].encode()]


def write_records(path, documents):
    with open(path, "wb") as file:
        for document in documents:
            file.write(struct.pack("<i", len(document)) + document)


def class_path(given):
    if given:
        return given
    benchmarks = os.path.join(ROOT, "benchmarks", "target")
    listed = os.path.join(benchmarks, "class-path")
    if not os.path.exists(listed):
        sys.exit("bench_tokenizer: Missing classes [%s]: they have to be built first. Run mvn -DskipTests package." % benchmarks)
    with open(listed, encoding="utf-8") as file:
        return os.pathsep.join([os.path.join(benchmarks, "classes"), os.path.join(ROOT, "tokenizer", "target", "classes"), file.read().strip()])


def ours(classes, tokenizer, threads, files):
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    command = [java, "-Xmx3g", "-cp", classes, "org.hopespark.tokenizer.EncodeBenchmark", tokenizer, threads] + files
    for line in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        name, num_threads, _, num_ids, first, slowest, fastest, second, cold = line.split()
        yield name, int(num_threads), int(num_ids), float(first), f"{slowest}-{fastest}", float(second), float(cold)


def timed(encode, documents, runs):
    seconds, ids = [], 0
    for _ in range(runs):
        start = time.perf_counter()
        ids = sum(encode(document) for document in documents)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), ids


def hugging_face(path):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    tokenizer.encode_special_tokens = True
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def tiktoken(path):
    import tiktoken

    with open(path, encoding="utf-8") as file:
        vocabulary = json.load(file)["model"]["vocab"]
    kept = [byte for byte in range(256) if 33 <= byte <= 126 or (161 <= byte and byte != 173)]
    byte_of = {chr(byte): byte for byte in kept}
    byte_of.update({chr(256 + i): byte for i, byte in enumerate(byte for byte in range(256) if byte not in set(kept))})
    special = "<|endoftext|>"
    ranks = {bytes(byte_of[c] for c in token): rank for token, rank in vocabulary.items() if token != special}
    # The package's own expression for GPT-2's rule.
    pattern = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
    encoding = tiktoken.Encoding("gpt2", pat_str=pattern, mergeable_ranks=ranks, special_tokens={special: vocabulary[special]})
    return lambda text: len(encoding.encode_ordinary(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    parser.add_argument("--tokenizer", help="tokenizer.json; GPT-2's of the data by default")
    parser.add_argument("--classes", help="class path of the benchmark; the built modules by default")
    parser.add_argument("--quick", action="store_true", help="English only, peers once")
    arguments = parser.parse_args()
    tokenizer = arguments.tokenizer or os.path.join(arguments.data, "tokenizers/gpt2/tokenizer.json")
    classes = class_path(arguments.classes)

    documents = english(arguments.data)
    num_bytes = sum(len(document.encode()) for document in documents)
    print(f"English: {len(documents)} documents, {num_bytes / 1e6:.1f} MB; MB/s")
    row = "{:<34} {:>9} {:>13} {:>9} {:>9} {:>11}"
    print(row.format("", "first", "range", "second", "cold", "ids"))
    with tempfile.TemporaryDirectory() as directory:
        warm = os.path.join(directory, "warm-up")
        write_records(warm, [text.encode() for text in articles(lines_of(os.path.join(arguments.data, "wikitext/wikitext2.valid.tokens.txt.gz")))])
        corpus = os.path.join(directory, "english")
        write_records(corpus, [document.encode() for document in documents])
        speeds = []
        for _, threads, ids, first, spread, second, cold in ours(classes, tokenizer, "1,2", [warm, corpus]):
            print(row.format(f"ours, {threads} thread{'s' * (threads > 1)}", first, spread, second, cold, ids), flush=True)
            speeds.append(first)
        for name, peer in (("Hugging Face tokenizers", hugging_face), ("tiktoken", tiktoken)):
            try:
                seconds, ids = timed(peer(tokenizer), documents, 1 if arguments.quick else 3)
            except ImportError:
                print(row.format(name, "absent", "", "", "", ""))
                continue
            speeds.append(num_bytes / 1e6 / seconds)
            print(row.format(name + ", 1 thread", f"{speeds[-1]:.1f}", "", "", "", ids), flush=True)
            print(f"  ours with 1 thread: {speeds[0] / speeds[-1]:.1f} times as fast")
        print(f"ours, 2 threads to 1: {speeds[1] / speeds[0]:.2f} times as fast")
        if arguments.quick:
            return
        print("\nWorst inputs, ours, 1 thread; MB/s")
        names = {}
        for number, (name, records) in enumerate(worst_inputs(documents)):
            names[str(number)] = name
            write_records(os.path.join(directory, str(number)), records)
        files = [warm] + [os.path.join(directory, number) for number in names]
        for number, _, ids, first, spread, second, cold in ours(classes, tokenizer, "1", files):
            print(row.format(names[number], first, spread, second, cold, ids), flush=True)


if __name__ == "__main__":
    main()
