// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.Locale;

/**
 * The one worker that the others wait for.
 *
 * @param rank of the worker
 * @param place executor and host
 * @param waitSeconds that the others waited in a logging interval, their mean
 * @param waitShare of the interval
 */
public record Straggler(int rank, String place, double waitSeconds, double waitShare) {

  /** For the user. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "Waiting for rank %d (%s): the others spent %.0f %% of the last interval on it. Look what else runs there.",
        rank,
        place,
        100 * waitShare);
  }
}
