// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestVote {
  @Test
  void arrivesAsItWasSent() {
    Vote vote =
        new Vote(
            List.of(
                new Vote.OfLevel(new double[] {1.5, Double.NaN, Double.MIN_VALUE}, "norm.weight"),
                new Vote.OfLevel(new double[0], "")));
    assertThat(Vote.decode(vote.encode())).isEqualTo(vote);
    // A count, two lengths, three numbers, two texts with lengths of two bytes.
    assertThat(vote.encode()).hasSize(4 + 2 * 4 + 3 * 8 + 2 + 11 + 2);
  }
}
