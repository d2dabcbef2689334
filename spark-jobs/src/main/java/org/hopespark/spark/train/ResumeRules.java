// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;

/** What has to be the same when a run goes on: what decides its numbers, and nothing else. */
final class ResumeRules {
  private ResumeRules() {}

  static void check(
      String checkpoint,
      CheckpointManifest manifest,
      RunConfig saved,
      RunConfig config,
      String datasetId,
      String data) {
    SameNumbers.difference(saved, config)
        .ifPresent(
            difference -> {
              throw new InvalidConfigException(
                  "Cannot resume [%s]: %s. Give the same configuration, or another --output."
                      .formatted(checkpoint, difference));
            });
    if (!manifest.datasetId().equals(datasetId)) {
      throw new InvalidUsageException(
          "Cannot resume [%s]: it was trained on data set %s, and [%s] is %s. Give the same --data, or another --output."
              .formatted(checkpoint, manifest.datasetId(), data, datasetId));
    }
  }
}
