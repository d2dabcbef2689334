// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import java.io.Serializable;
import java.util.TreeMap;

/**
 * Losses of one block of windows, as an executor sends them.
 *
 * @param index position of the block in the split
 * @param lossSum over all targets, nats
 * @param textLossSum over the targets that are text, nats
 * @param targetCounts how often each token is a target in this block
 */
record ScoredBlock(
    int index, double lossSum, double textLossSum, TreeMap<Integer, Long> targetCounts)
    implements Serializable {}
