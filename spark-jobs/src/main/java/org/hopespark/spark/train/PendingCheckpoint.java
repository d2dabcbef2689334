// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * A checkpoint from the beginning of its segment to its manifest, on the driver. It is committed as
 * soon as the segment has ended and all ranks have reported their files, by a thread of its own,
 * while the next segment may be under way; or it fails, once and for good, when a rank cannot
 * write, when a process is gone that still had to, or when it is given up. Nothing commits it then.
 */
final class PendingCheckpoint extends SparkListener implements Consumer<Object> {
  /** How it is committed. */
  interface Commit {
    Committed commit(Reached reached, List<RankContent.Saved> saved) throws IOException;
  }

  private final Path directory;
  private final Commit commit;
  private final Executor thread;
  private final SortedMap<Integer, RankContent.Saved> saved = new TreeMap<>();
  private final Set<String> gone = new HashSet<>();
  private final CompletableFuture<Boolean> written = new CompletableFuture<>();
  private final CompletableFuture<Committed> committed = new CompletableFuture<>();
  private Reached reached;
  private boolean isSettled;
  private boolean isLost;

  /**
   * @param thread that writes the driver's files
   */
  PendingCheckpoint(Path directory, Commit commit, Executor thread) {
    this.directory = directory;
    this.commit = commit;
    this.thread = thread;
  }

  Path directory() {
    return directory;
  }

  /** Takes any message of {@link org.hopespark.spark.session.HopePlugin}. */
  @Override
  public synchronized void accept(Object message) {
    if (!(message instanceof BackgroundWrites.Report report)
        || !report.directory().equals(directory.toString())) {
      return;
    }
    if (report.failure() == null) {
      saved.put(report.rank(), report.saved());
      proceed();
    } else {
      Outcome.Failed failed = report.failure();
      String line =
          "rank %d (executor %s) at step %d: %s"
              .formatted(report.rank(), report.executor(), failed.step(), failed.message());
      fail(new SegmentFailure(new FirstCause(line, failed, List.of()), /* cause= */ null));
    }
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    gone.add(removed.executorId());
    proceed();
  }

  /** To be called when all ranks have taken their steps, and what was pending before is settled. */
  synchronized void reached(Reached end, List<Outcome.Finished> finished) {
    reached = end;
    for (Outcome.Finished rank : finished) {
      if (rank.checkpoint() != null) {
        saved.put(rank.rank(), rank.checkpoint());
      }
    }
    proceed();
  }

  Reached reached() {
    return reached;
  }

  private void proceed() {
    if (isSettled || reached == null) {
      return;
    }
    if (saved.size() == reached.workers()) {
      isSettled = true;
      written.complete(true);
      List<RankContent.Saved> byRank = new ArrayList<>(saved.values());
      thread.execute(() -> commit(byRank));
      return;
    }
    for (int rank = 0; rank < reached.workers(); rank++) {
      String executor = reached.executors().get(rank);
      if (!saved.containsKey(rank) && gone.contains(executor)) {
        isLost = true;
        fail(
            new SegmentFailure(
                "rank %d (executor %s) ended before it had written its checkpoint"
                    .formatted(rank, executor),
                /* cause= */ null));
        return;
      }
    }
  }

  private void commit(List<RankContent.Saved> byRank) {
    try {
      committed.complete(commit.commit(reached, byRank));
    } catch (Exception | Error e) {
      committed.completeExceptionally(e);
    }
  }

  private void fail(SegmentFailure failure) {
    if (!isSettled) {
      isSettled = true;
      written.complete(false);
      committed.completeExceptionally(failure);
    }
  }

  /** Whether there is no hope for it. */
  boolean isFailed() {
    return committed.isCompletedExceptionally();
  }

  /** Whether that is because a process is gone. */
  synchronized boolean isLost() {
    return isLost;
  }

  /** Whether a rank still writes. */
  boolean isBeingWritten() {
    return !written.isDone();
  }

  /** Sees to it that it is not committed, unless that has begun. */
  synchronized void giveUp() {
    fail(new SegmentFailure("the checkpoint was given up", /* cause= */ null));
  }

  /**
   * Waits until it is committed.
   *
   * @param longest for the ranks to write
   * @throws SegmentFailure if it never will be
   * @throws IOException if the store refuses the driver
   */
  Committed await(Duration longest) throws SegmentFailure, IOException, InterruptedException {
    try {
      var unused = written.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      giveUp();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    try {
      return committed.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof SegmentFailure failure) {
        throw failure;
      }
      if (cause instanceof FileNotFoundException || cause instanceof AccessControlException) {
        throw (IOException) cause;
      }
      if (cause instanceof IOException
          || cause instanceof UncheckedIOException
          || cause instanceof FSError) {
        throw unwritable(cause);
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) cause;
    }
  }

  /** What the driver could not write may be written at another attempt. */
  static SegmentFailure unwritable(Throwable cause) {
    Throwable innermost = cause;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return new SegmentFailure(
        "the driver cannot write the checkpoint: "
            + String.valueOf(innermost.getMessage()).lines().findFirst().orElse(""),
        cause);
  }
}
