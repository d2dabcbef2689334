// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.spark.exchange.LevelTraffic;

/** By level: what a rank in rounds has sent since the segment began, and the time that it took. */
final class RoundTraffic {
  private final long[] sent;
  private final long[] nanos;
  private final long[] waited;

  RoundTraffic(int levels) {
    sent = new long[levels];
    nanos = new long[levels];
    waited = new long[levels];
  }

  void sent(Level level, long bytes) {
    sent[level.index()] += bytes;
  }

  /** Levels that are due together share the time by their length. */
  void passed(List<Level> due, long total, long waiting) {
    long elements = due.stream().mapToLong(Level::length).sum();
    for (Level level : due) {
      double share = (double) level.length() / elements;
      nanos[level.index()] += Math.round(total * share);
      waited[level.index()] += Math.round(waiting * share);
    }
  }

  List<LevelTraffic> byLevel() {
    List<LevelTraffic> traffic = new ArrayList<>();
    for (int level = 0; level < sent.length; level++) {
      traffic.add(new LevelTraffic(sent[level], nanos[level], waited[level], List.of()));
    }
    return traffic;
  }
}
