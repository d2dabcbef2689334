// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

/**
 * Loss of one virtual shard in one step.
 *
 * @param lossSum sum over the targets, in nats
 * @param tokens number of targets that the sum is over
 */
public record ShardLoss(double lossSum, long tokens) {}
