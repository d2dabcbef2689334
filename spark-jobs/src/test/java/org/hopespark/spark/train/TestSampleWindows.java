// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hopespark.data.SampleOrder;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.junit.jupiter.api.Test;

class TestSampleWindows {
  @Test
  void positionsCountRowsThenShardsThenSteps() {
    List<Long> positions = new ArrayList<>();
    for (long step = 1; step <= 2; step++) {
      for (int shard = 0; shard < 4; shard++) {
        for (int row = 0; row < 3; row++) {
          positions.add(SampleWindows.position(step, shard, row, 4, 3));
        }
      }
    }
    for (int i = 0; i < positions.size(); i++) {
      assertThat(positions.get(i)).isEqualTo(i);
    }
  }

  @Test
  void anEpochVisitsEverySampleOnce() {
    SampleOrder order = new SampleOrder(7, 24);
    Set<Long> seen = new HashSet<>();
    for (int shard = 0; shard < 4; shard++) {
      for (int row = 0; row < 3; row++) {
        seen.add(order.sample(SampleWindows.position(1, shard, row, 4, 3)));
        seen.add(order.sample(SampleWindows.position(2, shard, row, 4, 3)));
      }
    }
    assertThat(seen).hasSize(24).allMatch(sample -> sample >= 0 && sample < 24);
  }

  @Test
  void onlyLevelsInsideAnIntervalHaveAccumulators() {
    Level fast = new Level(0, "fast", 1, 0, 1);
    Level mid = new Level(1, "mid", 3, 1, 1);
    Level slow = new Level(2, "slow", 4, 2, 1);
    List<Level> levels = List.of(fast, mid, slow);
    assertThat(CheckpointManifest.insideInterval(levels, 3, 10)).containsExactly(slow);
    assertThat(CheckpointManifest.insideInterval(levels, 4, 10)).containsExactly(mid);
    assertThat(CheckpointManifest.insideInterval(levels, 7, 10)).containsExactly(mid, slow);
    // The last step flushes.
    assertThat(CheckpointManifest.insideInterval(levels, 10, 10)).isEmpty();
  }

  @Test
  void predictedBytesFollowTheSchedule() {
    Level slow = new Level(2, "slow", 4, 0, 1000);
    LevelReport report = LevelReport.before(slow).after(slow, 0, 10, 10, 4, 77);
    // Updates at 4, 8 and 10; each moves 2 (N-1) P 4 = 24,000 bytes.
    assertThat(report).isEqualTo(new LevelReport("slow", 1000, 4, 3, 3, 77, 72_000));
    assertThat(report.updates()).isEqualTo(LevelSchedule.updates(slow, 10, 10));
    // Going on alone adds updates and no bytes.
    assertThat(LevelReport.before(slow).after(slow, 0, 8, 10, 1, 0))
        .isEqualTo(new LevelReport("slow", 1000, 4, 2, 0, 0, 0));
  }
}
