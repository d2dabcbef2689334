// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/**
 * How much of what is to be sent is final, told by those that compute it to the thread that
 * exchanges it.
 */
public final class Readiness {
  private final Monitor monitor;
  private final int stages;
  private volatile int passed;
  private volatile long completedNanos;

  Readiness(Monitor monitor, int stages) {
    this.monitor = monitor;
    this.stages = stages;
  }

  /**
   * Stages 0 to {@code stage} have passed: what is of them does not change any more. Stages rise;
   * by any thread, one at a time.
   */
  public void pass(int stage) {
    if (stage == stages - 1) {
      completedNanos = System.nanoTime();
    }
    passed = stage + 1;
    monitor.signal();
  }

  /** No more stages will pass: fails the exchange, here and on every peer. */
  public void abandon() {
    monitor.fail(new ExchangeException("Lost this rank: its gradients failed."));
  }

  int stages() {
    return stages;
  }

  boolean hasPassed(int stage) {
    return stage < passed;
  }

  /** When the last stage passed; after it has. */
  long completedNanos() {
    return completedNanos;
  }
}
