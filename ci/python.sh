#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Prints a Python interpreter that has the packages of the Python checks: an environment under target/, made here the
# first time. Prints plain python3 where that cannot be had; the checks then skip what is absent, with a line.

set -uo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
environment=$root/target/python

if [ ! -x "$environment/bin/python" ] || ! "$environment/bin/python" -c 'import datasets, numpy, pyarrow, safetensors, tokenizers' 2>/dev/null; then
  { python3 -m venv "$environment" \
    && "$environment/bin/pip" install -q --disable-pip-version-check datasets numpy pyarrow safetensors tokenizers; } >&2 || {
    printf 'skip  Python packages: they cannot be installed here\n' >&2
    echo python3
    exit 0
  }
fi
echo "$environment/bin/python"
