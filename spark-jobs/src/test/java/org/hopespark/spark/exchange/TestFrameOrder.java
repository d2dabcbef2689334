// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.hopespark.model.level.Slices;
import org.hopespark.model.level.Stages;
import org.hopespark.spark.exchange.FrameOrder.Frame;
import org.junit.jupiter.api.Test;

class TestFrameOrder {
  private static Contribution contribution(Slices slices, Optional<Stages> stages) {
    return new Contribution(new SyncPoint(1, 0, "core", 0), ByteBuffer.allocate(0), slices, stages);
  }

  @Test
  void framesGoAsTheyBecomeFinalAndTheLastStageBeginsWithAnEmptyOne() {
    Contribution core =
        contribution(
            new Slices(List.of(0L, 70L, 100L)),
            Optional.of(new Stages(List.of(0L, 60L, 90L, 100L), List.of(3, 2, 0))));
    Contribution fast =
        contribution(
            new Slices(List.of(0L, 30L, 40L)),
            Optional.of(new Stages(List.of(0L, 20L, 40L), List.of(1, 0))));
    FrameOrder order = new FrameOrder(List.of(core, fast), 4);
    // Elements 0 to 30 of fast are final with stage 1, elements 0 to 70 of core with stage 3.
    assertThat(order.of(0))
        .containsExactly(
            new Frame(1, 1, 0, 30), new Frame(3, FrameOrder.END, 0, 0), new Frame(3, 0, 0, 70));
    assertThat(order.firstOfLast(0)).isEqualTo(1);
    assertThat(order.of(1))
        .containsExactly(
            new Frame(0, 1, 30, 10), new Frame(2, 0, 70, 30), new Frame(3, FrameOrder.END, 0, 0));
    assertThat(order.firstOfLast(1)).isEqualTo(2);
    assertThat(order.longest(0)).isEqualTo(70);
  }

  @Test
  void withoutStagesTheyGoAsTheyLie() {
    long two = 2L * Frames.ELEMENTS;
    FrameOrder order =
        new FrameOrder(
            List.of(contribution(new Slices(List.of(0L, two + 5, two + 5)), Optional.empty())), 1);
    assertThat(order.of(0))
        .extracting(Frame::start)
        .containsExactly(0L, (long) Frames.ELEMENTS, two);
    // An empty slice is one empty frame.
    assertThat(order.of(1)).containsExactly(new Frame(0, 0, two + 5, 0));
    assertThat(order.firstOfLast(0)).isZero();
    assertThat(order.longest(0)).isEqualTo(Frames.ELEMENTS);
  }
}
