// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/**
 * One synchronisation of one level. Every rank passes the same sequence of points, ordered by step
 * and then by level.
 *
 * @param step training step, from 1
 * @param level index of the level, 0 to 32767
 * @param name of the level, for messages
 * @param hash of the level's parameters before this update; all ranks must bring the same
 */
public record SyncPoint(long step, int level, String name, long hash) {

  boolean isAt(FrameHeader frame) {
    return frame.step() == step && frame.level() == level;
  }

  boolean isBefore(FrameHeader frame) {
    return step < frame.step() || (step == frame.step() && level < frame.level());
  }

  @Override
  public String toString() {
    return "level [%s] at step %d".formatted(name, step);
  }
}
