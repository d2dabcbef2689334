// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.ClusterFailureException;
import org.junit.jupiter.api.Test;

class TestCapacity {
  private final List<String> notices = new ArrayList<>();
  private int slots;
  private long now;
  private long changeAt = Long.MAX_VALUE;
  private int changeTo;

  private Capacity capacity(String... overrides) {
    RunConfig config = TinyRun.config(overrides);
    return new Capacity(
        config, () -> now >= changeAt ? changeTo : slots, notices::add, millis -> now += millis);
  }

  @Test
  void whatIsWantedIsTakenAtOnce() throws Exception {
    slots = 7;
    assertThat(capacity("sync.workers=4").await()).isEqualTo(4);
    assertThat(now).isZero();
    assertThat(notices).isEmpty();
  }

  @Test
  void withAFloorTheLargestPowerOfTwoGoesOnAfterAMoment() throws Exception {
    slots = 3;
    Capacity capacity = capacity("sync.workers=4", "sync.min-workers=1");

    assertThat(capacity.await()).isEqualTo(2);
    assertThat(now).isEqualTo(Capacity.SETTLE.toMillis());
    assertThat(notices)
        .containsExactly("going on with 2 of 4 workers, as many as the cluster has room for");

    // What is known to be gone is not waited for again.
    assertThat(capacity.await()).isEqualTo(2);
    assertThat(now).isEqualTo(Capacity.SETTLE.toMillis());

    slots = 4;
    assertThat(capacity.await()).isEqualTo(4);
    assertThat(notices).hasSize(2);
  }

  @Test
  void aReplacementThatComesInTimeIsWaitedFor() throws Exception {
    slots = 1;
    changeAt = 3000;
    changeTo = 2;
    assertThat(capacity("sync.workers=2", "sync.min-workers=1").await()).isEqualTo(2);
    assertThat(now).isEqualTo(3000);
    assertThat(notices).isEmpty();
  }

  @Test
  void withoutAFloorAllOfThemAreWaitedFor() throws Exception {
    slots = 3;
    changeAt = 75_000;
    changeTo = 4;
    assertThat(capacity("sync.workers=4").await()).isEqualTo(4);
    // At 10, 40 and 70 seconds.
    assertThat(notices).hasSize(3);
    assertThat(notices.get(0))
        .isEqualTo("waiting for 4 workers, the cluster has room for 2; giving up in 590 s");
  }

  @Test
  void belowTheFloorTheWaitEnds() {
    slots = 0;
    assertThatThrownBy(
            capacity("sync.workers=4", "sync.min-workers=2", "sync.capacity-timeout-seconds=20")
                ::await)
        .isInstanceOf(ClusterFailureException.class)
        .hasMessage(
            "Cannot start 2 workers: the cluster had room for 0 after 20 s (sync.capacity-timeout-seconds). Lower sync.workers or sync.min-workers, or add executors, then run again with --resume auto.");
    assertThat(now).isEqualTo(20_000);
  }
}
