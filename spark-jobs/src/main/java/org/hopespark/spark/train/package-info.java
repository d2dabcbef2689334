// SPDX-License-Identifier: Apache-2.0
/**
 * Training across workers. {@link org.hopespark.spark.train.TrainModel} runs on the driver: it
 * refuses set-ups that cannot work, lets the executors probe each other, and goes from checkpoint
 * to checkpoint. Each segment is one Spark job with a barrier stage, one task per worker, as many
 * workers as the cluster has room for. A task loads the last commit, meets its peers once, and
 * takes its steps: windows of the data set go through the replica, gradients of exact levels are
 * sent meanwhile, and {@link org.hopespark.spark.train.LevelAverages} takes every level that is due
 * through its boundary, by its own way of averaging. Then the ranks write the files of the next
 * checkpoint, at once or in the background while the next segment goes on from memory, and the
 * driver compares their hashes and writes the manifest, which alone makes the checkpoint exist.
 * What fails before that is repeated from the last commit, after a pause that grows, and the first
 * cause is told.
 *
 * <p>Where executors cannot reach each other, {@link org.hopespark.spark.train.Rounds} runs a
 * segment as a sequence of plain jobs instead, with the same bits.
 */
package org.hopespark.spark.train;
