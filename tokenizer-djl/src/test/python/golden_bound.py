# SPDX-License-Identifier: Apache-2.0
"""Writes small tokenizer.json files that are no byte-level BPE, and what the Python package gives for texts.

    python golden_bound.py OUTPUT

One JSON file per kind: the tokenizer, and per text its ids and what they decode to (special tokens kept). Special strings
in a text are ordinary: encode_special_tokens is on, and where the model itself holds a special token as a piece
(Unigram), the ids come from a twin of the file whose special pieces are too unlikely to be chosen.
"""

import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SENTENCES = [
    "The river rises in the hills and runs down to the sea.",
    "A slow level changes rarely, a fast level changes at every step.",
    "She counted the stones, then counted them again: there were twelve.",
    "Rivers, hills and stones; stones, hills and rivers!",
    "In the evening the hills are blue, and the sea is quiet.",
    "Every step counts, said the teacher, and nobody counted.",
    "Der Fluss entspringt in den Bergen und fließt zum Meer.",
    "Elle compte les pierres près de la rivière.",
] * 4

TEXTS = [
    "",
    " ",
    "   ",
    "The hills",
    " The hills are  blue.",
    "the   river    runs\tdown\n\n\nto the sea \n",
    "fließt près naïve Ünïcödé",
    "cafe\u0301 and caf\u00e9",
    "\u4e2d\u6587\u5b57\u7b26 and \u65e5\u672c\u8a9e",
    "\U0001F600 \U0001F468\u200d\U0001F469\u200d\U0001F467 stones\U0001F30A",
    "NUL \u0000 and \u0001 and \u007f",
    "\u2581already\u2581marked",
    "<s>The river</s> and <unk> and </s>",
    "</s>",
    "a</s>b<s>c<pad>d",
    "[CLS] the hills [SEP] [UNK] [MASK]",
    "<|endoftext|> counted <added> twice <added>",
    "<0x41> is no byte",
    "###ing ##s",
    "1234567890 + 3.14 = 1234567893.14",
    "counted" * 50,
    "x" * 300,
    "\ufffd\ufeff\u00ad\ufdd0",
]


def llama2():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    trainer = trainers.BpeTrainer(
        vocab_size=480,
        special_tokens=["<unk>", "<s>", "</s>"] + ["<0x%02X>" % value for value in range(256)],
        show_progress=False,
    )
    # Words by their blanks, for the training only: the file has no pre-tokenizer, as Llama-2's has none.
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("\u2581?[^\u2581]+"), "isolated")
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.pre_tokenizer = None
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    root = json.loads(tokenizer.to_str())
    special = ("<unk>", "<s>", "</s>")
    root["added_tokens"] = [token for token in root["added_tokens"] if token["content"] in special]
    # Llama-2's own vocabulary holds these as well, so that merges could spell the special token.
    vocabulary = root["model"]["vocab"]
    for piece in ("</", "s>"):
        vocabulary[piece] = len(vocabulary)
    root["model"]["merges"] += [["<", "/"], ["s", ">"], ["</", "s>"]]
    for piece in "</>":
        vocabulary.setdefault(piece, len(vocabulary))
    root["added_tokens"].append(
        {"id": len(vocabulary), "content": "<added>", "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": False}
    )
    twin = json.loads(json.dumps(root))
    twin["model"]["merges"].remove(["</", "s>"])
    return root, twin


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300,
        special_tokens=["<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        initial_alphabet=list("<>/k"),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    root = json.loads(tokenizer.to_str())
    model = root["model"]
    model["byte_fallback"] = True
    lowest = min(score for _, score in model["vocab"])
    model["vocab"] += [["<0x%02X>" % value, lowest - 1.0] for value in range(256)]
    tokenizer = Tokenizer.from_str(json.dumps(root))
    tokenizer.add_tokens([AddedToken("<added>", normalized=False)])
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    root = json.loads(tokenizer.to_str())
    twin = json.loads(json.dumps(root))
    # Less likely than the characters that spell them, at most five of some -10 each.
    for entry in twin["model"]["vocab"][:3]:
        entry[1] = -60.0
    return root, twin


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=300, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES + ["[ ] [UNK] [SEP] < > / | # +"], trainer)
    tokenizer.decoder = decoders.WordPiece(cleanup=False)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    root = json.loads(tokenizer.to_str())
    return root, root


def golden(root, twin):
    tokenizer = Tokenizer.from_str(json.dumps(twin))
    tokenizer.encode_special_tokens = True
    itself = Tokenizer.from_str(json.dumps(root))
    itself.encode_special_tokens = True
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        if not any(special in text for special in ("<unk>", "<pad>", "</s>")):
            assert ids == itself.encode(text, add_special_tokens=False).ids, text
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    return {"tokenizer": root, "cases": cases}


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, build in {"llama2": llama2, "unigram": unigram, "word-piece": word_piece}.items():
        content = golden(*build())
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")


main()
