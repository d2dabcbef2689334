// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.function.Predicate;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.LevelDivision;

/**
 * Which part of every level a replica updates, and so holds the optimizer state of.
 *
 * @param rank of the replica, from 0
 * @param size number of replicas
 * @param sliced levels of which every rank owns one slice; it owns all of the others
 */
public record Ownership(int rank, int size, Predicate<Level> sliced) {
  public Ownership {
    if (rank < 0 || rank >= size) {
      throw new IllegalArgumentException(
          "Invalid rank [%d]: must be from 0 to %d".formatted(rank, size - 1));
    }
  }

  /** Of a replica that updates everything. */
  public static Ownership whole() {
    return slice(0, 1);
  }

  /** Of slice {@code rank} of {@code size} of every level. */
  public static Ownership slice(int rank, int size) {
    return new Ownership(rank, size, level -> true);
  }

  Ownership ofRank(int other) {
    return new Ownership(other, size, sliced);
  }

  /** The slices of a level; a single one where every rank owns all of it. */
  Slices slices(LevelDivision division) {
    return division.slices(sliced.test(division.level()) ? size : 1);
  }

  /** First own element of the level, counted from its first. */
  long start(LevelDivision division) {
    Slices slices = slices(division);
    return slices.start(own(slices));
  }

  /** End of the own elements of the level, exclusive, counted from its first. */
  long end(LevelDivision division) {
    Slices slices = slices(division);
    return slices.start(own(slices)) + slices.length(own(slices));
  }

  private int own(Slices slices) {
    return slices.size() == 1 ? 0 : rank;
  }
}
