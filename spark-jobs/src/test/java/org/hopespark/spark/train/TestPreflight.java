// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.List;
import org.apache.spark.SparkConf;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestPreflight {
  private static SparkConf conf(String master) {
    return new SparkConf(/* loadDefaults= */ false)
        .set("spark.master", master)
        .set("spark.barrier.sync.timeout", "300");
  }

  private static void check(SparkConf conf, int workers) {
    Preflight.checkCluster(
        conf, TinyRun.config("training.virtual-shards=64", "sync.workers=" + workers).sync());
  }

  @Test
  void oneThreadIsTooLittleForTwoWorkers() {
    assertThatThrownBy(() -> check(conf("local[1]"), 2))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessage(
            "Invalid sync.workers [2]: master local[1] runs 1 task of 1 core at once. Set sync.workers to 1, or give --master 'local[2]'.");
  }

  @Test
  void processesAreCountedByTheirCores() {
    SparkConf conf = conf("local-cluster[2,2,1024]").set("spark.task.cpus", "2");
    assertThatThrownBy(() -> check(conf, 4))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("runs 2 tasks of 2 cores")
        .hasMessageContaining("--master 'local-cluster[4,2,1024]'");
    assertThatCode(() -> check(conf, 2)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark.dynamicAllocation.enabled", "spark.speculation"})
  void settingsThatBreakGangsAreRefused(String key) {
    assertThatThrownBy(() -> check(conf("yarn").set(key, "true"), 2))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("Invalid " + key + " [true]")
        .hasMessageContaining("Set it to false");
  }

  @Test
  void aClustersSlotsAreNotGuessed() {
    assertThatCode(() -> check(conf("yarn"), 64)).doesNotThrowAnyException();
  }

  @Test
  void severalWorkersInOneExecutorAreRefused() {
    assertThatThrownBy(() -> check(conf("yarn").set("spark.executor.cores", "4"), 2))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessage(
            "Invalid spark.task.cpus [1]: an executor of 4 cores would hold 4 workers, and one that dies would take all of them along. Set it to 4.");
    assertThatThrownBy(() -> check(conf("local-cluster[2,2,1024]"), 2))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("Set it to 2.");
    // Nobody else is in the way of a single worker.
    assertThatCode(() -> check(conf("yarn").set("spark.executor.cores", "4"), 1))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SD_MAX_THREADS", "SD_MASTER_THREADS"})
  void threadsInsideOfProductsAreRefused(String name) {
    String key = "spark.executorEnv." + name;
    assertThatThrownBy(() -> check(conf("yarn").set(key, "8"), 2))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith("Invalid " + key + " [8]: ")
        .hasMessageEndingWith("Set it to 1.");
    assertThatCode(() -> check(conf("yarn").set(key, "1"), 2)).doesNotThrowAnyException();
  }

  @Test
  void aBarrierThatWaitsForAYearIsRefused() {
    SparkConf conf = conf("yarn").remove("spark.barrier.sync.timeout");
    assertThatThrownBy(() -> check(conf, 2))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith("Invalid spark.barrier.sync.timeout [31536000 s]: ");
    assertThatCode(() -> check(conf, 1)).doesNotThrowAnyException();
  }

  @Test
  void theFloorDecidesHowManySlotsAreTooFew() {
    assertThatCode(
            () ->
                Preflight.checkCluster(
                    conf("local[1]"),
                    TinyRun.config("sync.workers=2", "sync.min-workers=1").sync()))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"local[8], 2, 4", "local[2], 2, 1", "local[3], 2, 1", "local[1], 1, 1"})
  void workersOfOneProcessShareItsThreads(String master, int workers, int threads) {
    assertThat(Preflight.threads(conf(master), workers)).isEqualTo(threads);
  }

  @Test
  void workersOfThisProcessHaveToFitIntoItTogether() {
    // One of them would fit on any machine that has the memory for this test.
    RunConfig config =
        RunConfig.read(
            InputStream.nullInputStream(),
            List.of(
                "model.vocab-size=500000", "training.virtual-shards=4096", "sync.workers=4096"));

    assertThatThrownBy(() -> WorkerMemory.plan(config, conf("local[4096]")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("Cannot train with ")
        .hasMessageContaining(" beside its Java heap. Lower model.");
    assertThat(WorkerMemory.plan(config, conf("spark://host:7077")).threads()).isEqualTo(1);
  }

  @Test
  void aWorkerWithAnExecutorUsesItsCores() {
    assertThat(Preflight.threads(conf("yarn").set("spark.task.cpus", "8"), 4)).isEqualTo(8);
  }
}
