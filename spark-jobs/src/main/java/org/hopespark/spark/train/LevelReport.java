// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.level.Slices;
import org.hopespark.spark.exchange.Volume;
import org.hopespark.spark.exchange.Wire;

/**
 * What one level has done since step 1.
 *
 * @param name {@code core} or a CMS level
 * @param parameters number of parameters
 * @param period training chunks between two updates
 * @param updates updates made
 * @param synchronisations averagings over the workers; none with one worker
 * @param bytesSent bytes that all workers put on the wire, headers included
 * @param bytesPredicted {@code 2 (N-1) * parameters * 4} for every synchronisation
 */
public record LevelReport(
    String name,
    long parameters,
    int period,
    long updates,
    long synchronisations,
    long bytesSent,
    long bytesPredicted) {

  static LevelReport before(Level level) {
    return new LevelReport(level.name(), level.length(), level.period(), 0, 0, 0, 0);
  }

  /** The same after steps {@code from + 1} to {@code to} on {@code workers} workers. */
  LevelReport after(Level level, long from, long to, long steps, int workers, long sent) {
    long done = LevelSchedule.updates(level, to, steps) - LevelSchedule.updates(level, from, steps);
    long synchronised = workers > 1 ? done : 0;
    long predicted = 0;
    for (int rank = 0; rank < workers; rank++) {
      predicted +=
          synchronised
              * Volume.perSynchronisation(Slices.even(parameters, workers), rank, Wire.FLOAT32);
    }
    return new LevelReport(
        name,
        parameters,
        period,
        updates + done,
        synchronisations + synchronised,
        bytesSent + sent,
        bytesPredicted + predicted);
  }
}
