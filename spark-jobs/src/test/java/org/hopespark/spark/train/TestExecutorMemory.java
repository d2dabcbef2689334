// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.SparkConf;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestExecutorMemory {
  private static SparkConf conf(String master, String... settings) {
    SparkConf conf = new SparkConf(/* loadDefaults= */ false).set("spark.master", master);
    for (int i = 0; i < settings.length; i += 2) {
      conf.set(settings[i], settings[i + 1]);
    }
    return conf;
  }

  // 1000 MiB of arrays, 15 % and 256 MiB: 1150 + 256 = 1406.
  private static final long ARRAYS = 1000L << 20;

  @ParameterizedTest
  @ValueSource(strings = {"yarn", "k8s://https://host:6443"})
  void theDefaultOverheadIsTooSmallForTensors(String master) {
    // A tenth of 4 GiB.
    assertThatThrownBy(
            () -> ExecutorMemory.check(conf(master, "spark.executor.memory", "4g"), ARRAYS))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessage(
            "Invalid spark.executor.memoryOverhead [409m]: a worker needs 1406 MB outside of its Java heap, where parameters, gradients and activations are. Set it to 1406m.");
    assertThatCode(
            () ->
                ExecutorMemory.check(
                    conf(master, "spark.executor.memoryOverhead", "1406m"), ARRAYS))
        .doesNotThrowAnyException();
  }

  @Test
  void theProposedMasterIsLargeEnough() {
    SparkConf conf = conf("local-cluster[2,1,2048]", "spark.executor.memory", "1g");
    assertThatThrownBy(() -> ExecutorMemory.check(conf, ARRAYS))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessage(
            "Invalid --master [local-cluster[2,1,2048]]: 1024 MB of a worker's 2048 MB are left beside its Java heap, and it needs 1406 MB there. Give --master 'local-cluster[2,1,2812]'.");
    assertThatCode(
            () ->
                ExecutorMemory.check(
                    conf("local-cluster[2,1,2812]", "spark.executor.memory", "1406m"), ARRAYS))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[2]", "spark://host:7077"})
  void nobodyElseLimitsMemoryOutsideOfTheHeap(String master) {
    assertThatCode(() -> ExecutorMemory.check(conf(master), ARRAYS)).doesNotThrowAnyException();
  }

  @Test
  void inRoundsGradientsPassThroughTheHeap() {
    SparkConf conf = conf("yarn", "spark.executor.memory", "1g");
    assertThatThrownBy(() -> ExecutorMemory.checkHeap(conf, ARRAYS))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessage(
            "Invalid spark.executor.memory [1024m]: with sync.transport rounds 1000 MB of gradients wait on the Java heap. Set it to 1406m.");
    assertThatCode(
            () -> ExecutorMemory.checkHeap(conf("yarn", "spark.executor.memory", "1406m"), ARRAYS))
        .doesNotThrowAnyException();
    assertThatCode(() -> ExecutorMemory.checkHeap(conf("local[2]"), ARRAYS))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "spark.executor.memoryOverhead, 3g, 3072",
    "spark.executor.memoryOverhead, 700, 700",
    "spark.executor.memoryOverheadFactor, 0.5, 2048",
    "spark.kubernetes.memoryOverheadFactor, 0.4, 1638",
    "spark.executor.minMemoryOverhead, 1g, 1024"
  })
  void theOverheadIsSparks(String key, String value, long megabytes) {
    assertThat(
            ExecutorMemory.overheadMegabytes(
                conf("yarn", "spark.executor.memory", "4g", key, value)))
        .isEqualTo(megabytes);
  }
}
