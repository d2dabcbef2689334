// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestClusterLinks {
  private static SparkConf conf(String master) {
    return new SparkConf(/* loadDefaults= */ false).set("spark.master", master);
  }

  @Test
  void aClusterWhoseRpcIsInClearIsWarnedOf() {
    assertThat(ClusterLinks.warning(conf("yarn"), 2))
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .contains("not encrypted")
                    .contains("spark.network.crypto.enabled")
                    .doesNotContain("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark.network.crypto.enabled", "spark.ssl.rpc.enabled"})
  void anEncryptedClusterIsNot(String key) {
    assertThat(ClusterLinks.warning(conf("yarn").set(key, "true"), 2)).isEmpty();
  }

  @Test
  void oneMachineAndOneWorkerAreNot() {
    assertThat(ClusterLinks.warning(conf("local-cluster[2,1,1024]"), 2)).isEmpty();
    assertThat(ClusterLinks.warning(conf("local[2]"), 2)).isEmpty();
    assertThat(ClusterLinks.warning(conf("yarn"), 1)).isEmpty();
  }
}
