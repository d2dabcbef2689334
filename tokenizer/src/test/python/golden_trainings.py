#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write what Hugging Face tokenizers 0.23 learns with other options than the defaults.

    python golden_trainings.py src/test/resources/org/hopespark/tokenizer

trainings.json  corpora, options, and for each the merges and the vocabulary by id, the 256 bytes left out
"""

import json
import os
import random
import sys

import tokenizers
from tokenizers import models, pre_tokenizers, trainers

END_OF_TEXT = "<|endoftext|>"

PROSE = [
    "the memory of the model is the memory of the weights; the others forget there and then",
    "The theatre, the theme, then the thesis: they gather the other weather together.",
    "a\u00e9 caf\u00e9 \u00e9t\u00e9 caf\u00e9s \u8bb0\u5fc6\u662f\u8bb0\u5fc6",
    "aaaa aaa aaaaaaa aa a",
]


def train(documents, vocabulary_size, further, min_frequency, max_token_length):
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    options = {} if max_token_length is None else {"max_token_length": max_token_length}
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=[END_OF_TEXT, *further],
        min_frequency=min_frequency,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        **options,
    )
    tokenizer.train_from_iterator(documents, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    alphabet = set(pre_tokenizers.ByteLevel.alphabet())
    return {
        "documents": documents,
        "vocabularySize": vocabulary_size,
        "specialTokens": further,
        "minFrequency": min_frequency,
        "maxTokenLength": max_token_length,
        "tokens": [token for token, _ in sorted(model["vocab"].items(), key=lambda entry: entry[1]) if token not in alphabet],
        "merges": [" ".join(pair) for pair in model["merges"]],
    }


def cases():
    yield PROSE, 380, [], 2, None
    yield PROSE, 380, [], 3, None
    yield PROSE, 380, ["<|pad|>", "<|start|>", "a name with blanks", "\u8bb0\u5fc6"], 0, None
    # Special tokens that merges can spell, with and without a blank before the word, and one in another's way.
    yield PROSE, 400, ["the"], 0, None
    yield PROSE, 400, ["\u0120the", "th", "he"], 0, None
    yield PROSE, 400, ["aa", "aaa", "aaaa", "\u00c3\u00a9"], 0, None
    for length in (2, 3, 4, 7):
        yield PROSE, 400, [], 0, length
    yield PROSE, 400, ["the", "aa", "\u0120m"], 2, 4
    rng = random.Random(20261122)
    for trial in range(24):
        alphabet = rng.choice(["ab", "abc", "abc ", "aab "])
        documents = ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 80))) for _ in range(8)]
        further = sorted({"".join(rng.choice(alphabet.strip()) for _ in range(rng.randint(2, 5))) for _ in range(rng.randint(0, 4))})
        yield documents, 262 + rng.randint(0, 80), further, rng.choice([0, 0, 1, 2, 5]), rng.choice([None, None, 3, 4, 6])


def main():
    (directory,) = sys.argv[1:]
    trainings = [train(*case) for case in cases()]
    with open(os.path.join(directory, "trainings.json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump({"tokenizers": tokenizers.__version__, "trainings": trainings}, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
