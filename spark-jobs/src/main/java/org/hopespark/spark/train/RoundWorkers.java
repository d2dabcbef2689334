// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.hopespark.spark.session.HopePlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ranks of segments in rounds that live in this process. */
final class RoundWorkers {
  private static final Logger LOG = LoggerFactory.getLogger(RoundWorkers.class);
  private static final Map<Key, RoundWorker> WORKERS = new HashMap<>();

  private RoundWorkers() {}

  private record Key(Attempt attempt, int rank) {}

  /** One attempt at a segment; no other finds its ranks. */
  record Attempt(UUID runId, int generation) implements Serializable {
    static Attempt of(Segment segment) {
      return new Attempt(segment.runId(), segment.generation());
    }

    /**
     * A rank that is here.
     *
     * @throws RoundFailure if it is not
     */
    RoundWorker at(int rank) {
      synchronized (WORKERS) {
        RoundWorker worker = WORKERS.get(new Key(this, rank));
        if (worker == null) {
          throw absent(rank, generation);
        }
        return worker;
      }
    }

    /** Frees a rank, if it is here. */
    void close(int rank) {
      RoundWorkers.close(new Key(this, rank));
    }
  }

  /**
   * Makes a rank here, and frees what earlier attempts have left. May be called again where it
   * failed.
   *
   * @param isProcess whether the process is to hold this rank only
   * @throws RoundFailure if it cannot be made
   */
  static void open(Segment segment, int rank, boolean isProcess) {
    Key key = new Key(Attempt.of(segment), rank);
    requireRoom(key, isProcess);
    try {
      closeOthers(key, isProcess);
      RoundWorker worker = new RoundWorker(segment, rank);
      synchronized (WORKERS) {
        WORKERS.put(key, worker);
      }
    } catch (IOException | RuntimeException | FSError e) {
      requireWanted();
      LOG.warn("Rank {} cannot start", rank, e);
      throw new RoundFailure(Outcome.Failed.of(rank, segment.from(), e));
    }
    HopePlugin.send(
        new Watchdog.UnderWay(
            segment.runId(), segment.generation(), rank, SparkEnv.get().executorId()));
  }

  /** An executor whose neighbour is late is offered two; Spark then tries one of them again. */
  private static void requireRoom(Key own, boolean isProcess) {
    synchronized (WORKERS) {
      for (Key key : WORKERS.keySet()) {
        if (isProcess && key.attempt().equals(own.attempt()) && key.rank() != own.rank()) {
          throw new RoundFailure(
              new Outcome.Failed(
                  own.rank(),
                  0,
                  Outcome.Kind.PEER,
                  "Lost rank %d: %s holds rank %d already."
                      .formatted(own.rank(), Place.here(), key.rank())));
        }
      }
    }
  }

  private static void closeOthers(Key own, boolean isProcess) {
    List<RoundWorker> left = new ArrayList<>();
    synchronized (WORKERS) {
      for (Key key : List.copyOf(WORKERS.keySet())) {
        boolean isOfRun = key.attempt().runId().equals(own.attempt().runId());
        boolean isPeer = key.attempt().equals(own.attempt()) && key.rank() != own.rank();
        if (isProcess || (isOfRun && !isPeer)) {
          left.add(WORKERS.remove(key));
        }
      }
    }
    left.forEach(RoundWorker::close);
  }

  private static void close(Key key) {
    RoundWorker worker;
    synchronized (WORKERS) {
      worker = WORKERS.remove(key);
    }
    if (worker != null) {
      worker.close();
    }
  }

  /** Called when a run is over; in processes that only execute, the end of the process does it. */
  static void release(UUID runId) {
    List<Key> left;
    synchronized (WORKERS) {
      left = WORKERS.keySet().stream().filter(key -> key.attempt().runId().equals(runId)).toList();
    }
    left.forEach(RoundWorkers::close);
  }

  /** Number of ranks here. */
  static int count() {
    synchronized (WORKERS) {
      return WORKERS.size();
    }
  }

  /** A task has come where its rank's memory is not, or not any more as it was. */
  static RoundFailure absent(int rank, int generation) {
    return new RoundFailure(
        new Outcome.Failed(
            rank,
            0,
            Outcome.Kind.PEER,
            "Lost rank %d of attempt %d: %s does not hold it."
                .formatted(rank, generation, Place.here())));
  }

  /** Ends a task that the driver has ended already, whatever it has run into since. */
  static void requireWanted() {
    if (TaskContext.get().isInterrupted()) {
      throw new TaskKilledException("the segment is over");
    }
  }
}
