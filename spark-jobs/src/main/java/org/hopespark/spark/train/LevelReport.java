// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;

/**
 * What one level has done since step 1.
 *
 * @param name {@code core} or a CMS level
 * @param parameters number of parameters
 * @param period training chunks between two updates
 * @param updates updates made
 * @param synchronisations averagings over the workers; none with one worker
 * @param bytesSent bytes that all workers put on the wire, headers included
 * @param bytesPredicted of all synchronisations, headers included, see {@link SyncVolume}; records
 *     of encrypted frames come on top
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
  LevelReport after(RunConfig config, Level level, long from, long to, int workers, long sent) {
    long steps = config.training().steps();
    long done = LevelSchedule.updates(level, to, steps) - LevelSchedule.updates(level, from, steps);
    long averaged = SyncVolume.synchronisations(config, level, from, to, workers);
    long bytes =
        SyncVolume.perSynchronisation(config, level, workers)
            + SyncVolume.headersPerSynchronisation(config, level, workers);
    return new LevelReport(
        name,
        parameters,
        period,
        updates + done,
        synchronisations + averaged,
        bytesSent + sent,
        bytesPredicted + averaged * bytes);
  }
}
