// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.BarrierTaskInfo;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.model.train.Replica;
import org.hopespark.spark.exchange.Collective;
import org.hopespark.spark.exchange.ExchangeException;
import org.hopespark.spark.exchange.Membership;
import org.hopespark.spark.exchange.Transport;
import org.hopespark.spark.session.HopePlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One rank's way through a segment: prepare, meet the others once, take the steps, save. */
final class RankTask implements GangJob.Work<Outcome> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RankTask.class);

  /** In place of an address: the rank cannot take part, and nobody should wait for it. */
  private static final String ABSENT = "absent";

  private final Segment segment;

  RankTask(Segment segment) {
    this.segment = segment;
  }

  @Override
  public Outcome run(BarrierTaskContext context) {
    int rank = rank(context);
    RunConfig config =
        RunConfig.read(
            new ByteArrayInputStream(segment.config().getBytes(StandardCharsets.UTF_8)), List.of());
    int numShards = config.training().virtualShards() / segment.workers();
    try (Worker worker = new Worker(rank, config, numShards)) {
      Exception failure = worker.prepare();
      Collective collective = meet(context, worker, failure);
      return worker.train(collective);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (context.isInterrupted()) {
        throw new TaskKilledException("the segment is over");
      }
      Outcome.Failed failed = Outcome.Failed.of(rank, e);
      HopePlugin.send(new Watchdog.GivenUp(segment.runId(), segment.generation(), failed));
      return failed;
    }
  }

  /**
   * Ranks go by the address of the executor, not by partition, which Spark deals out anew for every
   * stage: so an executor keeps its rank while the executors stay.
   */
  private static int rank(BarrierTaskContext context) {
    return rank(executors(context), context.partitionId());
  }

  private static List<String> executors(BarrierTaskContext context) {
    return Arrays.stream(context.getTaskInfos()).map(BarrierTaskInfo::address).toList();
  }

  /**
   * @param addresses of the executors, by partition
   */
  static int rank(List<String> addresses, int partition) {
    Comparator<Integer> byAddress = Comparator.comparing(addresses::get);
    return IntStream.range(0, addresses.size())
        .boxed()
        .sorted(byAddress.thenComparing(Comparator.naturalOrder()))
        .toList()
        .indexOf(partition);
  }

  /** All ranks call this, prepared or not: a barrier waits for every task of the stage. */
  private Collective meet(BarrierTaskContext context, Worker worker, Exception failure)
      throws IOException {
    List<String> addresses =
        segment.workers() == 1
            ? List.of()
            : byRank(
                context, context.allGather(failure == null ? worker.transport.address() : ABSENT));
    if (failure instanceof RuntimeException known) {
      throw known;
    }
    if (failure instanceof IOException unreadable) {
      throw unreadable;
    }
    if (addresses.contains(ABSENT)) {
      throw new ExchangeException(
          "Lost rank %d: it could not start.".formatted(addresses.indexOf(ABSENT)));
    }
    return segment.workers() == 1 ? null : worker.transport.connect(addresses);
  }

  private static List<String> byRank(BarrierTaskContext context, String[] byPartition) {
    List<String> executors = executors(context);
    String[] byRank = new String[byPartition.length];
    for (int partition = 0; partition < byPartition.length; partition++) {
      byRank[rank(executors, partition)] = byPartition[partition];
    }
    return List.of(byRank);
  }

  /** What a rank holds open, closed in the order that keeps the network off freed memory. */
  private final class Worker implements AutoCloseable {
    private final int rank;
    private final RunConfig config;
    private final int numShards;
    private final Configuration hadoop = segment.hadoop().value();
    private SampleWindows windows;
    private Replica replica;
    private String keepAs;
    private Transport transport;

    Worker(int rank, RunConfig config, int numShards) {
      this.rank = rank;
      this.config = config;
      this.numShards = numShards;
    }

    /** Returns what went wrong, if anything did. */
    Exception prepare() {
      try {
        windows =
            new SampleWindows(config, OpenDatasets.of(segment.runId(), hadoop, segment.data()));
        replica = Survivors.take(place(segment.restore()), rank).orElse(null);
        if (replica == null || !checkpoint(replica).holds(segment.restore())) {
          load();
        }
        // Until the first step, an attempt that fails leaves it as it is.
        keepAs = segment.restore();
        if (segment.workers() > 1) {
          transport = bind();
        }
        return null;
      } catch (IOException | RuntimeException e) {
        return e;
      }
    }

    private void load() throws IOException {
      if (replica != null) {
        LOG.warn("Memory of rank {} is not what {} says; reading it.", rank, segment.restore());
        replica.close();
        replica = null;
      }
      replica = Replica.create(config, numShards, segment.threads());
      if (segment.restore() != null) {
        checkpoint(replica).restore(segment.restore());
      }
    }

    private RankCheckpoint checkpoint(Replica of) {
      return new RankCheckpoint(
          hadoop,
          of,
          rank,
          segment.workers(),
          numShards,
          config.training().steps(),
          ModelFiles.MAX_BYTES,
          level -> false);
    }

    private Survivors.Place place(String directory) {
      return new Survivors.Place(segment.runId(), segment.workers(), directory);
    }

    private Transport bind() {
      SparkEnv spark = SparkEnv.get();
      Membership self =
          new Membership(
              segment.runId(),
              segment.generation(),
              rank,
              segment.workers(),
              ClusterLinks.secret(spark, segment.secret()));
      return Transport.bind(self, ClusterLinks.endpoint(spark, config.sync()));
    }

    Outcome train(Collective collective) throws IOException, InterruptedException {
      try {
        keepAs = null;
        List<IntervalReport> intervals =
            new StepLoop(config, replica, windows, collective, rank * numShards, numShards)
                .run(segment, rank, this::show);
        RankCheckpoint.Saved saved = checkpoint(replica).save(segment.save(), segment.to());
        keepAs = segment.to() == config.training().steps() ? null : segment.save();
        return new Outcome.Finished(
            rank,
            replica.levels().stream().map(replica::hash).toList(),
            intervals,
            saved.files(),
            saved.states(),
            saved.parametersDigest(),
            ProcessMemory.peakBytes());
      } catch (IOException | InterruptedException | RuntimeException e) {
        if (collective != null) {
          collective.abort();
        }
        throw e;
      }
    }

    private void show(IntervalReport report) {
      RunGauges.show(report, replica.levels());
      HopePlugin.send(report);
    }

    @Override
    public void close() {
      if (transport != null) {
        transport.close();
      }
      if (replica != null && keepAs != null) {
        Survivors.keep(place(keepAs), rank, replica);
      } else if (replica != null) {
        replica.close();
      }
    }
  }
}
