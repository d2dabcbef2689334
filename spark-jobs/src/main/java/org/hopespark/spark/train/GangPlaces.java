// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Where Spark has put the tasks of a job group, which ranks they have taken, and whether it hears
 * of them: so that a lost one can be named, and a frozen one be noticed.
 */
final class GangPlaces extends SparkListener {
  private static final long POLL_MILLIS = 50;
  private static final String GROUP = "spark.jobGroup.id";

  private final String group;
  private final Map<Integer, Boolean> stages = new ConcurrentHashMap<>();
  private final Map<Integer, Place> places = new ConcurrentHashMap<>();

  /** By executor; a task that is started again elsewhere leaves its former place. */
  private final Map<String, String> hosts = new ConcurrentHashMap<>();

  private final Map<Integer, String> seats = new ConcurrentHashMap<>();
  private final Map<Integer, Boolean> running = new ConcurrentHashMap<>();
  private final Map<String, Long> lastHeard = new ConcurrentHashMap<>();

  GangPlaces(String group) {
    this.group = group;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd ended) {
    if (stages.containsKey(ended.stageId())) {
      running.remove(ended.taskInfo().index());
    }
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    heard(heartbeat.execId());
  }

  /** An executor and its host. */
  record Place(String executor, String host) {}

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    if (Objects.equals(group, submitted.properties().getProperty(GROUP))) {
      stages.put(submitted.stageInfo().stageId(), true);
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart started) {
    if (stages.containsKey(started.stageId())) {
      put(
          started.taskInfo().index(),
          new Place(started.taskInfo().executorId(), started.taskInfo().host()));
    }
  }

  void put(int task, Place place) {
    heard(place.executor());
    places.put(task, place);
    hosts.put(place.executor(), place.host());
    running.put(task, true);
  }

  private void heard(String executor) {
    lastHeard.put(executor, System.nanoTime());
  }

  /** Whether a rank is at work in a process that has given no sign of life for so long. */
  boolean isSilent(Duration longest) {
    long now = System.nanoTime();
    return running.keySet().stream()
        .map(task -> places.get(task).executor())
        .anyMatch(executor -> now - lastHeard.get(executor) > longest.toNanos());
  }

  /** Waits for tasks that were told to end; returns those that have not. */
  List<Integer> awaitEnds(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!running.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MILLIS);
    }
    return running.keySet().stream().sorted().toList();
  }

  /** Takes any message of {@link org.hopespark.spark.session.HopePlugin}. */
  void receive(Object message) {
    if (message instanceof Watchdog.UnderWay news) {
      seat(news.rank(), news.executor());
    } else if (message instanceof Watchdog.GivenUp news) {
      seat(news.failure().rank(), news.executor());
    }
  }

  void seat(int rank, String executor) {
    seats.put(rank, executor);
  }

  /** The executor of a task; null where it has not been started. */
  Place of(int task) {
    return places.get(task);
  }

  /** For example {@code rank 1 (executor 3 on 10.0.0.7)}. */
  String name(int rank) {
    String executor = seats.get(rank);
    return executor == null
        ? "rank " + rank
        : "rank %d (executor %s%s)".formatted(rank, executor, onHost(executor));
  }

  /** The rank on an executor, named; the executor alone where it had none yet. */
  String nameOf(String executor) {
    return seats.entrySet().stream()
        .filter(entry -> entry.getValue().equals(executor))
        .map(entry -> name(entry.getKey()))
        .findFirst()
        .orElseGet(() -> "executor " + executor + onHost(executor));
  }

  private String onHost(String executor) {
    String host = hosts.get(executor);
    return host == null ? "" : " on " + host;
  }
}
