#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens per second of two one-core workers against one, and against two runs that exchange nothing.

    ./hope quickstart --output W
    ci/bench_scaling.py --data W/dataset [--config W/config.yaml] [--rounds 3] [--steps 240] [--set KEY=VALUE]...

Every worker is an executor process of one core. A round is three measurements in turn, so that what slows the machine for
minutes slows all of them: one worker; two workers that average at every boundary; two runs of one worker each at the same
time, which have nothing to do with each other and show what the machine gives a second process. A worker takes the same
number of sequences in each. The figure of a measurement is the median of its logged intervals after the first third, in
which the compiler works. Prints these, the ratios of two workers and of two runs to one worker, that of the fastest
intervals of two workers and of one, which neighbours of the machine disturb least, and the ratios' medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOPE = os.path.join(ROOT, "hope")
INTERVALS = 24


def start(arguments, workers, output):
    steps = arguments.steps * workers
    command = [HOPE, "train", "--config", arguments.config, "--data", arguments.data, "--output", output, "--master", f"local-cluster[{workers},1,2048]"]
    settings = [f"sync.workers={workers}", f"training.sequence-length={arguments.sequence_length}", f"training.steps={steps}", "training.warmup-steps=8"]
    settings += [f"training.log-every={max(1, steps // INTERVALS)}", f"checkpoint.every-steps={steps}"]
    for setting in settings + arguments.set:
        command += ["--set", setting]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=dict(os.environ, HOPE_HEAP="700m"))


def speed(process, output):
    _, errors = process.communicate()
    if process.returncode != 0:
        sys.exit(errors)
    with open(os.path.join(output, "metrics.jsonl"), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    rates = [line["tokensPerSecond"] for line in lines if "tokensPerSecond" in line]
    warm = rates[len(rates) // 3 :]
    return statistics.median(warm), max(warm)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="data set, such as the one that hope quickstart makes")
    parser.add_argument("--config", default="quickstart", help="configuration or preset; quickstart by default")
    parser.add_argument("--sequence-length", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=240, help="steps of a run with one worker; two take twice as many")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="setting of all runs; may be repeated")
    arguments = parser.parse_args()

    row = "{:<8} {:>10} {:>11} {:>16} {:>10} {:>9} {:>10}"
    print(row.format("", "1 worker", "2 workers", "2 runs at once", "2 workers", "2 runs", "fastest"), flush=True)
    ratios = []
    with tempfile.TemporaryDirectory() as directory:
        for number in range(1, arguments.rounds + 1):
            outputs = [os.path.join(directory, f"{number}-{name}") for name in ("one", "two", "left", "right")]
            one, fastest_one = speed(start(arguments, 1, outputs[0]), outputs[0])
            two, fastest_two = speed(start(arguments, 2, outputs[1]), outputs[1])
            apart = [start(arguments, 1, output) for output in outputs[2:]]
            left, right = (speed(process, output)[0] for process, output in zip(apart, outputs[2:]))
            ratios.append((two / one, (left + right) / one, fastest_two / fastest_one))
            print(row.format(f"round {number}", f"{one:.0f}", f"{two:.0f}", f"{left:.0f} + {right:.0f}", *(f"{ratio:.2f}" for ratio in ratios[-1])), flush=True)
    print(row.format("median", "", "", "", *(f"{statistics.median(column):.2f}" for column in zip(*ratios))))


if __name__ == "__main__":
    main()
