#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Gives ./hope every kind of bad input and looks at the exit code, at the one line on standard error, and at what is
# left behind. One ok or FAIL line per check; exits with 1 if any failed.

set -uo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
hope=$root/hope
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

verdict() { # ok|FAIL, name, detail
  if [ "$1" = ok ]; then
    passed=$((passed + 1))
    printf 'ok    %s\n' "$2"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s: %s\n' "$2" "$3"
  fi
}

refused() { # name, exit code, pattern of the line, command...
  local name=$1 code=$2 pattern=$3
  shift 3
  "$@" >"$work/out" 2>"$work/all-err" </dev/null
  local found=$?
  # Java's own word on the module of the vector kernels is not a line of ours.
  grep -v '^WARNING: Using incubator modules: ' "$work/all-err" >"$work/err" || true
  local line
  line=$(cat "$work/err")
  if [ "$found" -ne "$code" ]; then
    verdict FAIL "$name" "exit code $found instead of $code: $line"
  elif [ "$(wc -l <"$work/err")" -ne 1 ] || [[ $line != "hope: "* ]]; then
    verdict FAIL "$name" "not one line: $line"
  elif ! grep -Eq "^hope: (Cannot|Invalid|Missing) .*$pattern" "$work/err"; then
    verdict FAIL "$name" "another line: $line"
  else
    verdict ok "$name"
  fi
}

absent() { # name, path
  if [ -e "$2" ]; then
    verdict FAIL "$1" "$2 exists: $(ls -A "$2" | tr '\n' ' ')"
  else
    verdict ok "$1"
  fi
}

flip() { # file, offset: turns one byte into its complement
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
  printf "\\x$(printf %02x $((255 - byte)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

build() { # what, command...: something that has to work
  local what=$1
  shift
  "$@" >"$work/log" 2>&1 </dev/null || {
    printf 'FAIL  %s\n' "$what"
    tail -n 5 "$work/log"
    exit 1
  }
}

# ---- a small dataset and a small run to spoil
mkdir "$work/corpus"
for i in $(seq 60); do
  { printf 'Document %s.\n' "$i"; sed -n "$((i * 3)),$((i * 3 + 40))p" "$root/LICENSE"; } >"$work/corpus/$i.txt"
done
printf 'model: { vocab-size: 300, dim: 16, layers: 1, heads: 2 }\ntraining: { sequence-length: 32, batch-size: 1, steps: 4, warmup-steps: 1, virtual-shards: 2, log-every: 2 }\nsync: { workers: 2 }\n' >"$work/config.yaml"
build "hope prepare" "$hope" prepare --input "$work/corpus" --output "$work/documents" --validation-share 0.2
build "hope train-tokenizer" "$hope" train-tokenizer --input "$work/documents" --vocab-size 300 --output "$work/tokenizer.json"
build "hope tokenize" "$hope" tokenize --input "$work/documents" --tokenizer "$work/tokenizer.json" --output "$work/dataset"
build "hope train" "$hope" train --config "$work/config.yaml" --data "$work/dataset" --output "$work/run"

# ---- usage
refused "a misspelt command" 2 'trian.*Did you mean train' "$hope" trian
refused "a missing option" 2 'option \[--output\]' "$hope" prepare --input "$work/corpus"
refused "an unknown master" 2 '\-\-master \[locl\]' "$hope" prepare --input "$work/corpus" --output "$work/none" --master locl

# ---- data
refused "a missing path" 2 "$work/nowhere" "$hope" prepare --input "$work/nowhere" --output "$work/none"
absent "  and nothing is left" "$work/none"
mkdir "$work/empty"
refused "an empty corpus" 2 'there is no file' "$hope" prepare --input "$work/empty" --output "$work/none"
absent "  and nothing is left" "$work/none"
refused "a directory without a manifest, verified" 2 "$work/corpus" "$hope" verify "$work/corpus"
refused "a directory without a manifest, trained on" 2 "$work/corpus" "$hope" train --config "$work/config.yaml" --data "$work/corpus" --output "$work/none"
absent "  and nothing is left" "$work/none"

# A Zstandard frame of 17 bytes in one raw block, and the same cut off.
mkdir "$work/packed"
printf '\x28\xb5\x2f\xfd\x20\x11\x89\x00\x00{"text":"hel' >"$work/packed/cut.jsonl.zst"
refused "a truncated .zst" 3 'cut.jsonl.zst' "$hope" prepare --input "$work/packed" --output "$work/none"
absent "  and nothing is left" "$work/none"

mkdir "$work/lines"
for i in $(seq 20); do printf '{"text": "line %s of a corpus that is fine"}\n' "$i"; done >"$work/lines/a.jsonl"
printf 'not json\n{"text": "cut\n{"other": 1}\n' >>"$work/lines/a.jsonl"
if "$hope" prepare --input "$work/lines" --output "$work/kept" >"$work/out" 2>"$work/err" </dev/null && grep -q 'invalid-json 2' "$work/out" && grep -q 'missing-text 1' "$work/out"; then
  verdict ok "invalid JSON lines are counted and not fatal"
else
  verdict FAIL "invalid JSON lines are counted and not fatal" "$(cat "$work/out" "$work/err")"
fi

# ---- configuration
refused "a misspelt config key" 2 'model.dimm.*dim' "$hope" train --config "$work/config.yaml" --data "$work/dataset" --output "$work/none" --set model.dimm=64
refused "dim not divisible by heads" 2 'model.dim \[17\].*model.heads \[2\]' "$hope" train --config "$work/config.yaml" --data "$work/dataset" --output "$work/none" --set model.dim=17
refused "a missing config file" 2 'none.yaml' "$hope" train --config "$work/none.yaml" --data "$work/dataset" --output "$work/none"
refused "a vocabulary that is not the data's" 2 'vocab-size \[512\].*300' "$hope" train --config "$work/config.yaml" --data "$work/dataset" --output "$work/none" --set model.vocab-size=512
absent "  and nothing is left" "$work/none"

# ---- damage
cp -r "$work/dataset" "$work/damaged"
shard=$(find "$work/damaged/train" -name '*.arrow' | head -n 1)
flip "$shard" $(($(wc -c <"$shard") / 2))
refused "a shard with one flipped byte, verified" 3 "$(basename "$shard")" "$hope" verify "$work/damaged"
refused "a shard with one flipped byte, trained on" 3 "$(basename "$shard")" "$hope" train --config "$work/config.yaml" --data "$work/damaged" --output "$work/none"
absent "  and nothing is left" "$work/none"

cp -r "$work/run" "$work/spoilt"
model=$(find "$work/spoilt/checkpoints" -name model.safetensors | head -n 1)
flip "$model" $(($(wc -c <"$model") - 100))
refused "a checkpoint with one flipped byte" 3 'model.safetensors' "$hope" generate --checkpoint "$work/spoilt" --prompt The
refused "a checkpoint of another model config" 2 'model' "$hope" train --config "$work/config.yaml" --data "$work/dataset" --output "$work/run" --resume auto --set model.dim=32
refused "a directory that is no checkpoint" 2 "$work/corpus" "$hope" generate --checkpoint "$work/corpus" --prompt The
refused "an unknown task" 2 'task \[riddles\]' "$hope" evaluate --checkpoint "$work/run" --tasks riddles --output "$work/none"

# ---- outputs that are there
refused "an output directory that is there, of train" 2 "$work/run" "$hope" train --config "$work/config.yaml" --data "$work/dataset" --output "$work/run"
refused "an output directory that is there, of quickstart" 2 "$work/run" "$hope" quickstart --output "$work/run"
refused "an output directory that is there, of prepare" 2 "$work/corpus" "$hope" prepare --input "$work/lines" --output "$work/corpus"
refused "an output file that is there, of report" 2 "$work/config.yaml" "$hope" report --run "$work/run" --output "$work/config.yaml"
refused "an output file that is there, of evaluate" 2 "$work/config.yaml" "$hope" evaluate --checkpoint "$work/run" --output "$work/config.yaml"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
