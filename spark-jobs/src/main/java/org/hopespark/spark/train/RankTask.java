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
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.BarrierTaskInfo;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.model.train.Replica;
import org.hopespark.spark.exchange.Collective;
import org.hopespark.spark.exchange.Transport;
import org.hopespark.spark.session.HopePlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One rank's way through a segment: prepare, meet the others once, take the steps, save. */
final class RankTask implements GangJob.Work<Outcome> {
  private static final long serialVersionUID = 1L;
  private static final long COMMIT_POLL_MILLIS = 200;
  private static final double NANOS = 1e-9;
  private static final Logger LOG = LoggerFactory.getLogger(RankTask.class);

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
    Worker worker = new Worker(rank, config, numShards);
    try (worker) {
      Exception failure = worker.prepare();
      Collective collective =
          Rendezvous.meet(context, rank, segment.workers(), worker.transport, failure);
      HopePlugin.send(
          new Watchdog.UnderWay(
              segment.runId(), segment.generation(), rank, SparkEnv.get().executorId()));
      return worker.train(collective);
    } catch (IOException | InterruptedException | RuntimeException | FSError e) {
      if (context.isInterrupted()) {
        throw new TaskKilledException("the segment is over");
      }
      Outcome.Failed failed = Outcome.Failed.of(rank, worker.step(), e);
      HopePlugin.send(
          new Watchdog.GivenUp(
              segment.runId(), segment.generation(), failed, SparkEnv.get().executorId()));
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

  /** What a rank holds open, closed in the order that keeps the network off freed memory. */
  private final class Worker implements AutoCloseable {
    private final int rank;
    private final RunConfig config;
    private final int numShards;
    private final Configuration hadoop = segment.hadoop().value();
    private SampleWindows windows;
    private Replica replica;
    private Gang gang;
    private LevelAverages averages;
    private String keepAs;
    private Transport transport;
    private StepLoop loop;

    Worker(int rank, RunConfig config, int numShards) {
      this.rank = rank;
      this.config = config;
      this.numShards = numShards;
      gang = new Gang(config, rank, segment.workers());
    }

    /** Returns what went wrong, if anything did. */
    Exception prepare() throws InterruptedException {
      try {
        windows =
            new SampleWindows(config, OpenDatasets.of(segment.runId(), hadoop, segment.data()));
        recall();
        if (replica == null) {
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

    /** Takes up what this process kept of the last segment, if it is what was committed. */
    private void recall() {
      Survivors.Memory kept = Survivors.take(place(segment.restore()), rank).orElse(null);
      if (kept == null) {
        return;
      }
      replica = kept.replica();
      gang = kept.gang();
      averages = kept.averages();
      boolean isRight =
          segment.hashes() == null
              ? checkpoint().holds(segment.restore())
              : checkpoint().holds(segment.hashes());
      if (!isRight) {
        LOG.warn("Memory of rank {} is not what {} says; reading it.", rank, segment.restore());
        kept.close();
        replica = null;
        gang = new Gang(config, rank, segment.workers());
        averages = null;
      }
    }

    private void load() throws IOException, InterruptedException {
      if (segment.hashes() != null) {
        awaitCommit();
      }
      replica = Replica.create(config, numShards, segment.threads(), gang.ownership());
      averages = new LevelAverages(replica, gang);
      if (segment.restore() != null) {
        checkpoint().restore(segment.restore());
      }
    }

    /**
     * The checkpoint may still be being written, if this rank was in another process before. Where
     * it never will be, the driver ends the job.
     */
    private void awaitCommit() throws IOException, InterruptedException {
      Path manifest = new Path(segment.restore(), Manifest.NAME);
      while (!Storage.fileSystem(hadoop, manifest).exists(manifest)) {
        Thread.sleep(COMMIT_POLL_MILLIS);
      }
    }

    private RankCheckpoint checkpoint() {
      return new RankCheckpoint(
          hadoop, replica, averages.states(), gang, numShards, ModelFiles.MAX_BYTES);
    }

    private Survivors.Place place(String directory) {
      return new Survivors.Place(segment.runId(), segment.workers(), directory);
    }

    private Transport bind() {
      return Rendezvous.bind(
          segment.runId(),
          segment.generation(),
          rank,
          segment.workers(),
          segment.secret(),
          config.sync());
    }

    /** The step under way. */
    long step() {
      return loop == null ? segment.from() : loop.step();
    }

    Outcome train(Collective collective) throws IOException, InterruptedException {
      try {
        keepAs = null;
        gang.join(collective);
        averages.begin();
        loop = new StepLoop(segment, rank, config, replica, windows, averages, gang);
        return end(loop.run());
      } catch (IOException | InterruptedException | RuntimeException | FSError e) {
        if (collective != null) {
          collective.abort();
        }
        throw e;
      }
    }

    private Outcome end(List<IntervalReport> intervals) throws IOException, InterruptedException {
      List<Long> hashes = replica.levels().stream().map(replica::hash).toList();
      long start = System.nanoTime();
      BackgroundWrites.await(segment);
      long waited = System.nanoTime() - start;
      boolean isLast = segment.to() == config.training().steps();
      RankContent content = checkpoint().content(segment.to());
      RankContent.Saved saved = null;
      // The driver has to hear when the files are there.
      if (config.checkpoint().asynchronous() && !isLast && HopePlugin.isLoaded()) {
        BackgroundWrites.begin(segment, content);
      } else {
        BackgroundWrites.release(segment, rank);
        saved = content.write(hadoop, new Path(segment.save()));
      }
      keepAs = isLast ? null : segment.save();
      return new Outcome.Finished(
          rank,
          hashes,
          intervals,
          saved,
          (System.nanoTime() - start) * NANOS,
          waited * NANOS,
          SparkEnv.get().executorId(),
          ProcessMemory.peakBytes());
    }

    @Override
    public void close() {
      if (transport != null) {
        transport.close();
      }
      if (averages != null && keepAs != null) {
        Survivors.keep(place(keepAs), rank, new Survivors.Memory(replica, gang, averages));
        return;
      }
      if (averages != null) {
        averages.close();
      }
      if (replica != null) {
        replica.close();
      }
    }
  }
}
