// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

/** What goes on beside the backward passes of a boundary step, on the caller's thread. */
public interface Alongside {

  /**
   * A stage of {@link org.hopespark.model.tensor.BackwardOrder} is over in all local shards, and
   * their gradients are summed. Called for every stage in order, by one thread at a time.
   */
  void summed(int stage);

  /** A shard has failed: no more stages will come, and {@link #run} has to end. */
  void failed();

  /** Runs once, while the shards are at work. */
  void run() throws InterruptedException;
}
