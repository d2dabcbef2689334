// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.TokenDataset;

/**
 * The data set of the run in this process. Opening reads and checks every shard, so the ranks of a
 * process share it, and later segments of the run find it open.
 */
final class OpenDatasets {
  private static UUID owner;
  private static String path;
  private static TokenDataset open;

  private OpenDatasets() {}

  static synchronized TokenDataset of(UUID runId, Configuration hadoop, String dir) {
    if (open == null || !runId.equals(owner) || !dir.equals(path)) {
      close();
      open = TokenDataset.open(hadoop, dir);
      owner = runId;
      path = dir;
    }
    return open;
  }

  /** Called when a run is over; in processes that only execute, the end of the process does it. */
  static synchronized void release(UUID runId) {
    if (runId.equals(owner)) {
      close();
    }
  }

  private static void close() {
    if (open != null) {
      open.close();
      open = null;
      owner = null;
    }
  }
}
