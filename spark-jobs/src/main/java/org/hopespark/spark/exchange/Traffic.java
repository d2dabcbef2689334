// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Bytes that this rank has handed to the sockets, per level index, headers included. */
final class Traffic {
  private final Map<Integer, LongAdder> sent = new ConcurrentHashMap<>();

  void add(int level, long bytes) {
    sent.computeIfAbsent(level, index -> new LongAdder()).add(bytes);
  }

  long sent(int level) {
    LongAdder adder = sent.get(level);
    return adder == null ? 0 : adder.sum();
  }
}
