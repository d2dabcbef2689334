#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens per second of two one-core workers against one, and against two runs that exchange nothing.

    ./hope quickstart --output W
    ci/bench_scaling.py --data W/dataset [--config quickstart] [--cycles 30] [--warmup 800] [--set KEY=VALUE]...

Every worker is an executor process of one core. Three groups of processes are alive at once, and all but one of them are
stopped (SIGSTOP): one worker; two workers that average at every boundary; two runs of one worker each with half of the
virtual shards, so with the work of either of the two workers, which have nothing to do with each other. These show what the
machine gives a second process, and, with each of their intervals as long as the slower one's, what it gives two processes
in step: whatever exchanges something at every step waits for the slower one. The groups take turns of some seconds, so that
what slows a shared machine for longer than that slows all three, and a ratio belongs to one cycle of turns. Measuring begins
when every run has taken the steps of the warm-up, in which the compiler works: a boundary, whose code runs once a step,
becomes faster for hundreds of steps. Parameters hardly move (learning rate 1e-9), because the time of a step can depend on
them, and one worker comes half as far in the same time. Every logged interval counts, less the time it was stopped, in the turn in which it
ends: were those left out that a turn's end cuts, long intervals would be missing more often than short ones.

Prints a line per cycle, the quartiles of the ratios, the speeds over all cycles, and those that a tenth, a quarter and a half
of all intervals surpass: other work on the machine only ever makes an interval longer, and that of two workers if it meets
either, so the fastest tell more of the code and the rest more of the machine. SIGINT and SIGTERM end it with what was counted
until then. Spark gives up processes that pause for some 45 seconds.
"""

import argparse
import contextlib
import math
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOPE = os.path.join(ROOT, "hope")
PLAN = re.compile(r"^plan .* steps of ([\d,]+) tokens")
LINE = re.compile(r"^train +step +([\d,]+) of ")
STEPS = 1_000_000


def number(text):
    return int(text.replace(",", ""))


class Run:
    """One driver with its executors, in a process group of their own."""

    def __init__(self, arguments, workers, shards, output):
        self.every = arguments.log_every
        self.step = 0
        self.tokens = None
        self.ends = []
        self.pauses = []
        self.stopped = None
        self.counted = []
        self.said = []
        command = [HOPE, "train", "--config", arguments.config, "--data", arguments.data, "--output", output, "--master", f"local-cluster[{workers},1,2048]"]
        settings = [f"sync.workers={workers}", f"training.virtual-shards={shards}", f"training.sequence-length={arguments.sequence_length}"]
        settings += [f"training.steps={STEPS}", f"training.log-every={self.every}", f"checkpoint.every-steps={STEPS}", "optimizer.learning-rate=1e-9"]
        for setting in settings + arguments.set:
            command += ["--set", setting]
        environment = dict(os.environ, HOPE_HEAP="700m")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
        )
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            plan, interval = PLAN.match(line), LINE.match(line)
            if plan:
                self.tokens = number(plan.group(1))
            if interval:
                self.ends.append(time.monotonic())
                self.step = number(interval.group(1))
            else:
                self.said.append(line)

    def send(self, what):
        os.killpg(self.process.pid, what)

    def stop(self):
        self.send(signal.SIGSTOP)
        self.stopped = time.monotonic()

    def go_on(self):
        self.pauses.append((self.stopped, time.monotonic()))
        self.send(signal.SIGCONT)

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self.process.wait()

    def require_alive(self):
        if self.process.poll() is not None or any(" attempt 2 of " in line for line in self.said):
            sys.exit("".join(self.said[-20:]))

    def count(self, start):
        """Tokens and seconds of every interval that ended since then."""
        ends = list(self.ends)
        new = []
        for begin, end in zip(ends, ends[1:]):
            if end >= start:
                paused = sum(max(0, min(end, until) - max(begin, since)) for since, until in self.pauses)
                new.append((self.tokens * self.every, end - begin - paused))
        self.counted += new
        return new

    def surpassed(self, percent):
        """Tokens per second that this share of the counted intervals surpass."""
        return statistics.quantiles([tokens / seconds for tokens, seconds in self.counted], n=100)[99 - percent]


def speed(intervals):
    return sum(tokens for tokens, _ in intervals) / sum(seconds for _, seconds in intervals) if intervals else float("nan")


def in_step(left, right):
    """Intervals of two runs of which whoever ends one first waits for the other."""
    return [(a + b, max(s, t)) for (a, s), (b, t) in zip(left, right)]


def turn(group, seconds):
    """The intervals that end in a turn, by run."""
    start = time.monotonic()
    for run in group:
        run.go_on()
    time.sleep(seconds)
    for run in group:
        run.stop()
    for run in group:
        run.require_alive()
    return [run.count(start) for run in group]


def figures(one, two, left, right, together):
    ratios = (two / one, (left + right) / one, together / one)
    return (f"{one:.0f}", f"{two:.0f}", f"{left:.0f} + {right:.0f}", f"{together:.0f}", *(f"{ratio:.3f}" for ratio in ratios)), ratios


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="data set, such as the one that hope quickstart makes")
    parser.add_argument("--config", default="quickstart", help="configuration or preset; quickstart by default")
    parser.add_argument("--sequence-length", type=int, default=512)
    parser.add_argument("--virtual-shards", type=int, default=4, help="an even number, as the presets have")
    parser.add_argument("--cycles", type=int, default=30, help="how often each group has its turn")
    parser.add_argument("--turn", type=float, default=10, help="seconds; the others pause twice as long")
    parser.add_argument("--warmup", type=int, default=800, help="steps of every run before the first cycle")
    parser.add_argument("--log-every", type=int, default=5, help="steps of an interval, of which a turn needs several")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="setting of all runs; may be repeated")
    arguments = parser.parse_args()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)

    row = "{:<12} {:>9} {:>9} {:>16} {:>9}   {:>9} {:>9} {:>9}"
    ratios = []
    together = []
    with tempfile.TemporaryDirectory() as directory:
        groups = []
        try:
            shards = arguments.virtual_shards
            for of_each in ([(1, shards)], [(2, shards)], [(1, shards // 2), (1, shards // 2)]):
                groups.append([])
                for workers, held in of_each:
                    output = os.path.join(directory, str(len(groups)) + str(len(groups[-1])))
                    groups[-1].append(Run(arguments, workers, held, output))
            runs = [run for group in groups for run in group]
            while min(run.step for run in runs) == 0:
                for run in runs:
                    run.require_alive()
                time.sleep(0.1)
            for run in runs:
                run.stop()
            while min(run.step for run in runs) < arguments.warmup:
                for group in groups:
                    turn(group, arguments.turn)
            for run in runs:
                run.counted.clear()
            print(row.format("", "1 worker", "2 workers", "2 runs at once", "in step", "2 workers", "2 runs", "in step"), flush=True)
            for cycle in range(1, arguments.cycles + 1):
                (one,), (two,), (left, right) = (turn(group, arguments.turn) for group in groups)
                together += in_step(left, right)
                columns, of_cycle = figures(*map(speed, (one, two, left, right, in_step(left, right))))
                ratios.append(of_cycle)
                print(row.format(f"cycle {cycle}", *columns), flush=True)
        except KeyboardInterrupt:
            print("ended early", flush=True)
        finally:
            for group in groups:
                for run in group:
                    run.end()
    ratios = [ratio for ratio in ratios if not any(math.isnan(value) for value in ratio)]
    if len(ratios) > 1:
        for name, quantile in (("quartile", 0), ("median", 1), ("quartile", 2)):
            print(row.format(name, "", "", "", "", *(f"{statistics.quantiles(column, n=4)[quantile]:.3f}" for column in zip(*ratios))))
        print(row.format("all cycles", *figures(*(speed(run.counted) for run in runs), speed(together))[0]))
        speeds = [tokens / seconds for tokens, seconds in together]
        for percent in (10, 25, 50):
            columns, _ = figures(*(run.surpassed(percent) for run in runs), statistics.quantiles(speeds, n=100)[99 - percent])
            print(row.format(f"{percent} % above", *columns))


if __name__ == "__main__":
    main()
