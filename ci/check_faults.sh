#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Trains a small model on two executor processes while their processes are killed and frozen, their disk is full, packets
# between them are dropped, and strangers call; the parameters have to come out as without all that. Prints a line per fault.
#
#   --kills N   executors to kill (default 5, a few minutes; 100 is the full form)
#   --seed S    of the moments (default: from the clock; printed)
#   --only A,B  kinds of faults: kill, freeze, drop, disk, stranger, nan, vanish, stop (default: all)
#   --writes W  of checkpoints: waiting, background, both (default: both, run by run in turn)
#   --keep DIR  work here and leave everything behind

set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
exec "${PYTHON:-python3}" "$root/ci/faults.py" --root "$root" "$@"
