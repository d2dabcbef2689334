// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.List;
import org.hopespark.model.tensor.Slab;

/** An update rule with the state of the elements that it steps. */
public sealed interface Optimizer permits ElementWise, Muon {

  /** The rules that there are. */
  enum Kind {
    ADAMW,
    SGD,
    MUON;

    /** Names of the state that the rule keeps, one number each per element, as in checkpoints. */
    public List<String> states() {
      return this == ADAMW ? List.of("exp_avg", "exp_avg_sq") : List.of("momentum");
    }
  }

  /**
   * Updates parameters {@code from} to {@code to} by the gradients at the same place. Calls for
   * disjoint ranges may run on different threads, each with scratch of its own.
   */
  void step(Coefficients by, Slab gradients, long from, long to, Scratch scratch);
}
