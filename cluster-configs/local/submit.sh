#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two executor processes on this machine: local/submit.sh train --config FILE --data DIR --output DIR
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

command=$1
shift
exec "$root/hope" "$command" --master 'local-cluster[2,1,4096]' "$@"
