// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.util.List;

/** A rank's {@link Vote} on its way to the driver and from there to all ranks. */
final class Ballot implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int rank;
  private final byte[] vote;
  private final List<Long> hashes;

  /**
   * @param hashes of the due levels' parameters before the update, in their order
   */
  Ballot(int rank, Vote vote, List<Long> hashes) {
    this.rank = rank;
    this.vote = vote.encode();
    this.hashes = hashes;
  }

  int rank() {
    return rank;
  }

  Vote vote() {
    return Vote.decode(vote);
  }

  List<Long> hashes() {
    return hashes;
  }
}
