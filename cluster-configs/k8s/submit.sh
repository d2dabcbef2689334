#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Submits in cluster mode:
#   K8S=https://host:6443 IMAGE=registry/hope:tag NAMESPACE=hope k8s/submit.sh train --config s3a://... --data s3a://... --output s3a://...
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
need K8S "URL of the API server. Set K8S=https://host:port."
need IMAGE "image built from k8s/Dockerfile. Set IMAGE."

exec "$submit" --master "k8s://$K8S" --deploy-mode cluster --name "hope-$1" --properties-file "$here/spark.properties" \
  --conf "spark.kubernetes.container.image=$IMAGE" \
  --conf "spark.kubernetes.namespace=${NAMESPACE:-default}" \
  --conf "spark.kubernetes.authenticate.driver.serviceAccountName=${SERVICE_ACCOUNT:-spark}" \
  --class org.hopespark.spark.cli.Hope local:///opt/hope/hope-spark.jar "$@"
