// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.config.SyncConfig;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.NativeBackend;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.exchange.ExchangeException;
import org.hopespark.spark.exchange.Secret;
import org.hopespark.spark.exchange.Transport;

/**
 * One rank of the probe: loads the native libraries, binds a port as a segment does, and links
 * itself with all other ranks as a segment does, without training anything.
 *
 * @param config resolved configuration, YAML
 */
record ProbeTask(UUID runId, Secret secret, int size, String config)
    implements GangJob.Work<ProbeTask.Found> {
  /**
   * What a rank finds.
   *
   * @param cores of the executor
   * @param problem why it cannot train; null where it can
   * @param kind what that means; null where it can
   */
  record Found(
      int rank,
      String host,
      String executor,
      int cores,
      int blasThreads,
      String natives,
      String problem,
      Outcome.Kind kind)
      implements Serializable {
    Found with(Exception cause) {
      return new Found(
          rank,
          host,
          executor,
          cores,
          blasThreads,
          natives,
          cause.getMessage(),
          Outcome.Kind.of(cause));
    }
  }

  @Override
  public Found run(BarrierTaskContext context) {
    Found found = look(context.partitionId());
    // All ranks come here: a barrier waits for everyone.
    try {
      meet(context, found.rank());
      return found;
    } catch (IOException | RuntimeException e) {
      // Nobody's echo hides that the libraries are missing.
      return found.problem() == null ? found.with(e) : found;
    }
  }

  /** What an executor says of itself. */
  static Found look(int rank) {
    String problem = null;
    String natives = "";
    int blasThreads = 0;
    try {
      NativeBackend backend = NativeBackend.load();
      blasThreads = backend.blasThreads();
      natives =
          "%s, %s for %s, %s kernels"
              .formatted(
                  backend.backend(), backend.blas(), backend.blasCore(), RowMaths.chosen().name());
    } catch (LinkageError | RuntimeException e) {
      problem = "its native libraries do not load (%s)".formatted(e.getMessage());
    }
    return new Found(
        rank,
        SparkEnv.get().blockManager().blockManagerId().host(),
        SparkEnv.get().executorId(),
        SparkEnv.get().conf().getInt("spark.executor.cores", TaskContext.get().cpus()),
        blasThreads,
        natives,
        problem,
        problem == null ? null : Outcome.Kind.UNEXPECTED);
  }

  private void meet(BarrierTaskContext context, int rank) throws IOException {
    RuntimeException failure = null;
    Transport transport = null;
    try {
      SyncConfig sync =
          RunConfig.read(
                  new ByteArrayInputStream(config.getBytes(StandardCharsets.UTF_8)), List.of())
              .sync();
      transport =
          size == 1 ? null : Rendezvous.bind(runId, /* generation= */ 0, rank, size, secret, sync);
    } catch (ExchangeException | InvalidUsageException e) {
      failure = e;
    }
    try {
      var unused = Rendezvous.meet(context, rank, size, transport, failure);
    } finally {
      if (transport != null) {
        transport.close();
      }
    }
  }
}
