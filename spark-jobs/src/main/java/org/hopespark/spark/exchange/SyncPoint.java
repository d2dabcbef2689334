// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/**
 * What an operation belongs to. Every rank makes the same operations with the same points in the
 * same order; one point may serve several operations.
 *
 * @param step training step, from 1
 * @param level index of the level, 0 to 32766, under which {@link LevelTraffic} is counted
 * @param name of the level, for messages
 * @param hash of the level's parameters before this update; all ranks must bring the same
 */
public record SyncPoint(long step, int level, String name, long hash) {
  /** Index under which nobody counts. */
  static final int NO_LEVEL = Short.MAX_VALUE;

  boolean isAt(FrameHeader frame) {
    return frame.step() == step && frame.level() == level;
  }

  @Override
  public String toString() {
    return "level [%s] at step %d".formatted(name, step);
  }
}
