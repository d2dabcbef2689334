// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.util.List;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.spark.exchange.ExchangeException;
import org.hopespark.spark.exchange.ReplicaMismatchException;
import org.hopespark.spark.exchange.UnreachableException;

/**
 * What a rank returns from a segment. Failures are values too: the driver sees all of them and can
 * tell the first cause from its echoes on the other ranks.
 */
sealed interface Outcome extends Serializable {
  int rank();

  /**
   * The rank has taken all steps.
   *
   * @param hashes of every level's final parameters
   * @param intervals in the order of steps
   * @param checkpoint what it has written; null where it is still being written
   * @param checkpointSeconds for which that held up the rank
   * @param checkpointWaitSeconds of these, until the checkpoint before was written
   * @param executor where it ran
   */
  record Finished(
      int rank,
      List<Long> hashes,
      List<IntervalReport> intervals,
      RankContent.Saved checkpoint,
      double checkpointSeconds,
      double checkpointWaitSeconds,
      String executor,
      long peakRssBytes)
      implements Outcome {}

  /**
   * The rank could not finish.
   *
   * @param step that it was at
   */
  record Failed(int rank, long step, Kind kind, String message) implements Outcome {
    static Failed of(int rank, long step, Throwable cause) {
      return new Failed(rank, step, Kind.of(cause), oneLine(cause));
    }

    /** Follows from what another rank, or nobody, reports. */
    boolean isEcho() {
      return kind == Kind.PEER;
    }

    private static String oneLine(Throwable cause) {
      String message = cause.getMessage() == null ? "" : cause.getMessage();
      String line = message.lines().findFirst().orElse("");
      return Kind.of(cause) == Kind.UNEXPECTED
          ? cause.getClass().getSimpleName() + ": " + line
          : line;
    }
  }

  /** What a failure means for the run. */
  enum Kind {
    /** Repeating the segment would fail in the same way. */
    INVALID_CONFIG,
    INVALID_INPUT,
    CORRUPT_DATA,
    CORRUPT_CHECKPOINT,
    /** Replicas differ: nothing after the last commit can be trusted, nor this set-up. */
    REPLICA_MISMATCH,
    /** The gradient is no number: by itself if it happens again, by a fault of a machine if not. */
    NOT_FINITE,
    /** The network between two ranks. */
    UNREACHABLE,
    /** A peer failed; the cause is elsewhere. */
    PEER,
    /** Anything else may be gone at the next attempt. */
    UNEXPECTED;

    static Kind of(Throwable cause) {
      if (cause instanceof InvalidConfigException) {
        return INVALID_CONFIG;
      }
      if (cause instanceof InvalidInputException) {
        return INVALID_INPUT;
      }
      if (cause instanceof CorruptDataException) {
        return CORRUPT_DATA;
      }
      if (cause instanceof CorruptCheckpointException) {
        return CORRUPT_CHECKPOINT;
      }
      if (cause instanceof ReplicaMismatchException) {
        return REPLICA_MISMATCH;
      }
      if (cause instanceof NotFiniteException) {
        return NOT_FINITE;
      }
      if (cause instanceof UnreachableException) {
        return UNREACHABLE;
      }
      return cause instanceof ExchangeException ? PEER : UNEXPECTED;
    }
  }
}
