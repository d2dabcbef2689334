// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.time.Duration;

/**
 * How a worker is reached and how it speaks; all but the ports the same on every rank of a run.
 *
 * @param host the name or address that peers reach this worker by, and that it binds
 * @param firstPort lowest port to try; 0 for any that is free
 * @param ports how many ports to try, one after the other; not used with any port
 * @param lanes connections to each peer, 1 to 8
 * @param encrypted whether frames are encrypted and authenticated
 * @param timeout longest time without a byte moved, in every wait
 */
public record Endpoint(
    String host, int firstPort, int ports, int lanes, boolean encrypted, Duration timeout) {
  public Endpoint {
    if (lanes < 1 || lanes > 8 || ports < 1 || firstPort < 0 || firstPort + ports > 65_536) {
      throw new IllegalArgumentException(
          "%d lanes, ports from %d, %d of them".formatted(lanes, firstPort, ports));
    }
  }

  /** The last port to try. */
  int lastPort() {
    return firstPort == 0 ? 0 : firstPort + ports - 1;
  }
}
