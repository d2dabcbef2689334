# SPDX-License-Identifier: Apache-2.0
# Sourced by the submit scripts: finds the assembly and spark-submit.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
root=$(cd "$here/../.." && pwd)
assembly=${HOPE_ASSEMBLY:-$root/spark-jobs/target/hope-spark.jar}
submit=${SPARK_HOME:+$SPARK_HOME/bin/}spark-submit

need() {
  # need NAME HINT: stops with one line when the variable is not set
  [ -n "${!1:-}" ] || { echo "submit: Missing $1: $2" >&2; exit 2; }
}

[ -n "${HOPE_ASSEMBLY:-}" ] || [ -f "$assembly" ] \
  || { echo "submit: Missing assembly [$assembly]: build it first. Run mvn -DskipTests package in $root." >&2; exit 2; }
[ $# -gt 0 ] \
  || { echo "submit: Missing command: give one of hope's, such as: train --config FILE --data DIR --output DIR" >&2; exit 2; }
