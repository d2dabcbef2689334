// SPDX-License-Identifier: Apache-2.0
/**
 * Training across workers. {@link org.hopespark.spark.train.TrainModel} runs on the driver and goes
 * from checkpoint to checkpoint: each segment is one Spark job with a barrier stage, one task per
 * worker. A task loads the last commit, meets its peers once, and takes its steps: windows of the
 * data set go through the replica, and every due level's gradient is summed over the workers and
 * applied. Then the ranks write the files of the next checkpoint, and the driver compares their
 * hashes and writes the manifest, which alone makes the checkpoint exist. What fails before that is
 * repeated from the last commit.
 */
package org.hopespark.spark.train;
