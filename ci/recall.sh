#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Trains on associative recall and prints accuracy as JSON lines; arguments are the options of the class Recall
# (hope-model/src/test), after --config docs/experiments/recall.yaml. HOPE_JAVA_OPTIONS holds further JVM options.

set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
module=$root/hope-model
classpath=$module/target/recall.classpath

(cd "$root" && mvn -q -B -pl hope-model -Dspotless.check.skip test-compile \
  dependency:build-classpath -Dmdep.outputFile="$classpath") >&2

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# shellcheck disable=SC2086 # HOPE_JAVA_OPTIONS is a list of words
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" --add-modules=jdk.incubator.vector -XX:CompileCommand=quiet \
  '-XX:CompileCommand=dontinline,org.hopespark.model.simd.VectorRowMath::*' -Xmx1g ${HOPE_JAVA_OPTIONS:-} \
  -cp "$module/target/test-classes:$module/target/classes:$(cat "$classpath")" \
  org.hopespark.model.experiment.Recall --config "$root/docs/experiments/recall.yaml" "$@"
