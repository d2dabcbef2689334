// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.level;

import java.util.ArrayList;
import java.util.List;

/**
 * When the gradients of a range are final within a backward pass, which goes through stages 0, 1
 * and so on.
 *
 * @param bounds run i holds elements {@code bounds[i]} to {@code bounds[i + 1]}, counted from the
 *     first of the range; rising, from 0
 * @param stages for each run the stage after which it changes no more
 */
public record Stages(List<Long> bounds, List<Integer> stages) {
  public Stages {
    bounds = List.copyOf(bounds);
    stages = List.copyOf(stages);
    boolean ordered = bounds.get(0) == 0 && bounds.size() == stages.size() + 1;
    for (int run = 1; run < bounds.size(); run++) {
      ordered &= bounds.get(run - 1) < bounds.get(run);
    }
    if (!ordered) {
      throw new IllegalArgumentException(
          "Invalid bounds %s of stages %s: must rise from 0".formatted(bounds, stages));
    }
  }

  /** Some elements of one stage. */
  public interface Visitor {
    void visit(long from, long to);
  }

  /** Visits what is final after {@code stage} and was not before, in order. */
  public void forEach(int stage, Visitor visitor) {
    for (int run = 0; run < stages.size(); run++) {
      if (stages.get(run) == stage) {
        visitor.visit(bounds.get(run), bounds.get(run + 1));
      }
    }
  }

  /** The stage after which all elements from {@code from} to {@code to} are final. */
  public int last(long from, long to) {
    int last = 0;
    for (int run = 0; run < stages.size(); run++) {
      if (from < bounds.get(run + 1) && to > bounds.get(run)) {
        last = Math.max(last, stages.get(run));
      }
    }
    return last;
  }

  /** The same of {@code length} elements from {@code from}, at least one. */
  public Stages part(long from, long length) {
    List<Long> starts = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    for (int run = 0; run < stages.size(); run++) {
      if (from < bounds.get(run + 1) && from + length > bounds.get(run)) {
        starts.add(Math.max(0, bounds.get(run) - from));
        kept.add(stages.get(run));
      }
    }
    starts.add(length);
    return new Stages(starts, kept);
  }
}
