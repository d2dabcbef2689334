#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The memory works: one HOPE layer solves associative recall within 3,000 steps, and the same layer whose memories may
# not write does not. One seed of both; docs/experiments.md has the others. Arguments: further options of the runs.

set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

run() { # name, options
  local name=$1
  shift
  "$root/ci/recall.sh" --threads 2 "$@" >"$work/$name" 2>"$work/$name.err" || {
    printf 'FAIL  %s\n' "$name"
    tail -n 20 "$work/$name.err"
    exit 1
  }
}

check() { # what, name of the run, condition on its last accuracy
  local accuracy
  accuracy=$("${PYTHON:-python3}" -c 'import json, sys; print(json.loads(list(open(sys.argv[1]))[-1])["finalAccuracy"])' "$work/$2")
  if "${PYTHON:-python3}" -c "import sys; sys.exit(0 if $accuracy $3 else 1)"; then
    passed=$((passed + 1))
    printf 'ok    %s: %s\n' "$1" "$accuracy"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s: %s is not %s\n' "$1" "$accuracy" "$3"
    tail -n 8 "$work/$2"
  fi
}

run memory --enough 0.97 "$@"
run frozen --set model.memory.eta-max=0 "$@"
check "recall with the memory, at least 0.95" memory '>= 0.95'
check "recall with eta forced to 0, below 0.45" frozen '< 0.45'

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
