#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed of training a tokenizer: ours and Hugging Face's trainer in one run, with equal vocabularies and merges.

    mvn -B -DskipTests package
    ci/bench_train_tokenizer.py [--data DIR] [--classes PATH] [--runs N] [--threads N] [--process]

The Pile sample and the WikiText slice, one document per item, vocabularies of 8192 and 32000; medians of the runs, which
take turns. Ours counts on as many threads as theirs and merges on one, in a Java process of its own; "first" is the
process's first run, which compiles as it goes, and the median is of the later ones. --process adds the whole of
hope train-tokenizer, from the start of its process to the end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from bench_tokenizer import ROOT, articles, class_path, lines_of, write_records

END_OF_TEXT = "<|endoftext|>"


def corpora(data):
    pile = os.path.join(data, "pile/pile_sample.train.jsonl.zst")
    wikitext = os.path.join(data, "wikitext/wikitext103.train-slice.tokens.txt.gz")
    yield "Pile sample", pile, [json.loads(line)["text"] for line in lines_of(pile) if line]
    yield "WikiText slice", wikitext, list(articles(lines_of(wikitext)))


def learnt(tokenizer_json):
    model = tokenizer_json["model"]
    return model["vocab"], [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in model["merges"]]


def hugging_face(documents, size):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=[END_OF_TEXT], initial_alphabet=alphabet, show_progress=False)
    start = time.perf_counter()
    tokenizer.train_from_iterator(documents, trainer)
    return time.perf_counter() - start, learnt(json.loads(tokenizer.to_str()))


def ours(classes, records, size, threads, runs, output):
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
    command = [java, "-Xmx2g", "-cp", classes, "org.hopespark.tokenizer.TrainBenchmark", records, str(size), str(threads), str(runs + 1), output]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    seconds = [tuple(map(float, line.split())) for line in lines]
    with open(output, encoding="utf-8") as file:
        return seconds, learnt(json.load(file))


def process(corpus, size, threads, directory):
    hope = os.path.join(ROOT, "hope")
    documents = os.path.join(directory, "documents-" + os.path.basename(corpus))
    if not os.path.exists(documents):
        subprocess.run([hope, "prepare", "--input", corpus, "--output", documents], check=True, stdout=subprocess.DEVNULL)
    start = time.perf_counter()
    output = os.path.join(directory, f"process-{os.path.basename(corpus)}-{size}-{time.time_ns()}.json")
    command = [hope, "train-tokenizer", "--input", documents, "--vocab-size", str(size), "--output", output, "--master", f"local[{threads}]"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    parser.add_argument("--classes", help="class path of the benchmark; the built modules by default")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--process", action="store_true", help="time hope train-tokenizer as a whole too")
    options = parser.parse_args()
    # bench_tokenizer measures encoding on one thread; the trainer's pool is made at its first use, after this.
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    classes = class_path(options.classes)
    row = "{:<16} {:>7} {:>7} {:>13} {:>9} {:>9} {:>9} {:>9} {:>7}" + ("{:>9}" if options.process else "")
    heads = ["corpus", "MB", "vocab", "Hugging Face", "ours", "counting", "merging", "first", "ratio"]
    print(f"seconds, {options.threads} threads, medians of {options.runs}")
    print(row.format(*heads, *(["process"] if options.process else [])))
    differing = 0
    with tempfile.TemporaryDirectory() as directory:
        for name, corpus, documents in corpora(options.data):
            records = os.path.join(directory, name.replace(" ", "-"))
            encoded = [document.encode() for document in documents]
            write_records(records, encoded)
            for size in (8192, 32000):
                theirs = []
                for _ in range(options.runs):
                    seconds, expected = hugging_face(documents, size)
                    theirs.append(seconds)
                runs, found = ours(classes, records, size, options.threads, options.runs, os.path.join(directory, "ours.json"))
                differing += found != expected
                counting, merging = (statistics.median(column) for column in zip(*runs[1:]))
                total = statistics.median(map(sum, runs[1:]))
                hf = statistics.median(theirs)
                cells = [name, f"{sum(map(len, encoded)) / 1e6:.1f}", size] + [f"{x:.2f}" for x in (hf, total, counting, merging, sum(runs[0]))] + [f"{hf / total:.1f}"]
                if options.process:
                    cells.append(f"{statistics.median(process(corpus, size, options.threads, directory) for _ in range(options.runs)):.1f}")
                print(row.format(*cells) + ("" if found == expected else "  DIFFERENT MERGES"), flush=True)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
