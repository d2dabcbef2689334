// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;

/**
 * The end of a segment whose checkpoint is not committed yet.
 *
 * @param point as it will be once it is, but for the parameters' digest
 * @param hashes of every level's parameters, the same on all ranks
 * @param executors by rank
 */
record Reached(Committed point, List<Long> hashes, List<String> executors) {
  int workers() {
    return executors.size();
  }
}
