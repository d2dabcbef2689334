#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Trains a tokenizer on a made-up corpus ten times larger than the heap: check_train_tokenizer_memory.sh [GIGABYTES]
# The heap is 512 MiB, of which Spark wants nearly all to start at all; the corpus is 5.4 GB unless said otherwise.

set -uo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
gigabytes=${1:-5.4}
python=${PYTHON:-python3}
vocabulary=8192
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

verdict() { # ok|FAIL, name
  printf '%-4s  %s\n' "$1" "$2"
  if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

"$python" -c 'import pyarrow' 2>/dev/null || {
  echo "skip  training within a heap: the Python package pyarrow is absent"
  exit 0
}
SECONDS=0
read -r documents bytes < <("$python" "$root/ci/zipf_documents.py" "$gigabytes" "$work/documents")
echo "      $documents documents, $bytes bytes made in $SECONDS s"
SECONDS=0
if HOPE_HEAP=512m "$root/hope" train-tokenizer --input "$work/documents" --vocab-size "$vocabulary" --output "$work/tokenizer.json" \
  --master 'local[2]' >"$work/out" 2>"$work/err" </dev/null; then
  verdict ok "trains on $gigabytes GB with a heap of 512 MiB"
else
  verdict FAIL "trains on $gigabytes GB with a heap of 512 MiB: $(tail -n 1 "$work/err")"
fi
sed 's/^/      /' "$work/out"
echo "      $SECONDS s"

# Every document holds one run of letters that is left out.
if "$python" - "$work/tokenizer.report.json" "$documents" "$bytes" "$vocabulary" <<'END'; then
import json, sys
report = json.load(open(sys.argv[1]))
documents, size, vocabulary = map(int, sys.argv[2:])
learnt = report["learntFrom"].values()
assert sum(domain["documents"] for domain in learnt) == documents
assert sum(domain["bytes"] for domain in learnt) == size
assert report["longPieces"] == documents
assert report["distinctPieces"] > documents
assert report["vocabularySize"] == vocabulary
END
  verdict ok "all of it was counted"
else
  verdict FAIL "all of it was counted"
fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
