// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.Slab;

/**
 * State of consecutive elements of a level, one number each, for checkpoints.
 *
 * @param name {@code exp_avg} and {@code exp_avg_sq} of AdamW, {@code momentum} of SGD and Muon
 * @param from first element, counted from the first of the level
 * @param to end, exclusive
 * @param slab that holds the numbers
 * @param offset of that of {@code from} in the slab
 */
public record StateRange(String name, Level level, long from, long to, Slab slab, long offset) {}
