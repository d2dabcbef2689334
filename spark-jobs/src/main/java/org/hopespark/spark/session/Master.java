// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a master URL says by itself.
 *
 * @param kind who starts the executors
 * @param workers executor processes; 1 for {@code local}, 0 where the URL does not say
 * @param cores of each executor; 0 where the URL does not say
 * @param memoryMegabytes of each executor process; 0 where the URL does not say
 */
public record Master(Kind kind, int workers, int cores, int memoryMegabytes) {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+|\\*)(?:,\\s*\\d+)?])?");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");

  /** Who starts the executors. */
  public enum Kind {
    /** Threads of the driver process. */
    THREADS,
    /** Processes on the driver's machine. */
    PROCESSES,
    /** A cluster manager. */
    CLUSTER
  }

  public static Master parse(String url) {
    Matcher local = LOCAL.matcher(url);
    if (local.matches()) {
      return new Master(Kind.THREADS, 1, threads(local.group(1)), 0);
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(url);
    if (cluster.matches()) {
      return new Master(
          Kind.PROCESSES,
          Integer.parseInt(cluster.group(1)),
          Integer.parseInt(cluster.group(2)),
          Integer.parseInt(cluster.group(3)));
    }
    return new Master(Kind.CLUSTER, 0, 0, 0);
  }

  private static int threads(String text) {
    if (text == null) {
      return 1;
    }
    return text.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(text);
  }

  /** Tasks that run at once, if the URL says so. */
  public OptionalInt slots(int taskCores) {
    return kind == Kind.CLUSTER
        ? OptionalInt.empty()
        : OptionalInt.of(workers * (cores / taskCores));
  }
}
