// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.List;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.train.SyncVolume;

/**
 * What one level sends: {@code V = (N-1)/N P (s_r + s_g)} bytes from each of N workers in one
 * averaging of P parameters, with s_r and s_g bytes per number in the reduce-scatter and in the
 * all-gather; see {@link SyncVolume} for modes that send more.
 *
 * @param name {@code core} or a CMS level
 * @param parameters P
 * @param period training chunks between two updates
 * @param interval training chunks between two averagings
 * @param bytesPerAveraging V, the mean over the workers
 * @param bytesPerChunk V over the interval
 * @param bytesPerToken that over the tokens which one worker trains on in a training chunk
 */
public record LevelForecast(
    String name,
    long parameters,
    int period,
    long interval,
    double bytesPerAveraging,
    double bytesPerChunk,
    double bytesPerToken) {

  /** The levels of {@code config} on its number of workers, core first. */
  static List<LevelForecast> of(RunConfig config) {
    return new ParameterLayout(config.model())
        .levels().stream().map(level -> of(level, config)).toList();
  }

  private static LevelForecast of(Level level, RunConfig config) {
    int workers = config.sync().workers();
    double bytes = (double) SyncVolume.perSynchronisation(config, level, workers) / workers;
    long interval = interval(level, config);
    return new LevelForecast(
        level.name(),
        level.length(),
        level.period(),
        interval,
        bytes,
        bytes / interval,
        bytes / interval / tokensPerWorker(config));
  }

  /** Training chunks between two averagings. */
  static long interval(Level level, RunConfig config) {
    return (long) level.period() * config.sync().of(level.name()).every();
  }

  /** Targets of one training chunk on one worker. */
  static double tokensPerWorker(RunConfig config) {
    return (double) tokensPerStep(config) / config.sync().workers();
  }

  static long tokensPerStep(RunConfig config) {
    return (long) config.training().virtualShards()
        * config.training().batchSize()
        * config.training().sequenceLength();
  }

  /** How long the bytes of one averaging take; what their messages wait for is {@link Trips}. */
  double seconds(Network network) {
    return bytesPerAveraging / network.bytesPerSecond();
  }
}
