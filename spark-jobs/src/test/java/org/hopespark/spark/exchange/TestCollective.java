// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestCollective {
  private static final long SEED = 20_260_101;

  @ParameterizedTest
  @CsvSource({
    "2, 0", "2, 1", "2, 2", "2, 3", "2, 1021", "2, 4096", "2, 786433",
    "4, 0", "4, 1", "4, 3", "4, 5", "4, 4093", "4, 65536", "4, 2097169",
    "8, 7", "8, 100003"
  })
  void everyRankEndsWithTheBitsOfTheTreeSum(int size, int elements) throws Exception {
    List<float[]> contributions = Gang.contributions(size, elements, SEED);
    float[] expected = Gang.treeSum(contributions);
    try (Gang gang = Gang.of(size)) {
      for (float[] result : gang.allReduce(new SyncPoint(1, 0, "core", 77), contributions)) {
        assertThat(Arrays.equals(result, expected)).isTrue();
      }
    }
  }

  @Test
  void theTreeDiffersFromSummingInRankOrder() {
    List<float[]> contributions = Gang.contributions(4, 1000, SEED);
    float[] tree = Gang.treeSum(contributions);
    float[] inOrder = new float[1000];
    contributions.forEach(
        values -> {
          for (int i = 0; i < values.length; i++) {
            inOrder[i] += values[i];
          }
        });
    assertThat(Arrays.equals(tree, inOrder)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void theOrderOfArrivalDoesNotMatter(int late) throws Exception {
    List<float[]> contributions = Gang.contributions(4, 10_007, SEED);
    float[] expected = Gang.treeSum(contributions);
    try (Gang gang = Gang.of(4)) {
      List<Object> results =
          gang.attempt(
              (rank, collective) -> {
                if (rank == late) {
                  Thread.sleep(150);
                }
                ByteBuffer range = Gang.direct(contributions.get(rank));
                collective.allReduce(new SyncPoint(1, 0, "core", 7), range);
                return Gang.floats(range);
              });
      assertThat(results).allMatch(result -> Arrays.equals((float[]) result, expected));
    }
  }

  @Test
  void aRankThatIsAheadWaitsWithoutMixingTwoSynchronisations() throws Exception {
    int rounds = 30;
    try (Gang gang = Gang.of(4)) {
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                boolean equal = true;
                for (int step = 1; step <= rounds; step++) {
                  for (int level = 0; level < 3; level++) {
                    List<float[]> all = Gang.contributions(4, 999 + 70_000 * level, step + level);
                    if (rank == step % 4) {
                      Thread.sleep(2);
                    }
                    ByteBuffer range = Gang.direct(all.get(rank));
                    collective.allReduce(new SyncPoint(step, level, "level", step), range);
                    float[] result = Gang.floats(range);
                    equal &= Arrays.equals(result, Gang.treeSum(all));
                  }
                }
                return equal;
              });
      assertThat(outcomes).containsOnly(true);
    }
  }

  @Test
  void onlyTheGivenRangeOfALargerBufferChanges() throws Exception {
    try (Gang gang = Gang.of(2)) {
      List<Object> results =
          gang.attempt(
              (rank, collective) -> {
                ByteBuffer slab = Gang.direct(new float[] {1, 2, 3, 4, 5});
                collective.allReduce(new SyncPoint(1, 0, "mid", 0), slab.slice(4, 12));
                return Gang.floats(slab);
              });
      assertThat(results)
          .allSatisfy(result -> assertThat((float[]) result).containsExactly(1, 4, 6, 8, 5));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 100000", "2, 100001", "4, 100003", "8, 300007"})
  void bytesSentAreTheFormulaAndTheHeaders(int size, int elements) throws Exception {
    try (Gang gang = Gang.of(size)) {
      gang.allReduce(new SyncPoint(1, 2, "slow", 7), Gang.contributions(size, elements, SEED));
      gang.allReduce(new SyncPoint(2, 2, "slow", 7), Gang.contributions(size, elements, SEED));
      long total = 0;
      for (int rank = 0; rank < size; rank++) {
        long payload = 2 * Volume.perSynchronisation(elements, rank, size);
        // One frame per slice here: size - 1 contributions out, size - 1 sums out, twice.
        long headers = 2L * 2 * (size - 1) * FrameHeader.BYTES;
        assertThat(gang.ranks.get(rank).bytesSent(2)).isEqualTo(payload + headers);
        assertThat(gang.ranks.get(rank).bytesSent(0)).isZero();
        total += gang.ranks.get(rank).bytesSent(2);
      }
      double formula = 2.0 * size * (2.0 * (size - 1) / size * elements * 4);
      assertThat(total / formula).isBetween(1.0, 1.005);
    }
  }

  @Test
  void headersVanishForLevelsOfSeveralFrames() throws Exception {
    int elements = 3_000_017;
    try (Gang gang = Gang.of(2)) {
      gang.allReduce(new SyncPoint(1, 0, "core", 7), Gang.contributions(2, elements, SEED));
      double sent = gang.ranks.get(0).bytesSent(0);
      assertThat(sent / Volume.perSynchronisation(elements, 0, 2)).isBetween(1.0, 1.0001);
    }
  }
}
