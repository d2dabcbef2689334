#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# MASTER=spark://host:7077 standalone/submit.sh train --config FILE --data DIR --output DIR
# Paths have to be seen by every node: a shared file system, HDFS or an object store.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need MASTER "the master's URL. Set MASTER=spark://host:7077."
need HOPE_SECRET "the cluster's spark.authenticate.secret. Set HOPE_SECRET."

exec "$submit" --master "$MASTER" --properties-file "$here/spark.properties" \
  --conf "spark.authenticate.secret=$HOPE_SECRET" \
  --class org.hopespark.spark.cli.Hope "$assembly" "$@"
