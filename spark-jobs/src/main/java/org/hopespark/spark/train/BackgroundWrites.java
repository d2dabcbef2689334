// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.hopespark.spark.session.HopePlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes of checkpoints that go on in this process while its ranks train: from a copy in memory, at
 * most one for each rank, each by a thread of its own that tells the driver how it has ended. A
 * write is never cut short: what nobody waits for any more ends in a directory that is never
 * committed. The memory of a rank's copy is kept for its next one until {@link #release}, or until
 * another rank or run needs some: to get it anew takes longer than to fill it.
 */
final class BackgroundWrites {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundWrites.class);

  /** Spark's name for the executor of the threads of the driver. */
  private static final String DRIVER = "driver";

  private static final Map<Writer, Write> WRITES = new HashMap<>();

  /** Memory of copies that are written. */
  private static final Map<Writer, HostCopy> IDLE = new HashMap<>();

  private BackgroundWrites() {}

  /**
   * What the driver hears of a write.
   *
   * @param directory of the checkpoint
   * @param saved what was written; null if that failed
   * @param failure why; else null
   */
  record Report(
      UUID runId,
      String directory,
      int rank,
      RankContent.Saved saved,
      Outcome.Failed failure,
      String executor)
      implements Serializable {}

  private record Writer(UUID runId, int rank) {}

  /** One of them. */
  private static final class Write {
    private final String directory;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Null once all is written and the driver knows. */
    private volatile Throwable failure = new IllegalStateException("its thread is gone");

    Write(String directory) {
      this.directory = directory;
    }
  }

  /**
   * Copies {@code content} and begins to write the copy as {@code segment}'s checkpoint. The write
   * before has to be awaited.
   */
  static void begin(Segment segment, RankContent content) {
    Writer writer = new Writer(segment.runId(), content.rank());
    HostCopy memory = memory(writer, content.size());
    RankContent copy;
    try {
      copy = content.copy(memory);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    Write write = new Write(segment.save());
    synchronized (BackgroundWrites.class) {
      WRITES.put(writer, write);
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                run(segment, copy);
                write.failure = null;
              } catch (IOException | RuntimeException | FSError e) {
                LOG.warn("Cannot write the checkpoint of step {}: {}", segment.to(), e.toString());
                write.failure = e;
              } finally {
                keep(writer, memory);
                write.ended.countDown();
              }
            },
            "hope-checkpoint-" + content.rank());
    thread.setDaemon(true);
    thread.start();
  }

  private static synchronized HostCopy memory(Writer writer, long elements) {
    // An executor has one rank, and the memory of one copy; threads of the driver share it.
    boolean isShared = SparkEnv.get().executorId().equals(DRIVER);
    IDLE.entrySet()
        .removeIf(
            idle -> {
              boolean isKept =
                  idle.getKey().equals(writer)
                      ? idle.getValue().holds(elements)
                      : isShared && idle.getKey().runId().equals(writer.runId());
              if (!isKept) {
                idle.getValue().close();
              }
              return !isKept;
            });
    HostCopy memory = IDLE.remove(writer);
    if (memory == null) {
      return new HostCopy(elements);
    }
    memory.reuse();
    return memory;
  }

  private static synchronized void keep(Writer writer, HostCopy memory) {
    IDLE.put(writer, memory);
  }

  /** Gives the memory back that {@code rank} has for copies. Its writes have to be awaited. */
  static synchronized void release(Segment segment, int rank) {
    HostCopy idle = IDLE.remove(new Writer(segment.runId(), rank));
    if (idle != null) {
      idle.close();
    }
  }

  private static void run(Segment segment, RankContent copy) throws IOException {
    RankContent.Saved saved;
    try {
      saved = copy.write(segment.hadoop().value(), new Path(segment.save()));
    } catch (IOException | RuntimeException | FSError e) {
      HopePlugin.deliver(
          report(segment, copy.rank(), null, Outcome.Failed.of(copy.rank(), segment.to(), e)));
      throw e;
    }
    HopePlugin.deliver(report(segment, copy.rank(), saved, null));
  }

  private static Report report(
      Segment segment, int rank, RankContent.Saved saved, Outcome.Failed failure) {
    return new Report(
        segment.runId(), segment.save(), rank, saved, failure, SparkEnv.get().executorId());
  }

  /**
   * Waits until all writes of former segments have ended.
   *
   * @param segment under way
   * @throws IOException if one failed that {@code segment} relies upon
   */
  static void await(Segment segment) throws IOException, InterruptedException {
    for (Write write : former(segment)) {
      write.ended.await();
      Throwable failure = write.failure;
      if (failure != null && write.directory.equals(segment.restore())) {
        throw new IOException(
            "Cannot write the checkpoint of step %d: %s"
                .formatted(segment.from(), failure.getMessage()),
            failure);
      }
    }
  }

  /** Ranks that are threads of one process may have begun to write their next. */
  private static synchronized List<Write> former(Segment segment) {
    List<Write> writes = new ArrayList<>();
    WRITES.forEach(
        (writer, write) -> {
          if (writer.runId().equals(segment.runId()) && !write.directory.equals(segment.save())) {
            writes.add(write);
          }
        });
    return writes;
  }
}
