// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.level.Slices;
import org.hopespark.model.level.Stages;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.Ownership;
import org.hopespark.model.train.Replica;
import org.hopespark.spark.exchange.Collective;
import org.hopespark.spark.exchange.Contribution;
import org.hopespark.spark.exchange.LevelTraffic;
import org.hopespark.spark.exchange.Readiness;
import org.hopespark.spark.exchange.SyncPoint;
import org.hopespark.spark.exchange.Wire;

/**
 * The workers of a segment, as one of them sees them. A single worker has nobody to exchange
 * anything with, and what it holds is already the sum.
 */
final class Gang {
  /** A range is one direct buffer, and a slab gives buffers of fewer than 2^28 elements. */
  static final long LONGEST = (1L << 28) - 1;

  private final RunConfig config;
  private final int rank;
  private final int size;
  private Collective collective;

  Gang(RunConfig config, int rank, int size) {
    this.config = config;
    this.rank = rank;
    this.size = size;
  }

  /**
   * To be called when the workers have met.
   *
   * @param others null for a single worker
   */
  void join(Collective others) {
    collective = others;
  }

  RunConfig config() {
    return config;
  }

  int rank() {
    return rank;
  }

  int size() {
    return size;
  }

  /** Whether this is the way of the level with this name. */
  static boolean isExact(RunConfig config, Level level) {
    return config.sync().of(level.name()).isExact();
  }

  /** What this rank updates: its slice of a level in exact mode, all of it in the others. */
  Ownership ownership() {
    return ownership(config, rank, size);
  }

  static Ownership ownership(RunConfig config, int rank, int size) {
    return new Ownership(rank, size, level -> isExact(config, level));
  }

  static Wire wire(RunConfig config) {
    return config.sync().wire().equals("bfloat16") ? Wire.BFLOAT16 : Wire.FLOAT32;
  }

  Wire wire() {
    return wire(config);
  }

  /** What the others compare with theirs; nobody asks a single worker. */
  long hash(Replica replica, Level level) {
    return size == 1 ? 0 : replica.hash(level);
  }

  /** See {@link Collective#reduceScatter}; the range of {@code slab} from {@code offset}. */
  void reduceScatter(SyncPoint point, Slab slab, long offset, Slices slices) {
    reduceScatter(point, slab, offset, slices, wire());
  }

  void reduceScatter(SyncPoint point, Slab slab, long offset, Slices slices, Wire wire) {
    if (collective != null) {
      long at = offset;
      for (Slices part : parts(slices)) {
        collective.reduceScatter(point, slab.bytes(at, part.elements()), part, wire);
        at += part.elements();
      }
    }
  }

  /** Whether gradients travel while later ones are computed. */
  boolean overlaps() {
    return collective != null && config.sync().overlap();
  }

  /** See {@link Collective#reduceScatter(List, Wire)}. */
  void reduceScatter(List<Contribution> contributions) {
    if (collective != null) {
      batches(contributions).forEach(batch -> collective.reduceScatter(batch, wire()));
    }
  }

  /** See {@link Collective#allGather(List, Wire)}; in the form in which gradients travel. */
  void allGather(List<Contribution> contributions) {
    if (collective != null) {
      batches(contributions).forEach(batch -> collective.allGather(batch, wire()));
    }
  }

  /** One operation for all, unless they are longer than a buffer together. */
  private static List<List<Contribution>> batches(List<Contribution> contributions) {
    List<List<Contribution>> batches = new ArrayList<>();
    long elements = 0;
    for (Contribution contribution : contributions) {
      long length = contribution.slices().elements();
      if (batches.isEmpty() || elements + length > LONGEST) {
        batches.add(new ArrayList<>());
        elements = 0;
      }
      batches.get(batches.size() - 1).add(contribution);
      elements += length;
    }
    return batches;
  }

  /** See {@link Collective#readiness}. */
  Readiness readiness(int stages) {
    return collective.readiness(stages);
  }

  /**
   * A range of {@code slab} as operations on several ranges take it.
   *
   * @param stages empty where all of it is final
   */
  static List<Contribution> contributions(
      SyncPoint point, Slab slab, long offset, Slices slices, Optional<Stages> stages) {
    List<Contribution> contributions = new ArrayList<>();
    long at = 0;
    for (Slices part : parts(slices)) {
      long start = at;
      contributions.add(
          new Contribution(
              point,
              slab.bytes(offset + at, part.elements()),
              part,
              stages.map(of -> of.part(start, part.elements()))));
      at += part.elements();
    }
    return contributions;
  }

  /** See {@link Collective#reduceScatter(List, Wire, Readiness)}. */
  void reduceScatter(List<Contribution> contributions, Readiness readiness) {
    collective.reduceScatter(contributions, wire(), readiness);
  }

  /** See {@link Collective#allGather}. */
  void allGather(SyncPoint point, Slab slab, long offset, Slices slices, Wire wire) {
    if (collective != null) {
      long at = offset;
      for (Slices part : parts(slices)) {
        collective.allGather(point, slab.bytes(at, part.elements()), part, wire);
        at += part.elements();
      }
    }
  }

  /** The operations that a range takes: one, unless it is longer than a buffer. */
  static List<Slices> parts(Slices slices) {
    List<Slices> parts = new ArrayList<>();
    for (long at = 0; at < slices.elements(); at += LONGEST) {
      parts.add(part(slices, at, LONGEST));
    }
    return parts;
  }

  /** What the slices are of {@code n} elements from {@code from}, or of those that are left. */
  static Slices part(Slices slices, long from, long n) {
    long length = Math.min(n, slices.elements() - from);
    return new Slices(
        slices.bounds().stream()
            .map(bound -> Math.max(0, Math.min(length, bound - from)))
            .toList());
  }

  /** Every rank's message, by rank. */
  List<byte[]> exchange(SyncPoint point, byte[] message) {
    return collective == null ? List.of(message) : collective.exchange(point, message);
  }

  /** Fails if a peer has failed. */
  void check() {
    if (collective != null) {
      collective.check();
    }
  }

  /** What the exchanges of a level have cost this rank. */
  LevelTraffic traffic(int level) {
    return collective == null ? LevelTraffic.NONE : collective.traffic(level);
  }

  /**
   * Targets of all workers since the last update of {@code level}, which is due at {@code step}.
   */
  long targets(Level level, long step) {
    return (step - LevelSchedule.intervalStart(level, step)) * StepLoop.tokensPerStep(config);
  }
}
