// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.train.Outcome.Kind;
import org.junit.jupiter.api.Test;

class TestProbe {
  private static final String UNREACHABLE =
      "Cannot reach rank 0 at alpha:4100 from rank 1: connection timed out. Let executors open connections to each other, or set sync.transport to rounds.";

  private static ProbeTask.Found found(int rank, String host, String executor) {
    return new ProbeTask.Found(rank, host, executor, 4, 1, "CpuBackend", null, null);
  }

  private static ProbeTask.Found failed(int rank, String problem, Kind kind) {
    return new ProbeTask.Found(rank, "alpha", "" + rank, 4, 1, "", problem, kind);
  }

  @Test
  void executorsThatAreAlikeStandTogether() {
    assertThat(
            Probe.line(
                List.of(found(0, "alpha", "3"), found(1, "beta", "1"), found(2, "alpha", "2")),
                "reach each other"))
        .isEqualTo("3 reach each other: 2 on alpha, beta (4 cores, 1 BLAS thread, CpuBackend)");
    assertThat(Probe.line(List.of(found(0, "alpha", "3")), "reach each other"))
        .isEqualTo("alpha (4 cores, 1 BLAS thread, CpuBackend)");
  }

  @Test
  void whoTriedInVainSpeaksForWhoWaitedInVain() {
    assertThatThrownBy(
            () ->
                Probe.requireUsable(
                    List.of(
                        failed(
                            0, "Cannot finish the meeting of 2 workers: nothing moved.", Kind.PEER),
                        failed(1, UNREACHABLE, Kind.UNREACHABLE))))
        .isInstanceOf(ClusterFailureException.class)
        .hasMessage(UNREACHABLE);
  }

  /** A process that dies or freezes while all meet, or a connection that is cut. */
  @Test
  void whoeverWaitedInVainWithoutAClosedPortMayTryAgain() {
    List<ProbeTask.Found> found =
        List.of(
            failed(0, "Cannot finish the meeting: nothing moved.", Kind.PEER),
            failed(1, "Lost rank 0: its connection closed.", Kind.PEER));
    Probe.requireUsable(found);
    assertThatThrownBy(() -> Probe.requireMet(found))
        .isInstanceOf(SegmentFailure.class)
        .hasMessage("rank 0 (executor 0 on alpha): Cannot finish the meeting: nothing moved.");
  }

  @Test
  void missingLibrariesAreNamedByTheirHost() {
    assertThatThrownBy(
            () ->
                Probe.requireUsable(
                    List.of(
                        failed(0, UNREACHABLE, Kind.UNREACHABLE),
                        failed(
                            1,
                            "its native libraries do not load (no jnind4jcpu)",
                            Kind.UNEXPECTED))))
        .isInstanceOf(ClusterFailureException.class)
        .hasMessage(
            "Cannot train in executor 1 on alpha: its native libraries do not load (no jnind4jcpu). Run hope doctor on that host.");
  }

  @Test
  void twoWorkersInOneExecutorAreRefused() {
    assertThatThrownBy(
            () -> Probe.requireUsable(List.of(found(0, "alpha", "3"), found(1, "alpha", "3"))))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith(
            "Invalid spark.task.cpus: executor 3 on alpha took several workers");
  }

  @Test
  void productsOnSeveralThreadsAreRefused() {
    ProbeTask.Found rank =
        new ProbeTask.Found(0, "alpha", "3", 4, 4, "CpuBackend", null, /* kind= */ null);
    assertThatThrownBy(() -> Probe.requireUsable(List.of(rank)))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("BLAS threads [4] in executor 3 on alpha")
        .hasMessageContaining("Set spark.executorEnv.OMP_NUM_THREADS");
  }
}
