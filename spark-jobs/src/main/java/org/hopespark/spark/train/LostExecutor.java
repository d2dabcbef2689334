// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.Optional;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Notices that a process with a rank's memory is gone. Spark would start its tasks again elsewhere,
 * where that memory is not, so the job is better ended at once.
 */
final class LostExecutor extends SparkListener {
  private final Runnable cancel;
  private Set<String> executors = Set.of();
  private String line;

  /**
   * @param cancel ends the job under way
   */
  LostExecutor(Runnable cancel) {
    this.cancel = cancel;
  }

  /** To be called once it is known which executors count. */
  synchronized void watch(Set<String> withRanks) {
    executors = Set.copyOf(withRanks);
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    synchronized (this) {
      if (line != null || !executors.contains(removed.executorId())) {
        return;
      }
      // In the words that Spark has for a task that was lost with its executor.
      line =
          "ExecutorLostFailure (executor %s exited) Reason: %s"
              .formatted(removed.executorId(), removed.reason());
      notifyAll();
    }
    cancel.run();
  }

  /** What happened, if anything did. */
  synchronized Optional<String> line() {
    return Optional.ofNullable(line);
  }

  /** The same after a job that failed: what Spark tells its listeners comes a little later. */
  synchronized Optional<String> awaitLine(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; line == null && left > 0; ) {
      wait(left);
      left = (deadline - System.nanoTime()) / 1_000_000;
    }
    return line();
  }
}
