// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.hopespark.model.config.SyncConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.exchange.Endpoint;
import org.hopespark.spark.exchange.Secret;
import org.hopespark.spark.session.Master;

/** How workers speak to each other, as the cluster's settings and the run's say. */
public final class ClusterLinks {
  /** First port for workers; wins over {@code sync.port}, for clusters that open a few ports. */
  static final String PORT = "spark.hope.port";

  private static final String RETRIES = "spark.port.maxRetries";

  private ClusterLinks() {}

  /** Where this process is reached, under the host by which Spark's own peers reach it. */
  static Endpoint endpoint(SparkEnv spark, SyncConfig sync) {
    int firstPort = spark.conf().getInt(PORT, sync.port());
    if (firstPort != 0 && (firstPort < 1024 || firstPort > 65_535)) {
      throw new InvalidUsageException(
          "Invalid %s [%d]: must be 0 or from 1024 to 65535. Use 0 for any free port."
              .formatted(PORT, firstPort));
    }
    int ports = Math.min(1 + spark.conf().getInt(RETRIES, 16), 65_536 - firstPort);
    return new Endpoint(
        spark.blockManager().blockManagerId().host(),
        firstPort,
        ports,
        sync.lanes(),
        isEncrypted(spark.conf()),
        Duration.ofSeconds(sync.timeoutSeconds()));
  }

  /** Where Spark authenticates its processes, what they share has to be known too. */
  static Secret secret(SparkEnv spark, Secret ofSegment) {
    String ofCluster = spark.securityManager().getSecretKey();
    return ofCluster == null ? ofSegment : ofSegment.with(ofCluster);
  }

  private static boolean isEncrypted(SparkConf conf) {
    return conf.getBoolean("spark.network.crypto.enabled", false)
        || conf.getBoolean("spark.authenticate.enableSaslEncryption", false)
        || conf.getBoolean("spark.ssl.rpc.enabled", false);
  }

  /** What to know before training on a cluster whose network others can read. */
  public static Optional<String> warning(SparkConf conf, int workers) {
    boolean otherHosts = Master.parse(conf.get("spark.master")).kind() == Master.Kind.CLUSTER;
    return otherHosts && workers > 1 && !isEncrypted(conf)
        ? Optional.of(
            "Spark's RPC is not encrypted: whoever can read this network can read and alter what the workers exchange. Set spark.authenticate and spark.network.crypto.enabled to true")
        : Optional.empty();
  }
}
