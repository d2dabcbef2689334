// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.spark.util.SerializableConfiguration;
import org.hopespark.spark.exchange.Secret;

/**
 * One attempt at the steps between two checkpoints, as every rank gets it.
 *
 * @param runId the run
 * @param generation attempt number, counting all attempts of the run
 * @param secret that the workers of this generation share
 * @param workers number of ranks
 * @param threads of each rank
 * @param from last step that is done
 * @param to last step to do
 * @param config resolved configuration, YAML
 * @param data directory of the data set
 * @param restore directory of the checkpoint at {@code from}; null at step 0
 * @param hashes of every level's parameters at {@code from}, if the checkpoint there is still being
 *     written; else null
 * @param save directory of the checkpoint at {@code to}, new in this generation
 * @param hadoop for all paths
 */
record Segment(
    UUID runId,
    int generation,
    Secret secret,
    int workers,
    int threads,
    long from,
    long to,
    String config,
    String data,
    String restore,
    List<Long> hashes,
    String save,
    SerializableConfiguration hadoop)
    implements Serializable {

  /**
   * What Spark's pages call the job.
   *
   * @param loss of the last complete logging interval before it; null before the first
   */
  String describe(long steps, Double loss) {
    String text =
        "train steps %d-%d of %d, %d %s"
            .formatted(from + 1, to, steps, workers, workers == 1 ? "worker" : "workers");
    return loss == null ? text : text + String.format(Locale.ROOT, ", loss %.4f", loss);
  }
}
