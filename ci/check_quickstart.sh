#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs hope quickstart on this repository and checks what it leaves: the summary, the report, and by Python's own
# libraries the shards, the tokenizer and the checkpoint. Arguments: further options of hope quickstart.

set -uo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run=$work/q
passed=0
failed=0

check() { # name, command...
  local name=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    passed=$((passed + 1))
    printf 'ok    %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s\n' "$name"
    tail -n 8 "$work/out"
  fi
}

with() { # modules, name, command...: a check that needs Python packages
  local modules=$1
  shift
  if "$python" -c "import $modules" 2>/dev/null; then
    check "$@"
  else
    printf 'skip  %s: %s has no %s\n' "$1" "$python" "$modules"
  fi
}

summary() { # expression over s, the summary
  "$python" -c "import json, sys; s = json.load(open(sys.argv[1])); assert $1, s" "$run/summary.json"
}

last_line_is_report() {
  [ "$(tail -n 1 "$work/log")" = "$run/report.html" ] && [ -s "$run/report.html" ]
}

report_is_self_contained() {
  ! grep -Eq '<script|src=|https?://|@import' "$run/report.html"
}

encode() {
  "$root/hope" encode --tokenizer "$run/tokenizer.json" --input "$root/README.md" >"$work/ids.jsonl"
}

"$root/hope" quickstart --output "$run" "$@" >"$work/log" 2>"$work/err" </dev/null
status=$?
check "hope quickstart ends with exit code 0" test "$status" -eq 0
if [ "$status" -ne 0 ]; then
  tail -n 20 "$work/log" "$work/err"
  exit 1
fi

check "the last line is the path of the report" last_line_is_report
check "the report needs nothing from outside" report_is_self_contained
with json "the summary has every field" summary 'all(k in s for k in "command gitRevision seed workers steps tokens wallSeconds trainSeconds tokensPerSecond parameters parametersDigest trainLoss validation baselines levels replicaHashesAgree peakRssBytes report".split())'
with json "validation loss is below the unigram loss by half a nat" summary 's["validation"]["loss"] < s["baselines"]["unigramLoss"] - 0.5'
with json "replicas agree" summary 's["replicaHashesAgree"] is True'
with json "bytes sent equal the formula within 0.5 %" summary 'all(abs(l["bytesSent"] - l["bytesPredicted"]) <= 0.005 * l["bytesPredicted"] for l in s["levels"])'
with json "two workers trained levels of periods 1, 4 and 16" summary 's["workers"] == 2 and [l["period"] for l in s["levels"]] == [1, 1, 4, 16]'
with pyarrow,datasets,numpy "pyarrow and datasets read the shards" "$python" "$root/ci/check_shards.py" "$run/dataset"
check "hope encode reads the tokenizer" encode
with tokenizers "Hugging Face's tokenizers gives the same ids" "$python" "$root/ci/check_tokenizer.py" "$run/tokenizer.json" "$root/README.md" "$work/ids.jsonl"
with safetensors,numpy "safetensors reads the checkpoint" "$python" "$root/ci/check_checkpoint.py" "$run"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
