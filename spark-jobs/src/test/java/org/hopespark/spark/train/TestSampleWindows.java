// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hopespark.data.SampleOrder;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.tensor.ParameterLayout;
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
    RunConfig config = TinyRun.config();
    Level slow = new ParameterLayout(config.model()).levels().get(3);
    long parameters = slow.length();
    LevelReport report = LevelReport.before(slow).after(config, slow, 0, 12, 4, 77);
    // Each of 4 workers to 3 others, and back, a frame with a header of 39 bytes.
    long headers = 2 * 4 * 3 * 39;
    // Updates at 5, 10 and 12; each moves 2 (N-1) P 4 = 24 P bytes.
    assertThat(report)
        .isEqualTo(
            new LevelReport("slow", parameters, 5, 3, 3, 77, 3 * (24 * parameters + headers)));
    assertThat(report.updates()).isEqualTo(LevelSchedule.updates(slow, 12, 12));
    // Going on alone adds updates and no bytes.
    assertThat(LevelReport.before(slow).after(config, slow, 0, 10, 1, 0))
        .isEqualTo(new LevelReport("slow", parameters, 5, 2, 0, 0, 0));
    // Every second time, with both moments: at 10 and at the end; changes of two bytes, moments
    // of four.
    RunConfig outer =
        TinyRun.config(
            "sync.wire=bfloat16",
            "sync.average-state=true",
            "sync.levels=[{level: slow, mode: outer, every: 2}]");
    assertThat(LevelReport.before(slow).after(outer, slow, 0, 12, 4, 77))
        .isEqualTo(
            new LevelReport(
                "slow", parameters, 5, 3, 2, 77, 2 * (6 * (2 + 2 * 4) * parameters + 3 * headers)));
  }
}
