// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/**
 * What the exchanges of one level cost the workers in a logging interval, or in the part of it
 * since the last checkpoint.
 *
 * @param bytes that all workers put on the wire
 * @param seconds inside exchanges, mean over the workers
 * @param waitSeconds of these until the last worker had come too, mean over the workers
 * @param skewSeconds how much longer the first to come waited than the last
 */
public record LevelExchange(long bytes, double seconds, double waitSeconds, double skewSeconds) {}
