# SPDX-License-Identifier: Apache-2.0
"""The faults of check_faults.sh: see there. Python's own library only, Linux only."""

import argparse
import collections
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CONFIG = """
seed: 11
model:
  vocab-size: 300
  dim: 16
  layers: 1
  heads: 2
  memory: { chunk: 8, projection-chunk: 8 }
  core: { period: 1 }
  cms: [ { name: fast, period: 1 }, { name: mid, period: 4 }, { name: slow, period: 7 } ]
training: { sequence-length: 16, batch-size: 2, steps: STEPS, warmup-steps: 2, virtual-shards: 4, log-every: 50 }
optimizer: { learning-rate: 0.002, levels: [ { level: mid, name: muon } ] }
sync: { workers: 2, timeout-seconds: 8, attempts: 40, capacity-timeout-seconds: 120 }
checkpoint: { every-steps: EVERY, keep: 3 }
"""
STEPS = 1800
EVERY = 150
DEADLINE = 8  # sync.timeout-seconds
HANG = 120  # seconds without any sign of life of a run
MARK = "HOPE_FAULTS_RUN"
POLL = 0.005


def log(text):
    print(text, flush=True)


def modified(entry):
    """When a directory was last changed; it may be deleted while one looks."""
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0


class Processes:
    """The processes that this harness has started, found by a mark in their environment."""

    def __init__(self, mark):
        self.mark = f"{MARK}={mark}".encode()

    def all(self):
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit() and int(entry) != os.getpid():
                try:
                    environment = pathlib.Path(f"/proc/{entry}/environ").read_bytes()
                    state = pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[0]
                except OSError:
                    continue
                if self.mark in environment.split(b"\0") and state != "Z":
                    found.append(int(entry))
        return found

    def executors(self, driver):
        found = []
        for pid in self.all():
            try:
                parent = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
                command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if parent == driver and b"CoarseGrainedExecutorBackend" in command:
                found.append(pid)
        return sorted(found)


def sockets(pid):
    """Local port, remote port and state of every TCP socket of a process."""
    inodes = set()
    found = []
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        for table in ("tcp", "tcp6"):
            for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] in inodes:
                    local, remote = (int(address.rsplit(":", 1)[1], 16) for address in fields[1:3])
                    found.append((local, remote, fields[3]))
    except OSError:
        pass
    return found


def listening(pid):
    """Ports that a process listens on."""
    return [local for local, _, state in sockets(pid) if state == "0A"]


def between(pids):
    """Pairs of ports of the connections between two of these processes."""
    ends = [{(local, remote) for local, remote, state in sockets(pid) if state == "01"} for pid in pids]
    return {(a, b) for one in ends for a, b in one if any((b, a) in other for other in ends if other is not one)}


class Run:
    """One training, and what can be seen of it from outside."""

    def __init__(self, harness, name, options=()):
        self.harness = harness
        self.output = harness.work / name
        self.log_path = harness.work / f"{name}.log"
        self.log_file = open(self.log_path, "ab")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(harness.root / "hope"), "train", "--config", str(harness.config), "--data", str(harness.work / "dataset"),
             "--output", str(self.output), "--master", "local-cluster[2,1,1024]",
             "--set", f"checkpoint.asynchronous={str(harness.asynchronous).lower()}", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=harness.environment)
        # Through a pipe, since a full disk must not silence it.
        self.copier = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=self.log_file)
        self.process.stdout.close()
        self.sign = None
        self.sign_time = time.monotonic()
        self.checked = {}

    def text(self):
        return self.log_path.read_text(errors="replace")

    def alive(self):
        return self.process.poll() is None

    def executors(self):
        return self.harness.processes.executors(self.process.pid)

    def attempts(self):
        """Directories of attempts without a manifest, the newest last; and the committed ones."""
        open_, done = [], []
        try:
            for entry in (self.output / "checkpoints").iterdir():
                (done if (entry / "manifest.json").exists() else open_).append(entry)
        except OSError:
            pass
        return sorted(open_, key=modified), sorted(done)

    def moment(self):
        """What the run is doing, as well as it can be seen."""
        open_, done = self.attempts()
        text = self.text()
        if not open_:
            return "between segments" if done else "before the first step"
        try:
            if any(open_[-1].iterdir()):
                return "checkpoint"
        except OSError:
            pass
        news = [line for line in text.splitlines() if line.startswith(("workers", "train"))]
        return "steps" if news and ("the first one" in news[-1] or "loss" in news[-1]) else "rendezvous"

    def watch(self):
        """Checks what was committed, and that the run lives; to be called often."""
        open_, done = self.attempts()
        for entry in done:
            if entry.name not in self.checked:
                self.checked[entry.name] = self.intact(entry)
                if self.checked[entry.name] is False:
                    self.harness.fail(f"corrupt checkpoint {entry}")
        sign = (len(self.checked), tuple(e.name for e in open_), self.log_path.stat().st_size)
        if sign != self.sign:
            self.sign, self.sign_time = sign, time.monotonic()
        elif time.monotonic() - self.sign_time > HANG:
            self.harness.fail(f"no sign of life for {HANG} s, {self.moment()}")
            self.dump()
            self.end()

    @staticmethod
    def intact(entry):
        """Whether all files are as the manifest says; None where pruning was faster."""
        for _ in range(20):
            try:
                manifest = json.loads((entry / "manifest.json").read_text())
                break
            except ValueError:
                time.sleep(0.05)  # being written
            except OSError:
                return None
        else:
            return False
        for file in manifest["files"]:
            try:
                content = (entry / file["name"]).read_bytes()
            except OSError:
                return None if not (entry / "manifest.json").exists() else False
            if len(content) != file["bytes"] or hashlib.sha256(content).hexdigest() != file["sha256"]:
                return False if (entry / "manifest.json").exists() else None
        return True

    def dump(self):
        for pid in [self.process.pid, *self.executors()]:
            subprocess.run(["jstack", str(pid)], stdout=self.log_file, stderr=self.log_file, check=False, timeout=20)

    def end(self):
        for pid in self.harness.processes.all():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        self.process.wait()

    def until(self, condition, seconds):
        """Waits; returns whether the condition came to be."""
        deadline = time.monotonic() + seconds
        while self.alive():
            self.watch()
            if condition():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL)
        return False

    def wait(self, seconds):
        self.until(lambda: False, seconds)

    def digest(self):
        return json.loads((self.output / "summary.json").read_text())["parametersDigest"]


class Harness:
    def __init__(self, arguments):
        self.root = pathlib.Path(arguments.root)
        self.seed = arguments.seed if arguments.seed is not None else time.time_ns() % 1_000_000
        self.random = random.Random(self.seed)
        self.work = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="faults-"))
        self.work.mkdir(parents=True, exist_ok=True)
        self.keep = arguments.keep is not None
        self.kills = arguments.kills
        self.writes = arguments.writes
        self.asynchronous = self.writes != "waiting"
        self.only = arguments.only.split(",") if arguments.only else None
        mark = f"{os.getpid()}-{self.seed}"
        self.processes = Processes(mark)
        # A small heap, few threads and the plain kernels: what is tested here starts a hundred times.
        self.environment = dict(
            os.environ, HOPE_HEAP="700m", **{MARK: mark},
            HOPE_JAVA_OPTIONS=f"-Dhope.kernels=plain -Dspark.local.dir={self.work}/spark",
            JAVA_TOOL_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto")
        self.config = self.work / "config.yaml"
        self.failures = []
        self.count = collections.Counter()
        self.moments = collections.Counter()
        self.slowest = collections.defaultdict(float)
        self.number = 0

    def fail(self, text):
        self.failures.append(text)
        log(f"FAIL  {text}")

    def hope(self, *words, environment=None):
        done = subprocess.run([str(self.root / "hope"), *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=environment or self.environment, check=False)
        if done.returncode != 0:
            sys.exit(f"FAIL  hope {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self):
        (self.work / "spark").mkdir(exist_ok=True)
        self.hope("--version")  # builds what is missing
        self.build_agent()
        corpus = self.work / "corpus"
        corpus.mkdir(exist_ok=True)
        words = (self.root / "LICENSE").read_text().split()
        for i in range(60):
            (corpus / f"{i}.txt").write_text(f"Document {i}.\n" + " ".join(words[i * 20:i * 20 + 300]))
        self.hope("prepare", "--input", corpus, "--output", self.work / "documents", "--validation-share", "0.2")
        self.hope("train-tokenizer", "--input", self.work / "documents", "--vocab-size", 300, "--output", self.work / "tokenizer.json")
        self.hope("tokenize", "--input", self.work / "documents", "--tokenizer", self.work / "tokenizer.json", "--output", self.work / "dataset")
        self.config.write_text(CONFIG.replace("STEPS", str(STEPS)).replace("EVERY", str(EVERY)))
        self.hope("train", "--config", self.config, "--data", self.work / "dataset", "--output", self.work / "whole",
                  "--master", "local[1]", "--set", "sync.workers=1")
        self.expected = json.loads((self.work / "whole" / "summary.json").read_text())["parametersDigest"]

    # ---- faults; each returns a description, or None where the moment passed

    def at(self, run, moment):
        """Waits for a moment of a segment, and a little longer."""
        open_, _ = run.attempts()
        if moment == "rendezvous":
            known = {e.name for e in open_}
            if run.until(lambda: any(e.name not in known for e in run.attempts()[0]), 60):
                run.wait(self.random.uniform(0, 1.5))
        elif moment == "checkpoint":
            if run.until(lambda: run.moment() == "checkpoint", 60):
                time.sleep(self.random.uniform(0, 0.03))
        elif moment == "steps":
            if run.until(lambda: run.moment() == "steps", 60):
                run.wait(self.random.uniform(0, 1.5))
        else:
            run.wait(self.random.uniform(0, 6))

    def kill(self, run):
        self.at(run, self.random.choices(["rendezvous", "checkpoint", "steps", "any"], [3, 3, 2, 2])[0])
        executors = run.executors()
        if not run.alive() or not executors:
            return None
        both = len(executors) > 1 and self.random.random() < 0.1 and self.count["kill"] + 1 < self.kills
        moment = run.moment()
        for pid in executors if both else [self.random.choice(executors)]:
            os.kill(pid, signal.SIGKILL)
            self.count["kill"] += 1
            self.moments[moment] += 1
        return f"{'both executors' if both else 'an executor'} killed, {moment}"

    def freeze(self, run):
        self.at(run, self.random.choice(["rendezvous", "steps", "steps", "any"]))
        executors = run.executors()
        if not run.alive() or not executors:
            return None
        moment = run.moment()
        pid = self.random.choice(executors)
        seconds = self.random.uniform(1.2, 3) * DEADLINE
        os.kill(pid, signal.SIGSTOP)
        run.wait(seconds)
        try:
            os.kill(pid, signal.SIGCONT)
            end = "and woken up"
        except OSError:
            end = "and replaced before"
        return f"an executor frozen for {seconds:.0f} s {end}, {moment}"

    def disk(self, run):
        """No process can make a file larger than a few bytes: what a full disk does to a checkpoint."""
        whose = self.random.choice(["driver", "executors"])
        self.at(run, "steps")
        pids = [run.process.pid] if whose == "driver" else run.executors()
        if not run.alive() or not pids:
            return None
        before = run.text().count("Lost a worker")
        self.limit(pids, 100)
        run.until(lambda: run.text().count("Lost a worker") > before, 20)
        self.limit(pids, resource.RLIM_INFINITY)
        return f"no space for the files of the {whose}"

    def build_agent(self):
        """The only fault that takes code inside of the product's processes."""
        classes = self.work / "agent"
        classes.mkdir(exist_ok=True)
        home = os.environ.get("JAVA_HOME")
        tool = lambda name: f"{home}/bin/{name}" if home else name
        asm = next((self.root / "spark-jobs/target/spark-home/jars").glob("xbean-asm9-shaded-*.jar"))
        subprocess.run([tool("javac"), "-cp", asm, "-d", classes, self.root / "ci/NanAgent.java"], check=True)
        (classes / "manifest").write_text(f"Premain-Class: NanAgent\nClass-Path: {asm.as_uri()}\n")
        subprocess.run([tool("jar"), "cfm", self.work / "agent.jar", classes / "manifest", "-C", classes, "."], check=True)
        self.trigger = self.work / "nan"
        self.environment["JAVA_TOOL_OPTIONS"] += f" -javaagent:{self.work}/agent.jar={self.trigger}"

    def nan(self, run):
        """One number of one rank's gradient is not a number, once."""
        self.at(run, "steps")
        before = run.text().count("is not finite")
        self.trigger.touch()
        if not run.until(lambda: not self.trigger.exists(), 30):
            self.trigger.unlink(missing_ok=True)
            return None
        if not run.until(lambda: run.text().count("is not finite") > before, 30):
            self.fail("a NaN that nobody noticed")
        return "a NaN in the gradient of one rank"

    @staticmethod
    def limit(pids, size):
        for pid in pids:
            try:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            except OSError:
                pass

    def drop(self, run):
        """No packet passes between the executors any more: connections that are half open, and nobody is told."""
        self.at(run, self.random.choice(["rendezvous", "steps", "steps", "any"]))
        pairs = set()
        if not run.until(lambda: pairs.update(between(run.executors())) or pairs, 30):
            return None
        moment = run.moment()
        before = run.text().count("Lost a worker")
        committed = len(run.checked)
        start = time.monotonic()
        with self.dropped(pairs):
            run.until(lambda: run.text().count("Lost a worker") > before or len(run.checked) > committed, 4 * DEADLINE)
        noticed = run.text().count("Lost a worker") - before
        if run.alive() and not noticed and len(run.checked) == committed:
            self.fail(f"half-open connections that nobody noticed for {4 * DEADLINE} s, {moment}")
        # Where the segment had just ended its connections were not needed any more.
        return f"all packets between the executors dropped, {moment}; noticed after {time.monotonic() - start:.1f} s" if noticed else None

    @contextlib.contextmanager
    def dropped(self, pairs):
        table = f"hope_faults_{os.getpid()}"
        rules = "".join(f"tcp sport {a} tcp dport {b} drop\n" for a, b in pairs)
        subprocess.run(["nft", "-f", "-"], input=f"table inet {table} {{ chain out {{ type filter hook output priority 0;\n{rules}}}\n}}\n",
                       text=True, check=True)
        try:
            yield
        finally:
            subprocess.run(["nft", "delete", "table", "inet", table], check=True)

    def vanish(self, run):
        """The directory of an attempt is gone and a file in its place: a file system that fails every call."""
        self.at(run, "steps")
        open_, _ = run.attempts()
        if not open_ or not run.alive():
            return None
        shutil.rmtree(open_[-1], ignore_errors=True)
        open_[-1].write_text("in the way\n")
        return "the directory of an attempt turned into a file"

    def stranger(self, run):
        """Somebody calls every port of the executors: one says nothing, one talks nonsense."""
        opened = []
        ports = set()
        deadline = time.monotonic() + 15
        attempts = {e.name for e in run.attempts()[0]}
        while run.alive() and time.monotonic() < deadline:
            run.watch()
            for pid in run.executors():
                for port in listening(pid):
                    if port not in ports:
                        ports.add(port)
                        for word in (b"", self.random.randbytes(200)):
                            try:
                                opened.append(socket.create_connection(("127.0.0.1", port), 1))
                                opened[-1].sendall(word)
                            except OSError:
                                pass
            if any(e.name not in attempts for e in run.attempts()[0]) and run.moment() == "steps":
                break
        self.open_sockets = opened
        return f"strangers at {len(ports)} ports"

    def stop(self, run):
        """The driver is told to end, and the run goes on with --resume auto."""
        self.at(run, self.random.choice(["rendezvous", "steps", "checkpoint"]))
        if not run.alive():
            return None
        moment = run.moment()
        hard = self.random.random() < 0.5
        start = time.monotonic()
        run.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        try:
            run.process.wait(40)
        except subprocess.TimeoutExpired:
            self.fail("the driver does not end within 40 s of SIGTERM")
            run.dump()
            run.end()
        if not hard and "first step" not in moment:
            left = [e.name for e in run.attempts()[0]]
            if left:
                self.fail(f"a run that was told to end left {left}")
        self.leftovers()
        run.resume = True
        return f"the driver {'killed' if hard else 'told to end'}, {moment} (gone after {time.monotonic() - start:.1f} s)"

    def leftovers(self):
        deadline = time.monotonic() + 30
        while self.processes.all():
            if time.monotonic() > deadline:
                self.fail(f"processes are left: {self.processes.all()}")
                for pid in self.processes.all():
                    os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.1)

    # ---- runs

    def inject(self, run, kind):
        start = time.monotonic()
        committed = len(run.checked)
        what = getattr(self, kind)(run)
        if what is None:
            return False
        if kind != "kill":
            self.count[kind] += 1
        injected = time.monotonic()
        # Mostly the run may make progress before the next one comes; sometimes it is hit again at once.
        if kind != "kill" or self.random.random() < 0.7:
            committed = len(run.checked) if kind == "kill" else committed
            if run.until(lambda: len(run.checked) > committed, 2 * HANG):
                took = time.monotonic() - injected
                self.slowest[kind] = max(self.slowest[kind], took)
                what += f"; next commit {took:.1f} s after"
        log(f"{self.count['kill']:4d}  {what}")
        return True

    def next(self, todo):
        kinds = [k for k in todo if todo[k] > 0]
        return self.random.choices(kinds, [todo[k] for k in kinds])[0] if kinds else None

    def training(self, todo):
        """One run, with faults until it is done."""
        self.number += 1
        name = f"run{self.number}"
        if self.writes == "both":
            self.asynchronous = self.number % 2 == 1
        run = Run(self, name)
        while True:
            if run.alive():
                kind = self.next(todo)
                if kind is None:
                    run.until(lambda: False, 3600)
                elif run.until(lambda: run.attempts() != ([], []) or self.random.random() < 0.0005, 90):
                    before = self.count["kill"]
                    if self.inject(run, kind):
                        todo[kind] -= self.count["kill"] - before if kind == "kill" else 1
                continue
            if getattr(run, "resume", False):
                checked = run.checked
                run = Run(self, name, ["--resume", "auto"])
                run.checked = checked
                continue
            break
        run.process.wait()
        run.copier.wait()
        for opened in getattr(self, "open_sockets", []):
            opened.close()
        self.judge(run)

    def judge(self, run):
        code = run.process.returncode
        if code != 0:
            self.fail(f"{run.output.name} ended with {code}: {run.text().splitlines()[-1]}")
        elif run.digest() != self.expected:
            self.fail(f"{run.output.name} ended with other parameters")
        else:
            writes = "in the background" if self.asynchronous else "waiting"
            log(f"ok    {run.output.name}, writing {writes}: the parameters of the run without faults, {time.monotonic() - run.started:.0f} s")
            self.hope("verify", run.attempts()[1][-1])
        self.leftovers()

    def main(self):
        log(f"seed {self.seed}, {self.kills} kills, in {self.work}")
        start = time.monotonic()
        self.prepare()
        log(f"ok    prepared, and trained without faults, in {time.monotonic() - start:.0f} s")
        start = time.monotonic()
        others = max(1, self.kills // 33)
        todo = {kind: others for kind in ("freeze", "disk", "nan", "vanish", "stranger", "stop")}
        todo["kill"] = self.kills
        if shutil.which("nft") is None or os.geteuid() != 0:
            log("skip  dropped packets: they need root and nft, of the package nftables")
        else:
            todo["drop"] = others
        if self.only:
            todo = {kind: n for kind, n in todo.items() if kind in self.only}
        while any(n > 0 for n in todo.values()) and len(self.failures) < 5:
            self.training(todo)
        log(f"kills by moment: {dict(self.moments)}")
        log("others: " + ", ".join(f"{k} {n}" for k, n in self.count.items() if k != "kill"))
        log("longest from a fault to the next commit: " + ", ".join(f"{k} {s:.1f} s" for k, s in self.slowest.items()))
        log(f"{self.count['kill']} kills, {self.number} runs, {time.monotonic() - start:.0f} s, {len(self.failures)} failures")
        if not self.keep and not self.failures:
            shutil.rmtree(self.work, ignore_errors=True)
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only")
    parser.add_argument("--writes", choices=["waiting", "background", "both"], default="both")
    parser.add_argument("--keep")
    harness = Harness(parser.parse_args())
    try:
        return harness.main()
    finally:
        for pid in harness.processes.all():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass


if __name__ == "__main__":
    sys.exit(main())
