// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.hopespark.spark.exchange.ExchangeException;
import org.hopespark.spark.exchange.ReplicaMismatchException;
import org.hopespark.spark.exchange.UnreachableException;
import org.junit.jupiter.api.Test;

class TestFirstCause {
  private static final String KILLED =
      """
      Job aborted due to stage failure: Could not recover from a failed barrier ResultStage. Most recent failure reason: Stage failed because barrier task ResultTask(7, 1) finished unsuccessfully.
      ExecutorLostFailure (executor 4 exited caused by one of the running tasks) Reason: Command exited with code 137
      \tat org.apache.spark.scheduler.DAGScheduler
      """;

  private static final Outcome.Failed ECHO =
      Outcome.Failed.of(0, 9, new ExchangeException("Lost rank 1: its connection closed."));

  private final GangPlaces places = new GangPlaces("group");

  TestFirstCause() {
    places.put(0, new GangPlaces.Place("2", "alpha"));
    places.put(1, new GangPlaces.Place("4", "beta"));
    // Tasks are numbered by Spark, ranks by address.
    places.seat(0, "2");
    places.seat(1, "4");
  }

  @Test
  void whatARankSaysOfItselfGoesBeforeWhatIsHeardOfIt() {
    Outcome.Failed disk = Outcome.Failed.of(1, 8, new IOException("No space left on device"));

    FirstCause why = FirstCause.of(List.of(ECHO, disk), KILLED, List.of(1), places);

    assertThat(why.line())
        .isEqualTo("rank 1 (executor 4 on beta) at step 8: IOException: No space left on device");
    assertThat(why.failed()).isEqualTo(disk);
    assertThat(why.echoes())
        .containsExactly(
            "rank 0 (executor 2 on alpha) at step 9: Lost rank 1: its connection closed");
  }

  @Test
  void aProcessThatIsGoneIsNamedByItsRank() {
    FirstCause why = FirstCause.of(List.of(ECHO), KILLED, List.of(), places);

    assertThat(why.line())
        .isEqualTo("rank 1 (executor 4 on beta) ended: Command exited with code 137");
    assertThat(why.failed()).isNull();
    assertThat(why.echoes()).hasSize(1);
  }

  /** Spark begins the task again before it says that the executor is gone. */
  @Test
  void whereTheTaskIsStartedAgainIsNotWhereItEnded() {
    places.put(1, new GangPlaces.Place("2", "alpha"));

    FirstCause why = FirstCause.of(List.of(ECHO), KILLED, List.of(), places);

    assertThat(why.line())
        .isEqualTo("rank 1 (executor 4 on beta) ended: Command exited with code 137");
  }

  @Test
  void anExecutorWithoutARankIsNamedByItself() {
    GangPlaces nowhere = new GangPlaces("group");
    assertThat(FirstCause.of(List.of(), KILLED, List.of(), nowhere).line())
        .isEqualTo("executor 4 ended: Command exited with code 137");
  }

  @Test
  void aRankThatDoesNotAnswerIsTheCauseOfWhatOthersWaitFor() {
    FirstCause why =
        FirstCause.of(List.of(ECHO), "Job 3 cancelled part of group", List.of(1), places);

    assertThat(why.line()).isEqualTo("rank 1 (executor 4 on beta) does not answer");
    assertThat(why.echoes()).hasSize(1);
  }

  @Test
  void aLostPeerAloneIsTheCause() {
    FirstCause why = FirstCause.of(List.of(ECHO), null, List.of(), places);

    assertThat(why.line())
        .isEqualTo("rank 0 (executor 2 on alpha) at step 9: Lost rank 1: its connection closed");
    assertThat(why.echoes()).isEmpty();
  }

  @Test
  void theSameFailureHeardTwiceIsOne() {
    assertThat(FirstCause.of(List.of(ECHO, ECHO), null, List.of(), places).echoes()).isEmpty();
  }

  @Test
  void withoutAnyReportItIsTheFirstLineOfSparks() {
    assertThat(FirstCause.of(List.of(), "Job 3 cancelled\nmore", List.of(), places).line())
        .isEqualTo("Job 3 cancelled");
  }

  @Test
  void unexpectedFailuresKeepTheirType() {
    assertThat(Outcome.Failed.of(2, 5, new IllegalStateException("no\nway")))
        .isEqualTo(new Outcome.Failed(2, 5, Outcome.Kind.UNEXPECTED, "IllegalStateException: no"));
  }

  @Test
  void differingReplicasAndClosedPortsAreNoEchoes() {
    assertThat(Outcome.Failed.of(0, 1, new ReplicaMismatchException("x")).isEcho()).isFalse();
    assertThat(Outcome.Failed.of(0, 1, new UnreachableException("x")).isEcho()).isFalse();
    assertThat(ECHO.isEcho()).isTrue();
  }
}
