// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.model.config.LevelSyncConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.exchange.Volume;
import org.hopespark.spark.exchange.Wire;

/** What the averaging of a level has to send at least: the formula for counted bytes. */
public final class SyncVolume {
  private SyncVolume() {}

  /**
   * Payload bytes that all workers together send in one averaging of {@code level}: {@code 2 (N-1)
   * P s}, in a mode that averages optimizer state {@code 2 (N-1) (P s + 4 Q)}; for N workers, P
   * parameters, s bytes per number on the wire, and Q numbers of state.
   */
  public static long perSynchronisation(RunConfig config, Level level, int workers) {
    LevelDivision division =
        new LevelDivision(config.optimizer(), new ParameterLayout(config.model()), level);
    Slices slices = division.slices(workers);
    Wire wire = Gang.wire(config);
    LevelSyncConfig sync = config.sync().of(level.name());
    long state = sync.isExact() || !config.sync().averageState() ? 0 : stateElements(division);
    long bytes = 2L * (workers - 1) * Wire.FLOAT32.bytes(state);
    for (int rank = 0; rank < workers; rank++) {
      bytes += Volume.perSynchronisation(slices, rank, wire);
    }
    return bytes;
  }

  private static long stateElements(LevelDivision division) {
    return division.segments().stream()
        .mapToLong(segment -> (segment.to() - segment.from()) * segment.kind().states().size())
        .sum();
  }

  /** Averagings of {@code level} in steps {@code from + 1} to {@code to}; none with one worker. */
  public static long synchronisations(
      RunConfig config, Level level, long from, long to, int workers) {
    int every = config.sync().of(level.name()).every();
    long steps = config.training().steps();
    return workers == 1
        ? 0
        : SyncSchedule.count(level, every, to, steps)
            - SyncSchedule.count(level, every, from, steps);
  }
}
