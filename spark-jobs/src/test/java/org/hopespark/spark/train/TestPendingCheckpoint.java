// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.Test;

class TestPendingCheckpoint {
  private static final UUID RUN = UUID.randomUUID();
  private static final Path DIRECTORY = new Path("file:/run/checkpoints/step-00000004");
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Reached END =
      new Reached(
          new Committed(DIRECTORY, TrainerState.start(12, List.of()), List.of()),
          List.of(7L),
          List.of("5", "6"));

  private final List<List<RankContent.Saved>> commits = new ArrayList<>();
  private IOException refusal;
  private final PendingCheckpoint pending =
      new PendingCheckpoint(
          DIRECTORY,
          (reached, saved) -> {
            commits.add(saved);
            if (refusal != null) {
              throw refusal;
            }
            return reached.point();
          },
          Runnable::run);

  private static RankContent.Saved saved(int rank) {
    return new RankContent.Saved(rank, List.of(), List.of(), "");
  }

  private static BackgroundWrites.Report report(int rank) {
    return new BackgroundWrites.Report(
        RUN, DIRECTORY.toString(), rank, saved(rank), null, Integer.toString(5 + rank));
  }

  private static SparkListenerExecutorRemoved removed(String executor) {
    return new SparkListenerExecutorRemoved(0, executor, "killed");
  }

  @Test
  void itIsCommittedWhenTheSegmentHasEndedAndAllRanksHaveWritten() throws Exception {
    pending.accept(report(1));
    pending.accept(report(0));
    assertThat(commits).isEmpty();
    pending.reached(END, List.of());
    assertThat(commits).containsExactly(List.of(saved(0), saved(1)));
    assertThat(pending.await(LONG)).isEqualTo(END.point());
    // A process may go when it is no longer needed.
    pending.onExecutorRemoved(removed("5"));
    assertThat(pending.isFailed()).isFalse();
  }

  @Test
  void otherMessagesAreNotForIt() {
    pending.reached(END, List.of());
    pending.accept("something else");
    pending.accept(report(0));
    pending.accept(new BackgroundWrites.Report(RUN, DIRECTORY + "-2", 1, saved(1), null, "6"));
    assertThat(pending.isBeingWritten()).isTrue();
  }

  @Test
  void aRankThatCannotWriteIsNamed() {
    pending.reached(END, List.of());
    pending.accept(
        new BackgroundWrites.Report(
            RUN,
            DIRECTORY.toString(),
            1,
            null,
            Outcome.Failed.of(1, 4, new IOException("No space left on device")),
            "6"));
    assertThat(pending.isFailed()).isTrue();
    assertThat(pending.isLost()).isFalse();
    pending.accept(report(0));
    pending.accept(report(1));
    assertThat(commits).isEmpty();
    assertThatThrownBy(() -> pending.await(LONG))
        .isInstanceOf(SegmentFailure.class)
        .hasMessage("rank 1 (executor 6) at step 4: IOException: No space left on device");
  }

  @Test
  void aProcessThatEndsBeforeItHasWrittenEndsIt() {
    pending.accept(report(0));
    pending.onExecutorRemoved(removed("5"));
    pending.onExecutorRemoved(removed("9"));
    pending.reached(END, List.of());
    assertThat(pending.isFailed()).isFalse();
    pending.onExecutorRemoved(removed("6"));
    assertThat(pending.isFailed()).isTrue();
    assertThat(pending.isLost()).isTrue();
    pending.accept(report(1));
    assertThat(commits).isEmpty();
  }

  @Test
  void itIsNoticedEvenIfTheProcessEndsBeforeTheSegment() {
    pending.onExecutorRemoved(removed("6"));
    pending.reached(END, List.of());
    assertThat(pending.isLost()).isTrue();
  }

  @Test
  void whatWasGivenUpIsNeverCommitted() {
    pending.reached(END, List.of());
    pending.accept(report(0));
    assertThatThrownBy(() -> pending.await(Duration.ofMillis(1)))
        .isInstanceOf(SegmentFailure.class);
    pending.accept(report(1));
    assertThat(commits).isEmpty();
  }

  @Test
  void aDriverThatCannotWriteMayTryAgainUnlessItMayNot() {
    refusal = new IOException("No space left on device");
    pending.accept(report(0));
    pending.accept(report(1));
    pending.reached(END, List.of());
    assertThatThrownBy(() -> pending.await(LONG))
        .isInstanceOf(SegmentFailure.class)
        .hasMessage("the driver cannot write the checkpoint: No space left on device");
    refusal = new FileNotFoundException("gone");
    PendingCheckpoint other =
        new PendingCheckpoint(
            DIRECTORY,
            (reached, saved) -> {
              throw refusal;
            },
            Runnable::run);
    other.accept(report(0));
    other.accept(report(1));
    other.reached(END, List.of());
    assertThatThrownBy(() -> other.await(LONG)).isSameAs(refusal);
  }
}
