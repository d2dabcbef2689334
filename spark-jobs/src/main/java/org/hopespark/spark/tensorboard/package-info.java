// SPDX-License-Identifier: Apache-2.0
/**
 * A run for TensorBoard. {@link org.hopespark.spark.tensorboard.TensorBoardFiles} turns the lines
 * of {@code metrics.jsonl} into scalars and writes them below the run's directory; {@code
 * ScalarEvents} encodes them as the protocol buffers and the checked records that TensorBoard
 * reads, so that neither library is needed.
 */
package org.hopespark.spark.tensorboard;
