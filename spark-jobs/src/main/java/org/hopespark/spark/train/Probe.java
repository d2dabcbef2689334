// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.exchange.Secret;
import org.hopespark.spark.exchange.UnreachableException;
import org.hopespark.spark.train.Outcome.Kind;

/**
 * A job of a second before the first segment. It finds what no setting tells: ports that are closed
 * between executors, libraries that do not load, threads that products would take.
 */
final class Probe {
  private Probe() {}

  /**
   * Runs the probe on as many ranks as the first segment will have.
   *
   * @return one line for the user
   * @throws ClusterFailureException if two executors cannot reach each other, or one cannot train
   * @throws InvalidUsageException if products take more than one thread
   * @throws SegmentFailure if it could not be finished; it may be tried again
   */
  static String run(JavaSparkContext spark, UUID runId, int workers, RunConfig config)
      throws SegmentFailure {
    spark.setJobGroup(
        group(runId),
        "probe of %d %s".formatted(workers, workers == 1 ? "worker" : "workers"),
        /* interruptOnCancel= */ true);
    List<ProbeTask.Found> found;
    try {
      found =
          GangJob.run(
              spark,
              workers,
              ProbeTask.Found.class,
              new ProbeTask(runId, Secret.random(), workers, config.toYaml()));
    } catch (Exception e) {
      // Spark's checked exceptions are not declared.
      if (spark.sc().isStopped()) {
        throw SegmentRun.stopped(0, e);
      }
      if (e instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      GangPlaces nowhere = new GangPlaces("");
      throw new SegmentFailure(
          FirstCause.of(List.of(), String.valueOf(e.getMessage()), List.of(), nowhere), e);
    } finally {
      spark.clearJobGroup();
    }
    requireUsable(found);
    requireMet(found);
    return line(found, "reach each other");
  }

  static String group(UUID runId) {
    return "hope-%s-0".formatted(runId);
  }

  /** Refuses what another attempt would find again. */
  static void requireUsable(List<ProbeTask.Found> found) {
    // Nobody's echo hides that libraries are missing or a port is closed.
    found.stream()
        .filter(rank -> rank.problem() != null && rank.kind() != Kind.PEER)
        .min(
            Comparator.<ProbeTask.Found, Boolean>comparing(rank -> rank.kind() == Kind.UNREACHABLE)
                .thenComparing(ProbeTask.Found::rank))
        .ifPresent(Probe::refuse);
    Set<String> executors = new HashSet<>();
    for (ProbeTask.Found rank : found) {
      if (!executors.add(rank.executor())) {
        throw new InvalidUsageException(
            "Invalid spark.task.cpus: executor %s on %s took several workers at once, and one that dies would take all of them along. Set it and spark.executor.cores to the same number."
                .formatted(rank.executor(), rank.host()));
      }
      if (rank.blasThreads() > 1) {
        throw new InvalidUsageException(
            "Invalid number of BLAS threads [%d] in executor %s on %s: the trainer's threads are outside of products. Set spark.executorEnv.OMP_NUM_THREADS and spark.executorEnv.OPENBLAS_NUM_THREADS to 1."
                .formatted(rank.blasThreads(), rank.executor(), rank.host()));
      }
    }
  }

  private static void refuse(ProbeTask.Found rank) {
    throw rank.kind() == Kind.UNREACHABLE
        ? new ClusterFailureException(rank.problem(), new UnreachableException(rank.problem()))
        : new ClusterFailureException(
            "Cannot train in executor %s on %s: %s. Run hope doctor on that host."
                .formatted(rank.executor(), rank.host(), rank.problem()));
  }

  /** Where nobody's port is closed, a process or a connection was lost while all met. */
  static void requireMet(List<ProbeTask.Found> found) throws SegmentFailure {
    for (ProbeTask.Found rank : found) {
      if (rank.problem() != null) {
        throw new SegmentFailure(
            "rank %d (executor %s on %s): %s"
                .formatted(rank.rank(), rank.executor(), rank.host(), rank.problem()),
            /* cause= */ null);
      }
    }
  }

  /**
   * Executors that are alike stand together.
   *
   * @param all what can be said of several together
   */
  static String line(List<ProbeTask.Found> found, String all) {
    TreeMap<String, List<ProbeTask.Found>> alike = new TreeMap<>();
    for (ProbeTask.Found rank : found) {
      String kind =
          "%d %s, %d BLAS %s, %s"
              .formatted(
                  rank.cores(),
                  rank.cores() == 1 ? "core" : "cores",
                  rank.blasThreads(),
                  rank.blasThreads() == 1 ? "thread" : "threads",
                  rank.natives());
      alike.computeIfAbsent(kind, unused -> new ArrayList<>()).add(rank);
    }
    return alike.entrySet().stream()
        .map(entry -> "%s (%s)".formatted(hosts(entry.getValue()), entry.getKey()))
        .collect(
            Collectors.joining(
                "; ", found.size() == 1 ? "" : "%d %s: ".formatted(found.size(), all), ""));
  }

  private static String hosts(List<ProbeTask.Found> alike) {
    TreeMap<String, Long> hosts =
        alike.stream()
            .collect(
                Collectors.groupingBy(ProbeTask.Found::host, TreeMap::new, Collectors.counting()));
    return hosts.entrySet().stream()
        .map(
            host -> host.getValue() == 1 ? host.getKey() : host.getValue() + " on " + host.getKey())
        .collect(Collectors.joining(", "));
  }
}
