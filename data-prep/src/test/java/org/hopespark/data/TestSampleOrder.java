// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestSampleOrder {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 7, 16, 17, 31, 64, 65, 1000, 4096, 4097, 100_003})
  void visitsEverySampleOncePerEpoch(long samples) {
    SampleOrder order = new SampleOrder(7, samples);
    for (long epoch = 0; epoch < 3; epoch++) {
      BitSet seen = new BitSet();
      for (long i = 0; i < samples; i++) {
        seen.set(Math.toIntExact(order.sample(epoch * samples + i)));
      }

      assertThat(seen.cardinality()).isEqualTo((int) samples);
      assertThat(seen.length()).isEqualTo((int) samples);
    }
  }

  @Test
  void differsBetweenEpochsAndSeeds() {
    SampleOrder order = new SampleOrder(7, 1000);
    SampleOrder other = new SampleOrder(8, 1000);
    int sameInNextEpoch = 0;
    int sameWithOtherSeed = 0;
    int inPlace = 0;
    for (long i = 0; i < 1000; i++) {
      sameInNextEpoch += order.sample(i) == order.sample(i + 1000) ? 1 : 0;
      sameWithOtherSeed += order.sample(i) == other.sample(i) ? 1 : 0;
      inPlace += order.sample(i) == i ? 1 : 0;
    }

    // Two random permutations agree in one place on average; ten is beyond 1 in 10^7.
    assertThat(sameInNextEpoch).isLessThan(10);
    assertThat(sameWithOtherSeed).isLessThan(10);
    assertThat(inPlace).isLessThan(10);
  }

  @Test
  void mixesNeighbours() {
    int samples = 10_000;
    SampleOrder order = new SampleOrder(1, samples);
    double distance = 0;
    for (long i = 0; i + 1 < samples; i++) {
      distance += Math.abs(order.sample(i) - order.sample(i + 1));
    }

    // Two uniform numbers of [0, n) are n / 3 apart on average, with a standard error of 0.24 % of
    // n.
    assertThat(distance / (samples - 1) / samples).isBetween(0.32, 0.347);
  }

  /** A checkpoint holds a position only, so the order must stay; values of a Python program. */
  @Test
  void staysTheSameForGood() {
    SampleOrder small = new SampleOrder(7, 10);
    long[] found = new long[20];
    for (int i = 0; i < found.length; i++) {
      found[i] = small.sample(i);
    }

    assertThat(found).containsExactly(0, 2, 7, 3, 1, 5, 4, 8, 6, 9, 6, 0, 9, 5, 8, 7, 4, 1, 3, 2);
    SampleOrder large = new SampleOrder(-3, 1_000_003);
    assertThat(
            new long[] {
              large.sample(0),
              large.sample(1),
              large.sample(2),
              large.sample(1_000_002),
              large.sample(1_000_003),
              large.sample(5_000_000)
            })
        .containsExactly(695_695, 171_554, 451_929, 161_117, 413_116, 976_981);
  }

  @Test
  void worksUpToTwoToThe62() {
    SampleOrder order = new SampleOrder(7, 1L << 62);
    for (long i = 0; i < 100; i++) {
      assertThat(order.sample(i)).isBetween(0L, (1L << 62) - 1);
    }
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> new SampleOrder(1, 0)).hasMessageContaining("[0]");
    assertThatThrownBy(() -> new SampleOrder(1, 5).sample(-1)).hasMessageContaining("[-1]");
  }
}
