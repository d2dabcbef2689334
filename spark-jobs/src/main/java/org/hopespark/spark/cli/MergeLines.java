// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.function.LongSupplier;
import org.hopespark.spark.report.Numbers;
import org.hopespark.tokenizer.MergeListener;

/** One aligned line every few seconds while a tokenizer's merges are learnt. */
final class MergeLines implements MergeListener {
  private static final long INTERVAL_NANOS = 5_000_000_000L;

  private final Terminal terminal;
  private final LongSupplier nanoTime;
  private long lastNanos;

  MergeLines(Terminal terminal) {
    this(terminal, System::nanoTime);
  }

  MergeLines(Terminal terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  @Override
  public void merged(int merges, int mostMerges, long count) {
    long now = nanoTime.getAsLong();
    if (merges == 1) {
      lastNanos = now;
    }

    if (now - lastNanos < INTERVAL_NANOS) {
      return;
    }

    lastNanos = now;
    String most = Numbers.count(mostMerges);
    terminal.line(
        "train-tokenizer",
        ("merge %" + most.length() + "s of %s   of a pair that occurs %s times")
            .formatted(Numbers.count(merges), most, Numbers.count(count)));
  }
}
