// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.hopespark.model.config.SyncConfig;
import org.hopespark.spark.exchange.Collective;
import org.hopespark.spark.exchange.ExchangeException;
import org.hopespark.spark.exchange.Membership;
import org.hopespark.spark.exchange.Secret;
import org.hopespark.spark.exchange.Transport;

/** How the tasks of a gang find each other: everyone binds a port, then tells it to all, once. */
final class Rendezvous {
  /** In place of an address: the rank cannot take part, and nobody should wait for it. */
  private static final String ABSENT = "absent ";

  private Rendezvous() {}

  /** Binds a port on the host by which Spark's own peers reach this process. */
  static Transport bind(
      UUID runId, int generation, int rank, int size, Secret secret, SyncConfig sync) {
    SparkEnv spark = SparkEnv.get();
    return Transport.bind(
        new Membership(runId, generation, rank, size, ClusterLinks.secret(spark, secret)),
        ClusterLinks.endpoint(spark, sync));
  }

  /**
   * Links all ranks. All of them call this, prepared or not: a barrier waits for every task of the
   * stage.
   *
   * @param transport null where {@code failure} is not, or with a single rank
   * @param failure why this rank cannot take part; thrown here once the others know
   * @return null with a single rank
   */
  static Collective meet(
      BarrierTaskContext context, int rank, int size, Transport transport, Exception failure)
      throws IOException {
    List<String> addresses =
        size == 1
            ? List.of()
            : List.of(context.allGather(failure == null ? transport.address() : ABSENT + rank));
    if (failure instanceof RuntimeException known) {
      throw known;
    }
    if (failure instanceof IOException unreadable) {
      throw unreadable;
    }
    for (String address : addresses) {
      if (address.startsWith(ABSENT)) {
        throw new ExchangeException(
            "Lost rank %s: it could not start.".formatted(address.substring(ABSENT.length())));
      }
    }
    return size == 1 ? null : transport.connect(addresses);
  }
}
