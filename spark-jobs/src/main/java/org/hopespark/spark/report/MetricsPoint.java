// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.Map;

/**
 * One line of {@code metrics.jsonl}, as far as a report needs it.
 *
 * @param step training steps taken
 * @param loss mean training loss since the last line, nats per token
 * @param tokensPerSecond tokens per second since the last line
 * @param learningRate learning rate of the step
 * @param checkpointSeconds since the run began: for which checkpoints, up to the last that is
 *     committed, held up the slowest workers
 * @param exchangeSeconds by level: in exchanges since the last line, mean over the workers
 * @param waitSeconds by level: of these waiting for the last worker
 */
record MetricsPoint(
    long step,
    double loss,
    double tokensPerSecond,
    double learningRate,
    double checkpointSeconds,
    Map<String, Double> exchangeSeconds,
    Map<String, Double> waitSeconds) {}
