// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
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

/** One rank's way through a segment: prepare, meet the others once, take the steps, save. */
final class RankTask implements GangJob.Work<Outcome> {
  private static final long serialVersionUID = 1L;

  /** In place of an address: the rank cannot take part, and nobody should wait for it. */
  private static final String ABSENT = "absent";

  private final Segment segment;

  RankTask(Segment segment) {
    this.segment = segment;
  }

  @Override
  public Outcome run(BarrierTaskContext context) {
    int rank = context.partitionId();
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

  /** All ranks call this, prepared or not: a barrier waits for every task of the stage. */
  private Collective meet(BarrierTaskContext context, Worker worker, Exception failure)
      throws IOException {
    List<String> addresses =
        segment.workers() == 1
            ? List.of()
            : List.of(context.allGather(failure == null ? worker.transport.address() : ABSENT));
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

  /** What a rank holds open, closed in the order that keeps the network off freed memory. */
  private final class Worker implements AutoCloseable {
    private final int rank;
    private final RunConfig config;
    private final int numShards;
    private final Configuration hadoop = segment.hadoop().value();
    private SampleWindows windows;
    private Replica replica;
    private RankCheckpoint checkpoint;
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
        replica = Replica.create(config, numShards, segment.threads());
        checkpoint =
            new RankCheckpoint(
                hadoop, replica, rank * numShards, numShards, config.training().steps());
        if (segment.restore() != null) {
          checkpoint.restore(segment.restore());
        }
        if (segment.workers() > 1) {
          transport = bind();
        }
        return null;
      } catch (IOException | RuntimeException e) {
        return e;
      }
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
        List<IntervalReport> intervals =
            new StepLoop(config, replica, windows, collective, rank * numShards, numShards)
                .run(segment, rank, this::show);
        RankCheckpoint.Saved saved = checkpoint.save(segment.save(), segment.to(), rank == 0);
        return new Outcome.Finished(
            rank,
            replica.levels().stream().map(replica::hash).toList(),
            intervals,
            saved.files(),
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
      if (replica != null) {
        replica.close();
      }
    }
  }
}
