#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the golden file of the splitting rules, with Hugging Face tokenizers 0.23 and tiktoken 0.14.

    python golden_rules.py src/test/resources/org/hopespark/tokenizer

golden-rules.json  byte lengths of the pieces of random mixed-script texts under each rule's expression; a small rank
                   file trained on texts of our own under cl100k's rule, with the ids that tiktoken gives under it
"""

import base64
import json
import os
import random
import sys

import tiktoken
import tokenizers
from golden import CORPUS, TEXTS
from tokenizers import Regex, models, pre_tokenizers, trainers

CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
CL100K = CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
RULES = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "cl100k": CL100K,
    "qwen2": CL100K.replace("{1,3}", ""),
    "o200k": "|".join(
        [
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + CONTRACTION + "?",
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + CONTRACTION + "?",
            r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ]
    ),
}
TIKTOKEN_CL100K = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""

# Rich in what the rules turn on: white space and line breaks, apostrophes, case and its absence, marks, numbers, slashes.
PARTS = [
    " ", " ", "  ", "\n", "\r\n", "\r", "\t", "\u00a0", "\u2028", "\u3000", "\u0085", "/", "//", "'", "'s", "'S", "'\u017f", "'re", "'RE", "'Ll", "'vE",
    "'d", "'M", "\u2019s", "a", "the", "Word", "UPPER", "camelCase", "X", "\u00e9", "e\u0301", "\u0301", "\u0301\u0302", "\u01c5", "\u01c8ub",
    "\u02b0", "\u0436", "\u0416", "\u03a3", "\u6f22", "\u5b57", "\u30ab\u309a", "\u0627\u0644", "\u0938\u094d\u092e", "\u0e04\u0e27\u0e32", "\ud55c",
    "\U00010400", "\U00010428", "\U00020000", "7", "42", "12345", "\u0663", "\u00bd", "\u2167", "!", "...", "_", "-", "=\n", "!\r\n", "\U0001f600",
    "\U0001f468\u200d\U0001f469", "\u200d", "\ufe0f", "\u20e3", "<|endoftext|>", "\u0000", "\u001c", "\u00aa", "\u1c89", "\u00ad", "\ufffd",
]


def texts():
    rng = random.Random(20261121)
    for _ in range(500):
        yield "".join(rng.choice(PARTS) for _ in range(rng.randint(1, 9)))
    assigned = [chr(code) for code in range(0x21, 0x3000) if not 0xD800 <= code < 0xE000]
    for _ in range(200):
        yield "".join(rng.choice(rng.choice([PARTS, assigned])) for _ in range(rng.randint(2, 8)))


def cl100k_ranks():
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CL100K), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(CORPUS * 2, trainers.BpeTrainer(vocab_size=256 + 320, initial_alphabet=alphabet, show_progress=False))
    kept = [byte for byte in range(256) if 33 <= byte <= 126 or (161 <= byte and byte != 173)]
    byte_of = {chr(byte): byte for byte in kept}
    byte_of.update({chr(256 + i): byte for i, byte in enumerate(byte for byte in range(256) if byte not in set(kept))})
    tokens = [bytes([byte]) for byte in range(256)]
    for pair in json.loads(tokenizer.to_str())["model"]["merges"]:
        tokens.append(bytes(byte_of[character] for character in "".join(pair)))
    assert len(set(tokens)) == len(tokens)
    return {token: rank for rank, token in enumerate(tokens)}


def main(directory):
    splits = {name: pre_tokenizers.Split(Regex(expression), "isolated") for name, expression in RULES.items()}

    def lengths(text, name):
        return [len(piece.encode()) for piece, _ in splits[name].pre_tokenize_str(text)]

    ranks = cl100k_ranks()
    encoding = tiktoken.Encoding("small", pat_str=TIKTOKEN_CL100K, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": len(ranks)})
    all_texts = list(texts()) + TEXTS
    golden = {
        "tokenizers": tokenizers.__version__,
        "tiktoken": tiktoken.__version__,
        "expressions": [{"name": name, "expression": expression} for name, expression in RULES.items()],
        "cases": [{"text": text, **{name: lengths(text, name) for name in RULES}} for text in all_texts],
        "ranks": [f"{base64.b64encode(token).decode()} {rank}" for token, rank in ranks.items()],
        "tiktokenCases": [{"text": text, "ids": encoding.encode_ordinary(text)} for text in all_texts[::3] + CORPUS],
    }
    with open(os.path.join(directory, "golden-rules.json"), "w", encoding="ascii", newline="\n") as file:
        sections = []
        for name, value in golden.items():
            text = "[\n" + ",\n".join(json.dumps(row) for row in value) + "\n]" if isinstance(value, list) else json.dumps(value)
            sections.append(json.dumps(name) + ": " + text)
        file.write("{\n" + ",\n".join(sections) + "\n}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: golden_rules.py DIRECTORY")
    main(sys.argv[1])
