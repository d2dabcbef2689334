#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the golden files of the tokenizer's tests with Hugging Face tokenizers 0.23.

    python golden.py src/test/resources/org/hopespark/tokenizer

hf-tokenizer.json  a small tokenizer, trained and saved by the package
golden.json        pieces and ids of texts under that tokenizer; merges of small training corpora
"""

import json
import os
import random
import sys

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

SPECIAL = "<|endoftext|>"

CORPUS = [
    "The memory of a model is what its weights remember, and what its state remembers for a while.\n",
    "A fast level learns from every chunk; a slow level learns from many chunks at once.\n\n",
    "It's what we've said: they'll learn, you'd forget, I'm sure she's right, and they're not. DON'T SHOUT'S.\n",
    "for (int i = 0; i < 10; i++) {\n    total += values[i];\n}\n\treturn total;\n",
    "Die Erinnerung verblasst, \u00fcber die Jahre; na\u00efvet\u00e9, \u0153uvre, \u0161koln\u00ed \u017eivot, \u0141\u00f3d\u017a.\n",
    "\u041f\u0430\u043c\u044f\u0442\u044c \u043c\u043e\u0434\u0435\u043b\u0438 \u2014 \u044d\u0442\u043e \u0435\u0451 \u0432\u0435\u0441\u0430. \u041f\u0430\u043c\u044f\u0442\u044c!\n",
    "\u8bb0\u5fc6\u662f\u6a21\u578b\u7684\u4e00\u90e8\u5206\u3002\u8bb0\u5fc6\u5f88\u91cd\u8981\u3002\n",
    "\u8a18\u61b6\u306f\u3001\u30e2\u30c7\u30eb\u306e\u4e2d\u306b\u3042\u308b\u3002\n",
    "In 1999 there were 365 days, 12 months, 1,000,000 reasons and 3.14159 pies; \u00bd of \u0663\u0664 and \u2167.\n",
    "the the the then there these those that thin thing things think thinking thinker\n",
]

TEXTS = [
    "", " ", "  ", "   ", "\n", "\n\n", " \n", "\n ", "\t", "\t\t", "a", " a", "  a", "   a", "\ta", "\t\ta", " \ta", "\t a",
    "a ", "a  ", "a\n", "a\n\nb", "a \n b", "a\r\nb", "a\r\n\r\n  b", "a\u00a0b", "a \u00a0b", "a\u00a0 b", "\u00a0\u00a0b",
    "a\u0085b", "a\u0085\u0085b", "a\u2028b", "a\u2029\u2028b", "\u3000\u3000\u8bb0", "\u3000a", "a\u1680b", "a\u202f\u205fb",
    "a\u001cb", " \u001c b", "\u001c\u001d\u001e\u001f", "a\u200bb", "a\ufeffb", "\ufeffThe", "a\u180eb", "a\u0000b", "\u0000\u0001\u0002",
    "\u0007bell\u001b[31mred\u001b[0m", "\u007f\u0080\u009f",
    "It's", "it's we've they'll you'd I'm they're don't", "IT'S WE'VE THEY'LL", "'s", " 's", "''s", "'s's", "'S", "'re're", "'ll'", "'l", "'r",
    "'v", "'", "''", " '", "x'", "x'y", "rock'n'roll", "'tis 'twas", "\u2019s", "it\u2019s", "1's", "1'st", "!'s", "'\u2014", "o'clock'd've",
    "hello world", "hello  world", "hello   world", "Hello, world!", "Hello,world!", "hello_world", "hello-world", "helloWorld123abc",
    "123abc456", " 123 abc", "3.14", "1,000,000", "\u00bd\u00b2\u2167\u0663", "a\u00bdb", "x\u00b2", "\u216b am", "\u4e00\u4e8c\u4e09", "\u3007",
    "!!!", " !!!", "!!! ", "a!!!b", "?!.,;:", " ... ", "...a", "$5", "5$", "(a)", " (a) ", "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ",
    "<|endoftext|><|endoftext|>", "<|endoftex", "for (int i = 0; i < 10; i++) {\n    x[i] += 1;\n}\n", "\tif (a) {\n\t\treturn b;\n\t}\n",
    "caf\u00e9", "cafe\u0301", "na\u00efve", "\u00e9\u00e9", "e\u0301\u0301e", "\u0301a", " \u0301a", "\u0130\u0131\u017f\ufb01",
    "\u041f\u0430\u043c\u044f\u0442\u044c", "\u03bc\u03bd\u03ae\u03bc\u03b7", "\u05d6\u05d9\u05db\u05e8\u05d5\u05df", "\u0630\u0627\u0643\u0631\u0629 \u0662\u0660\u0662\u0664", "\u0938\u094d\u092e\u0943\u0924\u093f",
    "\u0e04\u0e27\u0e32\u0e21\u0e08\u0e33", "\u8bb0\u5fc6\u662f\u6a21\u578b\u7684", "\u30e2\u30c7\u30eb", "\uae30\uc5b5 \ubaa8\ub378", "\u1e9e\u00df", "\ud55c\u1100\u1161",
    "\U0001f600", "\U0001f600\U0001f600", " \U0001f600", "a\U0001f600b", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001f44d\U0001f3fd!",
    "\U00010400\U00010428", "\U0001d7d8\U0001d7d9", "\U0002a6d6", "\U000e0041", "\U0010ffff", "\uffff\ufffe\ufffd", "\ue000", "\u1c89\u1c8a", "\ua7cb", "\U000105c0",
    "\u202eright to left\u202c", "Z\u0351\u036b\u0343\u036aa\u0350\u036bl\u034dg\u0348o", "\u0640\u0640\u0640", "\ufdfd", "\u2460\u2461", "\u00aa\u00ba", "\u2070\u00b9\u2081", "\u5341\u4e07",
    "aaaaaaaaaaaaaaaaaaaa", "abababababababab", "thethethethe", "  " * 20, "\n" * 9 + "x", "-" * 40, "= = =\n\n = Title = \n\n", " @-@ 1 @,@ 000 <unk> ",
    "'; DROP TABLE users; --", "<script>alert('x')</script>", "\\u0041\\n", "{\"key\": [1, 2.5e-3, null]}", "C:\\dir\\file.txt", "https://example.org/a?b=c&d=%20#e", "\u00c3\u00a9\u00e2\u20ac\u2122",
]


def new_tokenizer():
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(documents, vocabulary_size):
    tokenizer = new_tokenizer()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=[SPECIAL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def merges_of(tokenizer):
    return [" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def training_corpora():
    rng = random.Random(20261121)

    def random_documents(alphabet, count, longest):
        return ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, longest))) for _ in range(count)]

    yield "prose", CORPUS, 420
    yield "runs", ["aaaa aaa aa a aaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbb abababab bababa"], 300
    yield "ties", ["ab cd ef gh ij kl", "gh kl ab", "zy xw vu"], 290
    yield "two letters", random_documents("ab", 12, 60), 330
    yield "three letters and blanks", random_documents("abc ", 20, 60), 350
    yield "white space", ["\n\n\n a\n\n\n b\t\t c    d", "x\n\n\n\n\n\n\ny    z     "] * 2, 280
    yield "scripts", [CORPUS[4] + CORPUS[5], CORPUS[6] + CORPUS[7]] * 2 + ["\U0001f600\U0001f600\U0001f601 \U0001f600"], 340
    yield "special text", ["<|endoftext|> <|endoftext|>", "endoftext|> <|end <|endoftext|>"] * 3, 285
    yield "nothing", [""], 300


def main(directory):
    tokenizer = train(CORPUS * 2, 600)
    tokenizer.encode_special_tokens = True
    split = tokenizer.pre_tokenizer.pre_tokenize_str
    golden = {
        "tokenizers": tokenizers.__version__,
        "cases": [
            {"text": text, "pieceBytes": [len(piece) for piece, _ in split(text)], "ids": tokenizer.encode(text).ids}
            for text in TEXTS
        ],
        "trainings": [
            {"name": name, "documents": documents, "vocabularySize": size, "merges": merges_of(train(documents, size))}
            for name, documents, size in training_corpora()
        ],
    }
    with open(os.path.join(directory, "hf-tokenizer.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write(tokenizer.to_str() + "\n")
    with open(os.path.join(directory, "golden.json"), "w", encoding="ascii", newline="\n") as file:
        sections = []
        for name, value in golden.items():
            rows = value if isinstance(value, list) else None
            text = json.dumps(value) if rows is None else "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
            sections.append(json.dumps(name) + ": " + text)
        file.write("{\n" + ",\n".join(sections) + "\n}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: golden.py DIRECTORY")
    main(sys.argv[1])
