// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Where the worker's thread waits for the network threads: a change counter, the first failure, and
 * the time of the last byte that moved.
 */
final class Monitor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final long timeoutNanos;
  private long version;
  private volatile ExchangeException failure;
  private volatile long lastProgress = System.nanoTime();

  Monitor(Duration timeout) {
    timeoutNanos = timeout.toNanos();
  }

  /** Three quarters of the deadline, so that a port that swallows everything is named. */
  int connectMillis() {
    return Math.toIntExact(Math.min(30_000, TimeUnit.NANOSECONDS.toMillis(timeoutNanos) * 3 / 4));
  }

  /** The first failure stays; later ones are its consequences. */
  void fail(ExchangeException cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      version++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean hasFailed() {
    return failure != null;
  }

  void throwIfFailed() {
    ExchangeException cause = failure;
    if (cause instanceof ReplicaMismatchException) {
      throw new ReplicaMismatchException(cause.getMessage());
    }
    if (cause instanceof UnreachableException) {
      throw new UnreachableException(cause.getMessage(), cause);
    }
    if (cause != null) {
      // A new exception, so that its stack shows the waiting thread.
      throw new ExchangeException(cause.getMessage(), cause);
    }
  }

  /** Something moved, though nothing may have become complete. */
  void progress() {
    lastProgress = System.nanoTime();
  }

  void signal() {
    progress();
    lock.lock();
    try {
      version++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** To be read before looking at the state that {@link #awaitChange} waits on. */
  long version() {
    lock.lock();
    try {
      return version;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns once something has changed since {@code seen}.
   *
   * @param limited whether the deadline holds
   * @throws ExchangeException after the deadline without a byte moved, or when interrupted
   */
  void awaitChange(long seen, boolean limited, Supplier<String> waitingFor) {
    lock.lock();
    try {
      while (version == seen) {
        if (!limited) {
          changed.await();
          continue;
        }
        long left = lastProgress + timeoutNanos - System.nanoTime();
        if (left <= 0) {
          throw new ExchangeException(
              "Cannot finish %s: nothing moved for %d s. Look for a frozen worker or a closed port, or raise sync.timeout-seconds."
                  .formatted(waitingFor.get(), TimeUnit.NANOSECONDS.toSeconds(timeoutNanos)));
        }
        changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("Cannot finish " + waitingFor.get() + ": interrupted.", e);
    } finally {
      lock.unlock();
    }
  }
}
