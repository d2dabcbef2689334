// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.level;

import java.util.ArrayList;
import java.util.List;

/**
 * A level's range cut into one slice per rank, in the order of ranks. The owner of a slice sums the
 * contributions to it, holds its optimizer state and updates it.
 *
 * @param bounds slice r holds elements {@code bounds[r]} to {@code bounds[r + 1]}, counted from the
 *     first element of the level; not decreasing, from 0
 */
public record Slices(List<Long> bounds) {
  public Slices {
    bounds = List.copyOf(bounds);
    boolean ordered = bounds.size() > 1 && bounds.get(0) == 0;
    for (int r = 1; r < bounds.size(); r++) {
      ordered &= bounds.get(r - 1) <= bounds.get(r);
    }
    if (!ordered) {
      throw new IllegalArgumentException(
          "Invalid bounds " + bounds + ": must start at 0 and not decrease");
    }
  }

  /** As even as whole blocks allow: bounds are multiples of {@code block}, but for the last. */
  public static Slices aligned(long elements, long block, int size) {
    long blocks = (elements + block - 1) / block;
    List<Long> bounds = new ArrayList<>();
    for (int rank = 0; rank <= size; rank++) {
      bounds.add(Math.min(elements, blocks * rank / size * block));
    }
    return new Slices(bounds);
  }

  public static Slices even(long elements, int size) {
    return aligned(elements, 1, size);
  }

  /** Number of ranks. */
  public int size() {
    return bounds.size() - 1;
  }

  public long elements() {
    return bounds.get(size());
  }

  /** First element of the slice that {@code rank} owns. */
  public long start(int rank) {
    return bounds.get(rank);
  }

  public long length(int rank) {
    return bounds.get(rank + 1) - bounds.get(rank);
  }
}
