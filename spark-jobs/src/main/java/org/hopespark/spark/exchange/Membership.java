// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.UUID;

/**
 * Who a worker is, and what it shares with its peers and with nobody else.
 *
 * @param runId the training run
 * @param generation attempt number of the segment; leftovers of an earlier one are refused
 * @param rank 0 to {@code size - 1}
 * @param size number of workers
 * @param secret of this generation
 */
public record Membership(UUID runId, int generation, int rank, int size, Secret secret) {

  public Membership {
    if (rank < 0 || rank >= size) {
      throw new IllegalArgumentException("rank " + rank + " of " + size);
    }
  }

  @Override
  public String toString() {
    return "rank %d of %d, generation %d of run %s".formatted(rank, size, generation, runId);
  }
}
