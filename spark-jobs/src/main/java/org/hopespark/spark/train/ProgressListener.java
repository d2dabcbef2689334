// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/** Follows a run, on the driver. Calls come from Spark's threads, one at a time. */
@FunctionalInterface
public interface ProgressListener {
  /** Called once per logging interval. */
  void onProgress(Progress progress);

  /**
   * Called when one worker keeps the others waiting; not more than once a minute.
   *
   * @param line who and where, for the user
   */
  default void onStraggler(String line) {}

  /**
   * Called when something about the workers is worth a line: how many there are, when they have
   * started, what else they said when one failed.
   *
   * @param line for the user
   */
  default void onNotice(String line) {}

  /**
   * Called when a segment has failed and is about to be repeated.
   *
   * @param line what happened and from where it goes on, for the user
   */
  default void onRestart(String line) {}
}
