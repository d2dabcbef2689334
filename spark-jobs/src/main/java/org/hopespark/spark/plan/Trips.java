// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.List;
import java.util.stream.LongStream;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.train.SyncVolume;

/**
 * How often the workers wait for a message to cross the network. At a boundary of any level once,
 * for the votes of all that are due; twice more, for gradients and parameters, where some of them
 * are averaged exactly, because these travel together; and twice for every array of a level that is
 * averaged in another way, because those follow one another.
 *
 * @param perStep the mean over steps
 * @param longest in a step at which every level is due
 */
record Trips(double perStep, double longest) {
  private static final int VOTES = 1;
  private static final int THERE_AND_BACK = 2;

  static Trips of(RunConfig config) {
    if (config.sync().workers() == 1) {
      return new Trips(0, 0);
    }
    List<Level> levels = new ParameterLayout(config.model()).levels();
    List<Level> exact = levels.stream().filter(level -> isExact(config, level)).toList();
    long steps = config.training().steps();
    double perStep = VOTES * due(levels, steps) + THERE_AND_BACK * due(exact, steps);
    double longest = VOTES + (exact.isEmpty() ? 0 : THERE_AND_BACK);
    for (Level level : levels) {
      if (!isExact(config, level)) {
        double trips = THERE_AND_BACK * SyncVolume.arrays(config, level);
        perStep += trips / LevelForecast.interval(level, config);
        longest += trips;
      }
    }
    return new Trips(perStep, longest);
  }

  private static boolean isExact(RunConfig config, Level level) {
    return config.sync().of(level.name()).isExact();
  }

  /** Share of the steps at which any of {@code levels} is due. */
  private static double due(List<Level> levels, long steps) {
    long cycle = 1;
    for (Level level : levels) {
      // After the least common multiple all of it repeats; runs are often shorter.
      long common = gcd(cycle, level.period());
      cycle = Math.min(steps, cycle / common * level.period());
    }
    long due =
        LongStream.rangeClosed(1, cycle)
            .filter(
                step ->
                    levels.stream()
                        .anyMatch(level -> LevelSchedule.due(level, step, Long.MAX_VALUE)))
            .count();
    return (double) due / cycle;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
