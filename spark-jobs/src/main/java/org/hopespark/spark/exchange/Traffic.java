// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts per level index, written by network threads and by the worker's. */
final class Traffic {
  private final int size;
  private final Map<Integer, Counts> levels = new ConcurrentHashMap<>();

  private static final class Counts {
    private final LongAdder sent = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder waited = new LongAdder();
    private final AtomicLongArray last;

    Counts(int size) {
      last = new AtomicLongArray(size);
    }
  }

  Traffic(int size) {
    this.size = size;
  }

  void sent(int level, long bytes) {
    counts(level).sent.add(bytes);
  }

  void passed(int level, long nanos, long waited, int last) {
    Counts counts = counts(level);
    counts.nanos.add(nanos);
    counts.waited.add(waited);
    counts.last.incrementAndGet(last);
  }

  LevelTraffic of(int level) {
    Counts counts = counts(level);
    Long[] last = new Long[size];
    Arrays.setAll(last, counts.last::get);
    return new LevelTraffic(
        counts.sent.sum(), counts.nanos.sum(), counts.waited.sum(), Arrays.asList(last));
  }

  private Counts counts(int level) {
    return levels.computeIfAbsent(level, index -> new Counts(size));
  }
}
