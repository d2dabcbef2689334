// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the operations of one level have cost this rank so far.
 *
 * @param bytesSent handed to the sockets, headers and seals included
 * @param nanos inside operations, from when this rank had all that it was to send: what is
 *     exchanged beside computing costs nothing
 * @param waitNanos of these, until the last peer had all as well
 * @param cameLast how many operations each rank was the last to begin, by rank, as seen from here;
 *     this rank itself where all peers were there before it
 */
public record LevelTraffic(long bytesSent, long nanos, long waitNanos, List<Long> cameLast)
    implements Serializable {
  /** Of a rank that is alone. */
  public static final LevelTraffic NONE = new LevelTraffic(0, 0, 0, List.of());

  public LevelTraffic {
    cameLast = List.copyOf(cameLast);
  }

  /** What has come on top of {@code earlier} counters of the same rank and level. */
  public LevelTraffic since(LevelTraffic earlier) {
    List<Long> last = new ArrayList<>();
    for (int rank = 0; rank < cameLast.size(); rank++) {
      last.add(cameLast.get(rank) - earlier.cameLast().get(rank));
    }
    return new LevelTraffic(
        bytesSent - earlier.bytesSent, nanos - earlier.nanos, waitNanos - earlier.waitNanos, last);
  }
}
