// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.apache.spark.SparkConf;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.session.Master;

/**
 * Whether what an executor may use outside of its Java heap holds a worker. A container that
 * promises less kills the executor in the middle of a step, with an exit code and nothing else.
 */
final class ExecutorMemory {
  /** Classes, compiled code, stacks and the network's buffers of a JVM that trains. */
  static final long PROCESS_BYTES = 256L << 20;

  /** What allocators and page tables take beside what is asked for. */
  private static final double SPARE = 1.15;

  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final double DEFAULT_FACTOR = 0.1;
  private static final String LEAST = "384m";

  private ExecutorMemory() {}

  /**
   * Refuses an executor that is too small.
   *
   * @param nativeBytes what the worker takes outside of the heap
   * @throws InvalidUsageException with the setting to raise, and to what
   */
  static void check(SparkConf conf, long nativeBytes) {
    long needed = megabytes(Math.round(nativeBytes * SPARE) + PROCESS_BYTES);
    Master master = Master.parse(conf.get("spark.master"));
    switch (master.kind()) {
      case PROCESSES -> {
        long given = master.memoryMegabytes() - heapMegabytes(conf);
        if (given < needed) {
          throw new InvalidUsageException(
              "Invalid --master [%s]: %d MB of a worker's %d MB are left beside its Java heap, and it needs %d MB there. Give --master 'local-cluster[%d,%d,%d]'."
                  .formatted(
                      conf.get("spark.master"),
                      Math.max(0, given),
                      master.memoryMegabytes(),
                      needed,
                      master.workers(),
                      master.cores(),
                      // Half of it will be heap, see Sessions.
                      2 * Math.max(needed, heapMegabytes(conf))));
        }
      }
      case CLUSTER -> checkOverhead(conf, needed);
      case THREADS -> {}
    }
  }

  private static void checkOverhead(SparkConf conf, long needed) {
    String master = conf.get("spark.master");
    // Spark's own cluster manager limits the heap alone; the worker holds itself against its host.
    if (!master.startsWith("yarn") && !master.startsWith("k8s")) {
      return;
    }
    long given = overheadMegabytes(conf);
    if (given < needed) {
      throw new InvalidUsageException(
          "Invalid %s [%dm]: a worker needs %d MB outside of its Java heap, where parameters, gradients and activations are. Set it to %dm."
              .formatted(OVERHEAD, given, needed, needed));
    }
  }

  /**
   * Refuses a Java heap that is too small for ranks in rounds.
   *
   * @param waitingBytes of contributions that come for a rank
   * @throws InvalidUsageException with the setting to raise, and to what
   */
  static void checkHeap(SparkConf conf, long waitingBytes) {
    long needed = megabytes(Math.round(waitingBytes * SPARE) + PROCESS_BYTES);
    if (Master.parse(conf.get("spark.master")).kind() != Master.Kind.THREADS
        && heapMegabytes(conf) < needed) {
      throw new InvalidUsageException(
          "Invalid spark.executor.memory [%dm]: with sync.transport rounds %d MB of gradients wait on the Java heap. Set it to %dm."
              .formatted(heapMegabytes(conf), megabytes(waitingBytes), needed));
    }
  }

  static long overheadMegabytes(SparkConf conf) {
    if (conf.contains(OVERHEAD)) {
      return conf.getSizeAsMb(OVERHEAD);
    }
    double factor =
        conf.getDouble(
            "spark.executor.memoryOverheadFactor",
            conf.getDouble("spark.kubernetes.memoryOverheadFactor", DEFAULT_FACTOR));
    return Math.max(
        conf.getSizeAsMb("spark.executor.minMemoryOverhead", LEAST),
        (long) (factor * heapMegabytes(conf)));
  }

  private static long heapMegabytes(SparkConf conf) {
    return conf.getSizeAsMb("spark.executor.memory", "1g");
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
