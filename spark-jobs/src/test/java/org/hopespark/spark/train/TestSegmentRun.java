// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hopespark.data.CorruptDataException;
import org.hopespark.spark.exchange.ExchangeException;
import org.hopespark.spark.exchange.ReplicaMismatchException;
import org.junit.jupiter.api.Test;

class TestSegmentRun {
  @Test
  void theReasonIsFoundInSparksMessage() {
    String message =
        """
        Job aborted due to stage failure: Could not recover from a failed barrier ResultStage. Most recent failure reason: Stage failed because barrier task ResultTask(7, 1) finished unsuccessfully.
        ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command exited with code 137
        \tat org.apache.spark.scheduler.DAGScheduler
        """;
    assertThat(SegmentRun.reason(message))
        .isEqualTo(
            "ExecutorLostFailure (executor 1 exited caused by one of the running tasks) Reason: Command exited with code 137");
  }

  @Test
  void anotherMessageIsItsFirstLine() {
    assertThat(SegmentRun.reason("Job 3 cancelled\nmore")).isEqualTo("Job 3 cancelled");
  }

  @Test
  void aLostPeerIsAnEchoOfWhatTheOtherRankReports() {
    List<Outcome> outcomes =
        List.of(
            Outcome.Failed.of(0, new ExchangeException("Lost rank 1: its connection closed.")),
            Outcome.Failed.of(1, new CorruptDataException("Invalid file [x]: broken.")));
    assertThat(SegmentRun.firstCause(outcomes))
        .hasValue(new Outcome.Failed(1, Outcome.Kind.CORRUPT_DATA, "Invalid file [x]: broken."));
  }

  @Test
  void aLostPeerAloneIsTheCause() {
    List<Outcome> outcomes =
        List.of(Outcome.Failed.of(0, new ExchangeException("Lost rank 1: nothing moved.")));
    assertThat(SegmentRun.firstCause(outcomes).orElseThrow().kind()).isEqualTo(Outcome.Kind.PEER);
  }

  @Test
  void unexpectedFailuresKeepTheirType() {
    assertThat(Outcome.Failed.of(2, new IllegalStateException("no\nway")))
        .isEqualTo(new Outcome.Failed(2, Outcome.Kind.UNEXPECTED, "IllegalStateException: no"));
  }

  @Test
  void differingReplicasAreNotALostPeer() {
    assertThat(Outcome.Kind.of(new ReplicaMismatchException("x")))
        .isEqualTo(Outcome.Kind.REPLICA_MISMATCH);
  }
}
