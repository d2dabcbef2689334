// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.Map;
import java.util.Optional;

/**
 * Where a run stands.
 *
 * @param step last step of the interval, from 1
 * @param steps of the run
 * @param loss mean over the targets of the interval, nats per token
 * @param gradientNorms of the levels updated in the interval, before clipping, at their last update
 * @param learningRate of {@code step}
 * @param tokensPerSecond of all workers together, over the interval
 * @param secondsLeft at this pace
 * @param bytesSent of every level: put on the wire by all workers since step 1
 * @param seconds of the interval, or of the part of it since the last checkpoint
 * @param exchanges by name of the level, in the same time; empty with one worker
 * @param straggler whom the others waited for
 */
public record Progress(
    long step,
    long steps,
    double loss,
    Map<String, Double> gradientNorms,
    double learningRate,
    double tokensPerSecond,
    double secondsLeft,
    Map<String, Long> bytesSent,
    double seconds,
    Map<String, LevelExchange> exchanges,
    Optional<Straggler> straggler) {

  /** Share of the time that the workers spent in exchanges. */
  public double exchangeShare() {
    return exchanges.values().stream().mapToDouble(LevelExchange::seconds).sum() / seconds;
  }

  /** Share of the time that they waited for each other there. */
  public double waitShare() {
    return exchanges.values().stream().mapToDouble(LevelExchange::waitSeconds).sum() / seconds;
  }
}
