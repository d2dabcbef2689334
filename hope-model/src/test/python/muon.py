#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the golden numbers of TestMuon with torch.optim.Muon (PyTorch 2.9 and later).

    python muon.py src/test/resources/org/hopespark/model/optimizer/muon.json

PyTorch orthogonalises in bfloat16; here that name is bound to float64, and nothing else of it is changed.
"""

import json
import sys

import torch

SEED, STEPS, RATE, MOMENTUM, DECAY = 20261121, 4, 0.03, 0.95, 0.1
SHAPES = ((4, 6), (6, 4), (5, 5))


def numbers(tensor):
    return [[float(value) for value in row] for row in tensor]


def case(shape, generator):
    # Values that float32 holds exactly.
    draw = lambda: torch.randn(shape, generator=generator).to(torch.float64)
    parameter = torch.nn.Parameter(draw())
    optimizer = torch.optim.Muon(
        [parameter], lr=RATE, momentum=MOMENTUM, weight_decay=DECAY, nesterov=True, ns_coefficients=(3.4445, -4.7750, 2.0315),
        eps=1e-7, ns_steps=5, adjust_lr_fn="match_rms_adamw")
    result = dict(before=numbers(parameter.detach()), gradients=[])
    for _ in range(STEPS):
        parameter.grad = draw()
        result["gradients"].append(numbers(parameter.grad))
        optimizer.step()
    result["after"] = numbers(parameter.detach())
    return result


def main():
    torch.bfloat16 = torch.float64
    generator = torch.Generator().manual_seed(SEED)
    golden = {"torch": torch.__version__, "seed": SEED, "rate": RATE, "momentum": MOMENTUM, "weight-decay": DECAY,
              "cases": [case(shape, generator) for shape in SHAPES]}
    with open(sys.argv[1], "w") as out:
        json.dump(golden, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
