// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hopespark.model.train.Replica;

/**
 * What ranks leave in their process from one segment to the next, so that it need not read what it
 * has just written: at most one replica for each rank of the process. Nothing is kept of a segment
 * that failed once steps were taken, because its memory is beyond the commit.
 */
final class Survivors {
  private static final Map<Integer, Kept> BY_RANK = new HashMap<>();

  private Survivors() {}

  /**
   * What a replica holds, exactly: a checkpoint's directory belongs to one attempt.
   *
   * @param checkpoint directory that it was saved to, or restored from and not changed since
   */
  record Place(UUID runId, int workers, String checkpoint) {}

  /** A replica, and how its levels are averaged. */
  record Memory(Replica replica, Gang gang, LevelAverages averages) implements AutoCloseable {
    @Override
    public void close() {
      averages.close();
      replica.close();
    }
  }

  private record Kept(Place place, Memory memory) {}

  /**
   * Gives away the memory of {@code rank}, if it is the one, and frees all that no one can ask for.
   */
  static synchronized Optional<Memory> take(Place place, int rank) {
    for (Iterator<Kept> kept = BY_RANK.values().iterator(); kept.hasNext(); ) {
      Kept next = kept.next();
      if (!next.place().equals(place)) {
        next.memory().close();
        kept.remove();
      }
    }
    return Optional.ofNullable(BY_RANK.remove(rank)).map(Kept::memory);
  }

  /** Takes over {@code memory}, which the caller must not use any more. */
  static synchronized void keep(Place place, int rank, Memory memory) {
    Kept before = BY_RANK.put(rank, new Kept(place, memory));
    if (before != null) {
      before.memory().close();
    }
  }

  /** Called when a run is over; in processes that only execute, the end of the process does it. */
  static synchronized void release(UUID runId) {
    for (Iterator<Kept> kept = BY_RANK.values().iterator(); kept.hasNext(); ) {
      Kept next = kept.next();
      if (next.place().runId().equals(runId)) {
        next.memory().close();
        kept.remove();
      }
    }
  }

  /** Number of ranks whose memory is held. */
  static synchronized int count() {
    return BY_RANK.size();
  }
}
