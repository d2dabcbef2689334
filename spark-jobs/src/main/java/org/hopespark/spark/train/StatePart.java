// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;

/**
 * A range of the optimizer state, and where in a checkpoint its bytes are.
 *
 * @param name of the state, such as {@code exp_avg}
 * @param level that it belongs to
 * @param from first element, counted from the first of the level
 * @param to end of the range
 * @param local whether the state is one of its rank's own, other than the next rank's; else the
 *     ranges of all ranks together are the state, once
 * @param rank that wrote it
 * @param file of the checkpoint
 * @param begin first byte in it
 * @param xxh3 128-bit XXH3 of the bytes, 32 hex digits
 */
record StatePart(
    String name,
    String level,
    long from,
    long to,
    boolean local,
    int rank,
    String file,
    long begin,
    String xxh3)
    implements Serializable {

  /** Name of the tensor in the file. */
  static String tensor(String name, String level, long from, long to) {
    return name + "." + level + "." + from + "-" + to;
  }

  long bytes() {
    return (to - from) * Float.BYTES;
  }
}
