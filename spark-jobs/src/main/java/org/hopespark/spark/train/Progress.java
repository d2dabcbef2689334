// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.Map;

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
 */
public record Progress(
    long step,
    long steps,
    double loss,
    Map<String, Double> gradientNorms,
    double learningRate,
    double tokensPerSecond,
    double secondsLeft,
    Map<String, Long> bytesSent) {}
