// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * What Ctrl-C or SIGTERM does to a run: the current job is cancelled, the driver's thread leaves at
 * the next safe point (a commit under way is finished), and only then does the process go on to
 * end. Hooked before Spark's own end and before file systems are closed.
 */
final class Interruption implements AutoCloseable, Pause {
  /** Spark's is 40, file systems are closed at 10. */
  private static final int PRIORITY = 100;

  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);
  private final Runnable cancel;
  private final Runnable hook = this::interrupt;

  private Interruption(Runnable cancel) {
    this.cancel = cancel;
  }

  /**
   * Watches until it is closed.
   *
   * @param cancel ends the job under way; called by another thread
   */
  static Interruption watch(Runnable cancel) {
    Interruption interruption = new Interruption(cancel);
    ShutdownHookManager hooks = ShutdownHookManager.get();
    if (!hooks.isShutdownInProgress()) {
      hooks.addShutdownHook(interruption.hook, PRIORITY, LONGEST.toSeconds() + 5, TimeUnit.SECONDS);
    }
    return interruption;
  }

  void interrupt() {
    requested.countDown();
    cancel.run();
    try {
      var unused = left.await(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Returns early when the run is to end. */
  @Override
  public void millis(long millis) throws InterruptedException {
    var unused = requested.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    left.countDown();
    ShutdownHookManager hooks = ShutdownHookManager.get();
    if (!hooks.isShutdownInProgress()) {
      var unused = hooks.removeShutdownHook(hook);
    }
  }
}
