// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.List;

/**
 * What the operations of one level have cost this rank so far.
 *
 * @param bytesSent handed to the sockets, headers and seals included
 * @param nanos inside operations
 * @param waitNanos of these, from the start of an operation until the last peer had begun it too
 * @param cameLast how many operations each rank was the last to begin, by rank, as seen from here;
 *     this rank itself where all peers were there before it
 */
public record LevelTraffic(long bytesSent, long nanos, long waitNanos, List<Long> cameLast) {
  public LevelTraffic {
    cameLast = List.copyOf(cameLast);
  }
}
