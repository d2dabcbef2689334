// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.util.List;
import java.util.UUID;
import org.hopespark.spark.exchange.LevelTraffic;

/**
 * What one rank did in the steps since the last logging step, or since the segment began.
 *
 * @param runId the run
 * @param generation attempt number of the segment
 * @param rank the worker
 * @param step last step of the interval
 * @param lossSums summed loss of every step over this rank's targets, nats
 * @param endMillis when {@code step} ended by this rank's clock, since 1970
 * @param seconds time inside these steps
 * @param learningRate of {@code step}
 * @param gradientNorms by level: before clipping, at the last update in the interval; NaN without
 * @param traffic by level: since the segment began
 * @param place where the rank runs
 */
record IntervalReport(
    UUID runId,
    int generation,
    int rank,
    long step,
    List<Double> lossSums,
    long endMillis,
    double seconds,
    double learningRate,
    List<Double> gradientNorms,
    List<LevelTraffic> traffic,
    String place)
    implements Serializable {}
