#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Trains the same run three ways (two workers as threads, two workers as executor processes, one worker) and compares
# the digests of the final parameters. Arguments: further options of hope quickstart, such as --set training.steps=48.

set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

check() { # what, condition as a jq-like Python expression over the three summaries
  if "${PYTHON:-python3}" - "$work" "$2" <<'PY'
import json, sys
names = ("threads", "processes", "single")
s = {n: json.load(open(f"{sys.argv[1]}/{n}/summary.json")) for n in names}
sys.exit(0 if eval(sys.argv[2], {"s": s, "abs": abs, "all": all}) else 1)
PY
  then
    passed=$((passed + 1))
    printf 'ok    %s\n' "$1"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s\n' "$1"
  fi
}

run() { # name, options
  local name=$1
  shift
  "$root/hope" quickstart --output "$work/$name" "$@" >"$work/$name.log" 2>&1 || {
    printf 'FAIL  hope quickstart for %s\n' "$name"
    tail -n 20 "$work/$name.log"
    exit 1
  }
}

run threads --master 'local[2]' "$@"
run processes --master 'local-cluster[2,1,4096]' "$@"
run single --workers 1 "$@"

check "two executor processes give the bits of two threads" \
  's["processes"]["parametersDigest"] == s["threads"]["parametersDigest"]'
check "one worker gives the bits of two" \
  's["single"]["parametersDigest"] == s["threads"]["parametersDigest"]'
check "validation losses are the same number" \
  's["single"]["validation"]["loss"] == s["threads"]["validation"]["loss"] == s["processes"]["validation"]["loss"]'
check "replicas agree" 'all(r["replicaHashesAgree"] for r in s.values())'
check "two workers were two, one was one" \
  's["threads"]["workers"] == 2 and s["processes"]["workers"] == 2 and s["single"]["workers"] == 1'
check "bytes on the wire equal the formula within 0.5 %" \
  'all(l["bytesPredicted"] > 0 and abs(l["bytesSent"] / l["bytesPredicted"] - 1) <= 0.005 for n in ("threads", "processes") for l in s[n]["levels"])'
check "one worker sends nothing" 'all(l["bytesSent"] == 0 for l in s["single"]["levels"])'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
