// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.apache.spark.SparkEnv;

/** Where a rank runs, in the words of Spark's own pages. */
final class Place {
  private Place() {}

  static String here() {
    SparkEnv env = SparkEnv.get();
    return "executor %s on %s"
        .formatted(env.executorId(), env.blockManager().blockManagerId().host());
  }
}
