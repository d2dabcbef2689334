#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Adds a step to a running EMR cluster:
#   EMR_CLUSTER=j-... BUCKET=s3://bucket/hope yarn-emr/submit.sh train --config s3://... --data s3://... --output s3://...
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need EMR_CLUSTER "id of the cluster. Set EMR_CLUSTER=j-..."
need BUCKET "where the assembly is copied to. Set BUCKET=s3://bucket/prefix."

aws s3 cp "$assembly" "$BUCKET/hope-spark.jar"

# spark-submit reads a properties file of its own machine only, so each property travels as an argument.
conf=()
while read -r key value; do
  conf+=(--conf "$key=$value")
done < <(grep -Ev '^(#|$)' "$here/spark.properties")

# The step takes a JSON list, so that blanks and commas in arguments survive.
arguments=$(python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \
  spark-submit --master yarn --deploy-mode cluster "${conf[@]}" \
  --class org.hopespark.spark.cli.Hope "$BUCKET/hope-spark.jar" "$@")
exec aws emr add-steps --cluster-id "$EMR_CLUSTER" --steps \
  "[{\"Type\": \"CUSTOM_JAR\", \"Name\": \"hope $1\", \"Jar\": \"command-runner.jar\", \"ActionOnFailure\": \"CONTINUE\", \"Args\": $arguments}]"
