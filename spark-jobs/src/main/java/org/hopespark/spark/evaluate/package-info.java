// SPDX-License-Identifier: Apache-2.0
/**
 * How good a checkpoint is. {@link org.hopespark.spark.evaluate.EvaluateCheckpoint} spreads the
 * windows of the validation split over the executors, each scores its batches with a model of its
 * own, and the driver adds the losses up in the order of the windows, so that the result does not
 * depend on who scored what. {@code UnigramModel} says what a model without context would have
 * scored on the same targets.
 */
package org.hopespark.spark.evaluate;
