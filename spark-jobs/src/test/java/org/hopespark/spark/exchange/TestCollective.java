// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.hopespark.model.level.Slices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestCollective {
  private static final long SEED = 20_260_101;
  private static final SyncPoint POINT = new SyncPoint(1, 2, "slow", 77);

  private static Gang gang(int size, int lanes, boolean encrypted) throws Exception {
    return Gang.of(size, Gang.endpoint(lanes, encrypted, Gang.PATIENCE));
  }

  /** What a worker receives of each contribution. */
  private static List<float[]> received(List<float[]> contributions, Wire wire) {
    return wire == Wire.FLOAT32
        ? contributions
        : contributions.stream().map(TestBFloat16::overTheWire).toList();
  }

  private static float[] expected(List<float[]> contributions, Wire wire) {
    float[] sum = Gang.treeSum(received(contributions, wire));
    return wire == Wire.FLOAT32 ? sum : TestBFloat16.overTheWire(sum);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, 1, false",
    "2, 0, 2, false",
    "2, 1, 1, false",
    "2, 3, 2, true",
    "2, 1021, 4, false",
    "2, 1048575, 2, false",
    "2, 1048576, 2, true",
    "2, 1048577, 3, false",
    "2, 6100001, 2, true",
    "3, 1572865, 2, false",
    "3, 7, 2, true",
    "4, 3, 1, true",
    "4, 4093, 2, false",
    "4, 2097169, 2, false",
    "5, 100003, 2, false",
    "8, 7, 2, true",
    "8, 300007, 8, false"
  })
  void everyRankEndsWithTheBitsOfTheTreeSum(int size, int elements, int lanes, boolean encrypted)
      throws Exception {
    List<float[]> contributions = Gang.contributions(size, elements, SEED);
    Slices slices = Slices.even(elements, size);
    try (Gang gang = gang(size, lanes, encrypted)) {
      for (Wire wire : Wire.values()) {
        float[] expected = expected(contributions, wire);
        for (float[] result : gang.sum(POINT, contributions, slices, wire)) {
          assertThat(Arrays.equals(result, expected)).as("%s", wire).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {SEED, SEED + 1, SEED + 2})
  void slicesMayBeOfAnyLength(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    int size = 4;
    long[] cuts = random.longs(size - 1, 0, 1_800_000).sorted().toArray();
    // One empty slice among them.
    Slices slices = new Slices(List.of(0L, cuts[0], cuts[1], cuts[1], 1_800_000L));
    List<float[]> contributions = Gang.contributions(size, 1_800_000, seed);
    try (Gang gang = gang(size, 2, false)) {
      for (Wire wire : Wire.values()) {
        float[] expected = expected(contributions, wire);
        for (float[] result : gang.sum(POINT, contributions, slices, wire)) {
          assertThat(Arrays.equals(result, expected)).as("%s, seed %d", wire, seed).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // All frames fit into the window; and not: 11 of up to 2^19 numbers for each rank.
    "2, 2, 3 0 4097 1",
    "4, 1, 20 700001 3",
    "3, 2, 5 12582913 4099 4194305"
  })
  void severalRangesAtOnceAreEachWhatTheyAreAlone(int size, int lanes, String lengths)
      throws Exception {
    List<Integer> elements = Arrays.stream(lengths.split(" ")).map(Integer::valueOf).toList();
    List<List<float[]>> contributions =
        elements.stream().map(length -> Gang.contributions(size, length, SEED + length)).toList();
    try (Gang gang = gang(size, lanes, false)) {
      for (Wire wire : Wire.values()) {
        List<Object> results =
            gang.attempt(
                (rank, collective) -> {
                  List<Contribution> ranges = new ArrayList<>();
                  for (int i = 0; i < elements.size(); i++) {
                    ByteBuffer range = Gang.direct(contributions.get(i).get(rank));
                    Slices slices = Slices.even(elements.get(i), size);
                    ranges.add(new Contribution(new SyncPoint(1, i, "level", i), range, slices));
                  }
                  collective.reduceScatter(ranges, wire);
                  collective.allGather(ranges, wire);
                  return ranges.stream().map(range -> Gang.floats(range.range())).toList();
                });
        for (Object result : results) {
          assertThat(result).isInstanceOf(List.class);
          for (int i = 0; i < elements.size(); i++) {
            float[] expected = expected(contributions.get(i), wire);
            assertThat(Arrays.equals((float[]) ((List<?>) result).get(i), expected))
                .as("range %d, %s", i, wire)
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void aReduceScatterSumsTheOwnSliceAndLeavesTheRest() throws Exception {
    List<float[]> contributions = Gang.contributions(4, 10_007, SEED);
    Slices slices = Slices.aligned(10_007, 1000, 4);
    float[] sum = Gang.treeSum(contributions);
    try (Gang gang = Gang.of(4)) {
      List<Object> results =
          gang.attempt(
              (rank, collective) -> {
                ByteBuffer range = Gang.direct(contributions.get(rank));
                collective.reduceScatter(POINT, range, slices, Wire.FLOAT32);
                return Gang.floats(range);
              });
      for (int rank = 0; rank < 4; rank++) {
        float[] expected = contributions.get(rank).clone();
        int start = (int) slices.start(rank);
        System.arraycopy(sum, start, expected, start, (int) slices.length(rank));
        assertThat((float[]) results.get(rank)).containsExactly(expected);
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
  void theOrderOfArrivalDoesNotMatterAndTheLastIsNamed(int late) throws Exception {
    List<float[]> contributions = Gang.contributions(4, 10_007, SEED);
    float[] expected = Gang.treeSum(contributions);
    Slices slices = Slices.even(10_007, 4);
    try (Gang gang = Gang.of(4)) {
      List<Object> results =
          gang.attempt(
              (rank, collective) -> {
                collective.exchange(new SyncPoint(1, 0, "core", 7), new byte[0]);
                if (rank == late) {
                  Thread.sleep(300);
                }
                ByteBuffer range = Gang.direct(contributions.get(rank));
                collective.reduceScatter(POINT, range, slices, Wire.FLOAT32);
                LevelTraffic traffic = collective.traffic(POINT.level());
                assertThat(traffic.cameLast().get(late)).isEqualTo(1);
                assertThat(traffic.cameLast().stream().mapToLong(n -> n).sum()).isEqualTo(1);
                assertThat(traffic.waitNanos()).isLessThanOrEqualTo(traffic.nanos());
                // The others waited about as long as it slept; it itself found everybody there.
                assertThat(traffic.waitNanos() > 150_000_000).isEqualTo(rank != late);
                collective.allGather(POINT, range, slices, Wire.FLOAT32);
                return Gang.floats(range);
              });
      assertThat(results)
          .allSatisfy(result -> assertThat((float[]) result).containsExactly(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, true", "4, false", "5, true"})
  void messagesOfAnyLengthReachEverybody(int size, boolean encrypted) throws Exception {
    try (Gang gang = gang(size, 2, encrypted)) {
      List<Object> results =
          gang.attempt(
              (rank, collective) ->
                  collective.exchange(POINT, new byte[rank * 70_000]).stream()
                          .map(message -> message.length)
                          .toList()
                          .equals(IntStream.range(0, size).map(r -> r * 70_000).boxed().toList())
                      ? collective.exchange(
                          POINT, ("rank " + rank).getBytes(StandardCharsets.US_ASCII))
                      : List.of());
      for (Object result : results) {
        assertThat((List<?>) result)
            .extracting(message -> new String((byte[]) message, StandardCharsets.US_ASCII))
            .containsExactlyElementsOf(
                IntStream.range(0, size).mapToObj(rank -> "rank " + rank).toList());
      }
    }
  }

  @Test
  void aRankThatIsAheadWaitsWithoutMixingOperations() throws Exception {
    int rounds = 20;
    int[] lengths = {999, 70_999, 600_001};
    try (Gang gang = Gang.of(4)) {
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                boolean equal = true;
                for (int step = 1; step <= rounds; step++) {
                  ByteBuffer[] ranges = new ByteBuffer[lengths.length];
                  for (int level = 0; level < lengths.length; level++) {
                    List<float[]> all = Gang.contributions(4, lengths[level], step + level);
                    ranges[level] = Gang.direct(all.get(rank));
                    if (rank == step % 4) {
                      Thread.sleep(2);
                    }
                    collective.reduceScatter(
                        new SyncPoint(step, level, "level", step),
                        ranges[level],
                        Slices.even(lengths[level], 4),
                        Wire.FLOAT32);
                  }
                  byte[] own = {(byte) step, (byte) rank};
                  List<byte[]> votes =
                      collective.exchange(new SyncPoint(step, 0, "level", step), own);
                  for (int r = 0; r < 4; r++) {
                    equal &= Arrays.equals(votes.get(r), new byte[] {(byte) step, (byte) r});
                  }
                  for (int level = 0; level < lengths.length; level++) {
                    collective.allGather(
                        new SyncPoint(step, level, "level", step),
                        ranges[level],
                        Slices.even(lengths[level], 4),
                        Wire.FLOAT32);
                    float[] sum = Gang.treeSum(Gang.contributions(4, lengths[level], step + level));
                    equal &= Arrays.equals(Gang.floats(ranges[level]), sum);
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
                Gang.sum(collective, POINT, slab.slice(4, 12), Slices.even(3, 2), Wire.FLOAT32);
                return Gang.floats(slab);
              });
      assertThat(results)
          .allSatisfy(result -> assertThat((float[]) result).containsExactly(1, 4, 6, 8, 5));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 100000, FLOAT32, false",
    "2, 100001, FLOAT32, true",
    "4, 100003, BFLOAT16, false",
    "8, 300007, BFLOAT16, true"
  })
  void bytesSentAreTheFormulaAndTheHeaders(int size, int elements, Wire wire, boolean encrypted)
      throws Exception {
    Slices slices = Slices.even(elements, size);
    try (Gang gang = gang(size, 2, encrypted)) {
      gang.sum(POINT, Gang.contributions(size, elements, SEED), slices, wire);
      gang.sum(POINT, Gang.contributions(size, elements, SEED), slices, wire);
      long total = 0;
      // With encryption a seal of 16 bytes for the header and one for the payload.
      long header = FrameHeader.BYTES + (encrypted ? 32L : 0);
      for (int rank = 0; rank < size; rank++) {
        long payload = 2 * Volume.perSynchronisation(slices, rank, wire);
        // One frame per slice here: size - 1 contributions out, size - 1 sums out, twice.
        long headers = 2L * 2 * (size - 1) * header;
        long sent = gang.ranks.get(rank).traffic(POINT.level()).bytesSent();
        assertThat(sent).isEqualTo(payload + headers);
        assertThat(gang.ranks.get(rank).traffic(0).bytesSent()).isZero();
        total += sent;
      }
      int bytes = wire == Wire.FLOAT32 ? 4 : 2;
      double formula = 2.0 * size * (2.0 * (size - 1) / size * elements * bytes);
      assertThat(total / formula).isBetween(1.0, 1.005);
    }
  }

  @Test
  void headersVanishForLevelsOfSeveralFrames() throws Exception {
    Slices slices = Slices.even(3_000_017, 2);
    try (Gang gang = Gang.of(2)) {
      gang.sum(POINT, Gang.contributions(2, 3_000_017, SEED), slices, Wire.FLOAT32);
      double sent = gang.ranks.get(0).traffic(POINT.level()).bytesSent();
      assertThat(sent / Volume.perSynchronisation(slices, 0, Wire.FLOAT32)).isBetween(1.0, 1.0001);
    }
  }

  @Test
  void aRangeThatIsNotAsLongAsTheSlicesSayIsRefused() throws Exception {
    try (Gang gang = Gang.of(1)) {
      assertThatThrownBy(
              () ->
                  gang.ranks
                      .get(0)
                      .reduceScatter(
                          POINT, Gang.direct(new float[9]), Slices.even(10, 1), Wire.FLOAT32))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
