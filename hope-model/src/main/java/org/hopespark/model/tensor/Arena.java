// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

/**
 * Hands out windows of one slab, one after the other. Whatever needs scratch takes it from an arena
 * in its constructor, so a measuring arena tells beforehand how much that is, and nothing is
 * allocated in a step.
 */
public final class Arena {
  private final Slab slab;
  private long next;

  private Arena(Slab slab) {
    this.slab = slab;
  }

  /** An arena without memory, for {@link #size}. Its windows must not be used. */
  public static Arena measuring() {
    return new Arena(null);
  }

  public static Arena on(Slab slab) {
    return new Arena(slab);
  }

  /** A dense window of its own. */
  public Matrix matrix(int rows, int columns) {
    return Matrix.dense(slab, reserve((long) rows * columns), rows, columns);
  }

  /** A range of its own; returns its first element. */
  public long reserve(long elements) {
    long at = next;
    next = Math.addExact(next, elements);
    return at;
  }

  /** The memory behind the windows; null while measuring. */
  public Slab slab() {
    return slab;
  }

  /** Elements handed out so far. */
  public long size() {
    return next;
  }
}
