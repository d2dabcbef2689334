// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Hands out windows of one slab, one after the other. Whatever needs scratch takes it from an arena
 * in its constructor, so a measuring arena tells beforehand how much that is, and nothing is
 * allocated in a step.
 */
public final class Arena {
  /** What the memory of an arena is for. */
  public enum Part {
    STREAM("stream"),
    TITANS("titans"),
    MEMORY_STATES("memory states"),
    ATTENTION("attention"),
    CMS("cms"),
    LOGITS("logits"),
    SCRATCH("scratch");

    private final String label;

    Part(String label) {
      this.label = label;
    }

    /** The name in a memory plan. */
    public String label() {
      return label;
    }
  }

  private final Slab slab;
  private final Map<Part, Long> sizes = new EnumMap<>(Part.class);
  private Part part = Part.SCRATCH;
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

  /** Counts what follows as {@code part}, until the next call; scratch at first. */
  public Arena part(Part part) {
    this.part = part;
    return this;
  }

  /** A dense window of its own. */
  public Matrix matrix(int rows, int columns) {
    return Matrix.dense(slab, reserve((long) rows * columns), rows, columns);
  }

  /** A range of its own; returns its first element. */
  public long reserve(long elements) {
    long at = next;
    next = Math.addExact(next, elements);
    sizes.merge(part, elements, Long::sum);
    return at;
  }

  /** The memory behind the windows; null while measuring. */
  public Slab slab() {
    return slab;
  }

  /** Elements handed out so far, by what they are for. */
  public Map<Part, Long> sizes() {
    return Collections.unmodifiableMap(sizes);
  }

  /** Elements handed out so far. */
  public long size() {
    return next;
  }
}
