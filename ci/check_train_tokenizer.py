#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare what hope train-tokenizer learns with Hugging Face's BpeTrainer, and the ids that both then give.

    check_train_tokenizer.py [--vocab N...] [--partitions N...] [--text FILE] CORPUS...

Every corpus is prepared once. Hugging Face's trainer gets the documents of the split train, one per item, with the
full byte alphabet and the end-of-text token; ours runs with as many partitions as asked for, and without the limit on
the length of pieces, which the other does not have. Vocabulary and merges have to be equal. --text is then encoded by
both, line by line, under the file that hope wrote. Prints a line per check; exits with 0 where all hold or where a
package or a corpus is absent.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
END_OF_TEXT = "<|endoftext|>"
failed = 0


def verdict(passed, name, detail=""):
    global failed
    failed += not passed
    print(f"{'ok  ' if passed else 'FAIL'}  {name}{': ' + detail if detail else ''}", flush=True)


def hope(*arguments, partitions=None, **keywords):
    environment = dict(os.environ)
    if partitions is not None:
        # Cuts the documents as finely as their row groups allow, and the sums into as many parts.
        size = 1 << 40 if partitions == 1 else max(1, (20 << 20) // partitions)
        settings = {"shuffle.partitions": partitions, "adaptive.enabled": "false", "files.maxPartitionBytes": size, "files.openCostInBytes": 1}
        options = " ".join(f"-Dspark.sql.{name}={value}" for name, value in settings.items())
        environment["HOPE_JAVA_OPTIONS"] = environment.get("HOPE_JAVA_OPTIONS", "") + " " + options
    done = subprocess.run([ROOT / "hope", *map(str, arguments)], env=environment, stdout=keywords.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"FAIL  hope {arguments[0]}: {done.stderr.decode().strip()}")


def train_texts(documents):
    import pyarrow.parquet

    manifest = json.loads((documents / "manifest.json").read_text())
    for file in manifest["files"]:
        table = pyarrow.parquet.read_table(documents / file["file"]["name"], columns=["text", "split"])
        for text, split in zip(table["text"].to_pylist(), table["split"].to_pylist()):
            if split == "train":
                yield text


def hugging_face(texts, vocabulary_size):
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return learnt(json.loads(tokenizer.to_str()))


def learnt(tokenizer_json):
    model = tokenizer_json["model"]
    merges = [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in model["merges"]]
    return model["vocab"], merges


def check_corpus(corpus, options, work):
    # On one thread per partition or two, whichever is less, so that as many row groups are written.
    written = {}
    texts = None
    for partitions in options.partitions:
        documents = work / f"documents-{partitions}"
        hope("prepare", "--input", corpus, "--output", documents, "--master", "local[2]", partitions=partitions)
        documents_texts = list(train_texts(documents))
        if texts is None:
            texts = documents_texts
            expected = {size: hugging_face(texts, size) for size in options.vocab}
        verdict(sorted(texts) == sorted(documents_texts), f"{corpus.name}, {partitions} partitions: the same documents", f"{len(texts)}, {len(list(documents.glob('data-*/*')))} files")
        # The merges of a smaller vocabulary are the first of a larger one's, so one partitioning is enough for them.
        for size in options.vocab if partitions == options.partitions[0] else [max(options.vocab)]:
            file = work / f"tokenizer-{size}-{partitions}.json"
            hope("train-tokenizer", "--input", documents, "--vocab-size", size, "--max-piece-bytes", 0, "--output", file, "--master", "local[2]", partitions=partitions)
            vocabulary, merges = learnt(json.loads(file.read_text()))
            equal = (vocabulary, merges) == expected[size]
            at = next((i for i, (a, b) in enumerate(zip(merges, expected[size][1])) if a != b), min(len(merges), len(expected[size][1])))
            verdict(equal, f"{corpus.name}, vocabulary {size}, {partitions} partitions", f"{len(merges)} merges" if equal else f"merge {at} differs")
            written.setdefault(size, set()).add(file.read_bytes())
    verdict(all(len(files) == 1 for files in written.values()), f"{corpus.name}: the same file for {options.partitions} partitions")
    return work / f"tokenizer-{max(options.vocab)}-{options.partitions[0]}.json"


def check_ids(tokenizer, text, work):
    ids = work / "ids.jsonl"
    with open(ids, "wb") as out:
        hope("encode", "--tokenizer", tokenizer, "--input", text, stdout=out)
    done = subprocess.run([sys.executable, ROOT / "ci" / "check_tokenizer.py", tokenizer, text, ids], stdout=subprocess.PIPE, text=True)
    verdict(done.returncode == 0, f"{text.name} under {tokenizer.name}", done.stdout.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", type=pathlib.Path)
    parser.add_argument("--vocab", nargs="+", type=int, default=[8192, 32000])
    parser.add_argument("--partitions", nargs="+", type=int, default=[1, 3, 8])
    parser.add_argument("--text", type=pathlib.Path)
    options = parser.parse_args()
    try:
        import pyarrow.parquet  # noqa: F401
        import tokenizers  # noqa: F401
    except ImportError as error:
        print(f"skip  training a tokenizer: {error}")
        return 0
    for corpus in options.corpora:
        if not corpus.exists():
            print(f"skip  training a tokenizer: no {corpus}")
            continue
        with tempfile.TemporaryDirectory() as directory:
            work = pathlib.Path(directory)
            started = time.time()
            tokenizer = check_corpus(corpus, options, work)
            if options.text is not None:
                check_ids(tokenizer, options.text, work)
            print(f"      {corpus.name} took {time.time() - started:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
