// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestMaster {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "local | 1 | 1",
        "local[4] | 1 | 4",
        "local[4] | 2 | 2",
        "local[4,3] | 1 | 4",
        "local-cluster[2,1,1024] | 1 | 2",
        "local-cluster[ 3, 4, 2048 ] | 4 | 3",
        "local-cluster[3,4,2048] | 3 | 3"
      })
  void saysHowManyTasksRunAtOnce(String url, int taskCores, int slots) {
    assertThat(Master.parse(url).slots(taskCores)).hasValue(slots);
  }

  @Test
  void countsTheProcessorsOfThisMachineForAStar() {
    assertThat(Master.parse("local[*]").slots(1))
        .hasValue(Runtime.getRuntime().availableProcessors());
  }

  @ParameterizedTest
  @CsvSource({"yarn", "spark://host:7077", "k8s://https://host"})
  void leavesClustersToTheirManager(String url) {
    assertThat(Master.parse(url).kind()).isEqualTo(Master.Kind.CLUSTER);
    assertThat(Master.parse(url).slots(1)).isEmpty();
  }
}
