// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.LevelDivision.Segment;
import org.hopespark.model.tensor.ParameterLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestLevelDivision {
  private static LevelDivision core(String... settings) {
    RunConfig config = RunConfig.read(InputStream.nullInputStream(), List.of(settings));
    ParameterLayout layout = new ParameterLayout(config.model());
    return LevelDivision.all(config.optimizer(), layout).get(0);
  }

  /** The embedding is nearly all of the level; the longest that 1024 does for is 4096 blocks. */
  @ParameterizedTest
  @CsvSource({
    "300, 16, 1024",
    "60000, 64, 1024",
    "70000, 64, 2048",
    "200000, 256, 16384",
    "1000000, 1024, 262144"
  })
  void aNormBlockIsThePowerOfTwoForAtMost4096(int vocabulary, int dim, long block) {
    LevelDivision core =
        core("model.layers=1", "model.vocab-size=" + vocabulary, "model.dim=" + dim);
    long[] bounds = core.blocks().toArray();
    assertThat(core.numBlocks()).isEqualTo(bounds.length - 1).isLessThanOrEqualTo(4096);
    for (int i = 0; i + 1 < bounds.length; i++) {
      assertThat(bounds[i]).isEqualTo(i * block);
    }
    assertThat(bounds[bounds.length - 1]).isEqualTo(core.level().length());
  }

  @Test
  void slicesCutNoBlockAndNoMatrixAndAreEven() {
    SplittableRandom random = new SplittableRandom(8);
    System.out.println("seed 8");
    for (int round = 0; round < 40; round++) {
      String name = List.of("adamw", "sgd", "muon").get(round % 3);
      LevelDivision core =
          core(
              "optimizer.name=" + name,
              "model.layers=" + random.nextInt(1, 4),
              "model.heads=2",
              "model.dim=" + 2 * random.nextInt(4, 60),
              "model.vocab-size=" + random.nextInt(2, 3000));
      TreeSet<Long> blocks = new TreeSet<>();
      core.blocks().forEach(blocks::add);
      long longest = 0;
      for (long[] pair : pairs(blocks)) {
        longest = Math.max(longest, pair[1] - pair[0]);
      }
      for (Segment segment : core.segments()) {
        longest =
            segment.matrix().isPresent()
                ? Math.max(longest, segment.to() - segment.from())
                : longest;
      }
      for (int size : new int[] {1, 2, 4, 8, 64}) {
        Slices slices = core.slices(size);
        assertThat(slices.size()).isEqualTo(size);
        assertThat(slices.elements()).isEqualTo(core.level().length());
        assertThat(blocks).containsAll(slices.bounds());
        for (int rank = 0; rank < size; rank++) {
          long bound = slices.start(rank);
          assertThat(core.segments())
              .noneMatch(
                  segment ->
                      segment.matrix().isPresent()
                          && segment.from() < bound
                          && bound < segment.to());
          double even = (double) core.level().length() * rank / size;
          assertThat(Math.abs(bound - even)).isLessThanOrEqualTo(longest / 2.0 + 1);
        }
      }
    }
  }

  private static List<long[]> pairs(NavigableSet<Long> bounds) {
    Long[] all = bounds.toArray(Long[]::new);
    return Arrays.stream(all)
        .filter(bound -> bounds.higher(bound) != null)
        .map(bound -> new long[] {bound, bounds.higher(bound)})
        .toList();
  }
}
