#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a checkpoint with the safetensors package and compares names and shapes with its configuration.

Usage: check_checkpoint.py DIR    (a checkpoint, or the run directory that holds checkpoints/)
Prints one line per check; exits with 1 if any failed. Needs safetensors and numpy.
"""

import json
import pathlib
import sys

import numpy as np
import safetensors

passed = 0
failed = 0


def check(what, condition, detail=""):
    global passed, failed
    if condition:
        passed += 1
        print(f"ok    {what}")
    else:
        failed += 1
        print(f"FAIL  {what}: {detail}")


def newest(directory):
    checkpoints = sorted(path.parent for path in directory.glob("checkpoints/*/manifest.json"))
    return checkpoints[-1] if checkpoints else directory


def expected_shapes(model):
    """Name to shape of every tensor, from the configuration alone."""
    dim, heads = model["dim"], model["heads"]
    width = dim // heads
    hidden = max(1, round(width * model["memory"]["hidden-ratio"]))
    shapes = {"embedding.weight": (model["vocab-size"], dim), "norm.weight": (dim,)}
    for block in range(model["layers"]):
        titans = f"blocks.{block}.titans."
        shapes[titans + "norm.weight"] = (dim,)
        shapes[titans + "convolution.weight"] = (dim, model["memory"]["convolution"])
        for name in ("q", "k", "v", "x", "gate"):
            shapes[f"{titans}inputs.{name}.weight"] = (dim, dim)
        for name in ("k", "v", "eta", "alpha", "memory"):
            shapes[f"{titans}memories.{name}.w1"] = (heads, width, hidden)
            shapes[f"{titans}memories.{name}.w2"] = (heads, hidden, width)
        shapes[titans + "output-norm.weight"] = (width,)
        shapes[titans + "output.weight"] = (dim, dim)
        for level in model["cms"]:
            cms = f"blocks.{block}.cms.{level['name']}."
            inner = max(1, round(dim * level["hidden-ratio"]))
            shapes[cms + "norm.weight"] = (dim,)
            shapes[cms + "up.weight"] = (2 * inner, dim)
            shapes[cms + "down.weight"] = (dim, inner)
    return shapes


def parameters(directory):
    """Tensors by name, from one file or from the files of an index."""
    index = directory / "model.safetensors.index.json"
    files = {"model.safetensors"}
    if index.exists():
        files = set(json.loads(index.read_text())["weight_map"].values())
    values = {}
    for file in sorted(files):
        with safetensors.safe_open(directory / file, framework="np") as tensors:
            values.update({name: tensors.get_tensor(name) for name in tensors.keys()})
    return values


def optimizer_state(directory):
    """Sorted (from, to) of every state of every level, each checked against the file that holds it."""
    manifest = json.loads((directory / "manifest.json").read_text())
    ranges = {}
    for part in manifest["states"]:
        name = f"{part['name']}.{part['level']}.{part['from']}-{part['to']}"
        with safetensors.safe_open(directory / part["file"], framework="np") as tensors:
            found = tensors.get_tensor(name)
        check(f"{part['file']} holds {name}", found.shape == (part["to"] - part["from"],) and np.isfinite(found).all(), found.shape)
        ranges.setdefault((part["name"], part["level"]), []).append((part["from"], part["to"]))
    return {key: sorted(parts) for key, parts in ranges.items()}


def main():
    directory = newest(pathlib.Path(sys.argv[1]))
    model = json.loads((directory / "config.json").read_text())["model"]
    expected = expected_shapes(model)
    values = parameters(directory)

    found = {name: value.shape for name, value in values.items()}
    different = {name: (expected.get(name), found.get(name)) for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)}
    check(f"{len(found)} names and shapes are the configuration's", not different, different)
    check("every tensor is float32", all(value.dtype == np.float32 for value in values.values()))
    check("every number is finite", all(np.isfinite(value).all() for value in values.values()))

    summary = directory.parent.parent / "summary.json"
    if summary.exists():
        counted = json.loads(summary.read_text())["parameters"]
        check("the summary counts the same parameters", sum(value.size for value in values.values()) == counted, counted)

    tokenizer = json.loads((directory / "tokenizer.json").read_text())
    ids = set(tokenizer["model"]["vocab"].values()) | {token["id"] for token in tokenizer["added_tokens"]}
    check("the tokenizer has an id for every row of the embedding", ids == set(range(model["vocab-size"])), len(ids))
    ranges = optimizer_state(directory)
    overlaps = {key: parts for key, parts in ranges.items() if any(a[1] > b[0] for a, b in zip(parts, parts[1:]))}
    check("no state of an element is stored twice", not overlaps, overlaps)
    if json.loads((directory / "config.json").read_text())["optimizer"]["name"] == "adamw":
        sizes = sum(end - start for parts in ranges.values() for start, end in parts)
        check("the optimizer keeps two moments of every parameter", sizes == 2 * sum(value.size for value in values.values()), sizes)

    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
