// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Joins what the ranks of a running segment send, interval by interval, and tells the listener.
 * Only for the eye: the committed numbers come from the results of the tasks.
 */
final class LiveProgress {
  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Segment segment;
  private final MetricsLog log;
  private final ProgressListener listener;
  private final TreeMap<Long, IntervalReport[]> waiting = new TreeMap<>();
  private long shown;
  private long toldNanos = System.nanoTime() - TELL_AGAIN_NANOS;

  LiveProgress(Segment segment, MetricsLog log, ProgressListener listener) {
    this.segment = segment;
    this.log = log;
    this.listener = listener;
  }

  /**
   * Takes any message of {@link org.hopespark.spark.session.HopePlugin}, in any order, and again
   * what a finished rank returns, since messages may be lost.
   */
  synchronized void receive(Object message) {
    if (!(message instanceof IntervalReport report)
        || !report.runId().equals(segment.runId())
        || report.generation() != segment.generation()
        || report.step() <= shown) {
      return;
    }
    waiting
            .computeIfAbsent(report.step(), step -> new IntervalReport[segment.workers()])[
            report.rank()] =
        report;
    while (!waiting.isEmpty()
        && Arrays.stream(waiting.firstEntry().getValue()).allMatch(Objects::nonNull)) {
      shown = waiting.firstKey();
      Progress progress = log.add(List.of(waiting.pollFirstEntry().getValue()));
      if (progress != null) {
        RunGauges.show(progress);
        listener.onProgress(progress);
        progress.straggler().ifPresent(this::tell);
      }
    }
  }

  private void tell(Straggler straggler) {
    long now = System.nanoTime();
    if (now - toldNanos >= TELL_AGAIN_NANOS) {
      toldNanos = now;
      listener.onStraggler(straggler.describe());
    }
  }

  /** Mean loss of the last complete interval; null before the first. */
  synchronized Double lastLoss() {
    return log.lastLoss();
  }
}
