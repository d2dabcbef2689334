#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Submits to a running Dataproc cluster:
#   CLUSTER=name REGION=europe-west4 yarn-dataproc/submit.sh train --config gs://... --data gs://... --output gs://...
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need CLUSTER "name of the cluster. Set CLUSTER."
need REGION "its region. Set REGION."

exec gcloud dataproc jobs submit spark --cluster "$CLUSTER" --region "$REGION" \
  --properties-file "$here/spark.properties" \
  --class org.hopespark.spark.cli.Hope --jars "$assembly" -- "$@"
