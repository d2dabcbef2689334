// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.Slab;

/**
 * Nested CMS (Eq. 72): at the end of the next slower level's interval a level starts again from an
 * initial state, which the slower level learns. The initial state moves towards where the level
 * came in the interval, {@code phi = (1 - rate) phi + rate theta} (Reptile, Nichol et al. 2018: the
 * first-order form of learning to initialise), and then {@code theta = phi}.
 *
 * <p>Everything follows from the step and from parameters that are the same bits on every worker,
 * so the workers exchange nothing more. {@code core} and the slowest level never start again.
 */
final class InitialStates implements AutoCloseable {
  private static final int TILE = 4096;

  private final List<Level> levels;
  private final float rate;
  private final Slab parameters;
  private final Slab initial;
  private final long first;
  private final float[] theta = new float[TILE];
  private final float[] phi = new float[TILE];

  InitialStates(List<Level> levels, double rate, Slab parameters) {
    this.levels = levels;
    this.rate = (float) rate;
    this.parameters = parameters;
    first = levels.get(1).offset();
    initial = Slab.allocate("initial states", size(levels));
  }

  /** Elements of the initial states. */
  static long size(List<Level> levels) {
    return Math.max(1, levels.get(levels.size() - 1).offset() - levels.get(1).offset());
  }

  private Level slowest() {
    return levels.get(levels.size() - 1);
  }

  /** Takes the parameters as they stand for the initial states. */
  void begin() {
    initial.copy(parameters, first, 0, slowest().offset() - first);
  }

  /** To be called when {@code level} has been updated at the end of {@code step}. */
  void renew(Level level, long step) {
    boolean nested = level.index() > 0 && level.index() < slowest().index();
    if (!nested || step % levels.get(level.index() + 1).period() != 0) {
      return;
    }
    for (long done = 0; done < level.length(); done += TILE) {
      int n = (int) Math.min(TILE, level.length() - done);
      long at = level.offset() + done;
      parameters.read(at, theta, 0, n);
      initial.read(at - first, phi, 0, n);
      // Written so that rates of 0 and 1 keep the one or the other to the bit.
      for (int i = 0; i < n; i++) {
        phi[i] = (1 - rate) * phi[i] + rate * theta[i];
      }
      initial.write(at - first, phi, 0, n);
      parameters.write(at, phi, 0, n);
    }
  }

  /** The initial states by level; every worker computes them. */
  List<StateRange> states() {
    List<StateRange> states = new ArrayList<>();
    for (Level level : levels.subList(1, slowest().index())) {
      states.add(
          new StateRange("initial", level, 0, level.length(), initial, level.offset() - first));
    }
    return states;
  }

  @Override
  public void close() {
    initial.close();
  }
}
