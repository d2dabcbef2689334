// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.List;
import org.hopespark.model.config.RunConfig;

/**
 * How long a step takes on one network, nothing overlapped: {@code t = t_c + r alpha + sum V_l /
 * (C_l beta)} for {@link Trips} r of latency alpha, and bytes V of every level at bandwidth beta.
 *
 * @param bandwidth of the network, as it was given
 * @param computeSeconds t_c: forward, backward and updates of one worker's tokens
 * @param averagingSeconds the mean over steps of the time in averagings
 * @param longestAveragingSeconds in a step at which every level is due
 * @param stepSeconds the mean of both together
 * @param utilisation t_c over that
 * @param tokensPerSecond of all workers
 * @param runSeconds all steps of the run
 */
public record StepForecast(
    String bandwidth,
    double computeSeconds,
    double averagingSeconds,
    double longestAveragingSeconds,
    double stepSeconds,
    double utilisation,
    double tokensPerSecond,
    double runSeconds) {

  static StepForecast of(
      RunConfig config, List<LevelForecast> levels, Network network, double computeSeconds) {
    Trips trips = Trips.of(config);
    double mean = trips.perStep() * network.latencySeconds();
    double longest = trips.longest() * network.latencySeconds();
    for (LevelForecast level : levels) {
      mean += level.seconds(network) / level.interval();
      longest += level.seconds(network);
    }
    double step = computeSeconds + mean;
    return new StepForecast(
        network.bandwidth(),
        computeSeconds,
        mean,
        longest,
        step,
        computeSeconds / step,
        LevelForecast.tokensPerStep(config) / step,
        config.training().steps() * step);
  }
}
