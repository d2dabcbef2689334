// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.List;
import org.hopespark.model.bench.WorkerSpeed;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.train.SyncVolume;

/**
 * The forecast of one configuration; field names are those of {@code hope plan --json}.
 *
 * @param architecture {@code model.architecture}
 * @param parameters number of parameters
 * @param tokensPerStep targets of one training chunk over all workers
 * @param steps of the run
 * @param speed of one worker
 * @param saving bytes of averaging every parameter in every chunk in float32, over those of this
 *     configuration; the same for any number of workers
 * @param batch what an update of core sees
 * @param warning what to change first; null where nothing is wrong
 * @param forecasts by number of workers
 */
public record Plan(
    String architecture,
    long parameters,
    long tokensPerStep,
    long steps,
    WorkerSpeed speed,
    double saving,
    UsualBatch batch,
    String warning,
    List<Forecast> forecasts) {
  /** A float32 there and back: what data parallelism without levels sends of a parameter. */
  static final int PLAIN_BYTES = 2 * Float.BYTES;

  /**
   * Forecasts.
   *
   * @param configs the same configuration on different numbers of workers, at least one
   * @param networks at least one
   */
  public static Plan of(List<RunConfig> configs, List<Network> networks, WorkerSpeed speed) {
    RunConfig config = configs.get(0);
    UsualBatch batch = UsualBatch.of(config);
    return new Plan(
        config.model().architecture(),
        new ParameterLayout(config.model()).size(),
        LevelForecast.tokensPerStep(config),
        config.training().steps(),
        speed,
        saving(config),
        batch,
        batch.warning().orElse(null),
        configs.stream().map(each -> Forecast.of(each, networks, speed)).toList());
  }

  /** {@code R = sum 8 P / sum (P (s_r + s_g) / C)}, against float32 at every training chunk. */
  static double saving(RunConfig config) {
    double plain = 0;
    double sent = 0;
    for (Level level : new ParameterLayout(config.model()).levels()) {
      plain += (double) level.length() * PLAIN_BYTES;
      // Of two workers, where (N-1)/N makes up for both counting.
      sent +=
          (double) SyncVolume.perSynchronisation(config, level, 2)
              / LevelForecast.interval(level, config);
    }
    return plain / sent;
  }
}
