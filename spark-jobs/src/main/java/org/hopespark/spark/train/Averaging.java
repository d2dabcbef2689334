// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import org.hopespark.model.train.StateRange;

/**
 * How the workers' copies of one level come together. At a boundary of the level every rank calls
 * {@link #reduce}; the ranks tell each other what came out of it; and only when all of that is
 * finite does each call {@link #apply}.
 */
interface Averaging extends AutoCloseable {

  /** Takes the parameters as they are for those that all ranks agree on; before the first step. */
  void begin();

  /**
   * Brings the gradients together as far as this way of averaging does, and changes nothing else.
   *
   * @return sums of squares of the part of the gradient that this rank steps by, one per block
   */
  double[] reduce(long step) throws InterruptedException;

  /**
   * Norm of the mean gradient that this rank steps by; not finite if that of any rank is not.
   *
   * @param squares what {@link #reduce} gave, by rank
   */
  double norm(long step, List<double[]> squares);

  /**
   * Updates the level, and brings the parameters together unless they are to be gathered with those
   * of other levels.
   *
   * @param norm as {@link #norm} gave it
   */
  void apply(long step, double norm) throws InterruptedException;

  /** What has to be stored beside parameters and optimizer state; as {@link StateRange}s. */
  List<StateRange> states();

  @Override
  void close();
}
