// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestBench {
  private static SmallRun run;

  @BeforeAll
  static void runTheCommands() throws IOException {
    run = SmallRun.get();
  }

  @Test
  void printsTheFiguresOfAStep() {
    Cli cli =
        run.cli(
            "bench --config @config.yaml --threads 2 --warmup 1 --steps 2 --set model.layers=2");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .startsWith("model            hope, 2 layers of width 16, ")
        .contains("\nthroughput       ", " tokens per second ", "of the sgemm peak", "\nwaiting ");
  }

  @Test
  void printsOneObjectForPrograms() throws IOException {
    Cli cli =
        run.cli(
            "bench --config @config.yaml --data @dataset --threads 1 --warmup 1 --steps 2 --json");

    assertThat(cli.err()).isEmpty();
    JsonNode report = new JsonMapper().readTree(cli.out());
    // 2 shards of 1 stream of 32 targets.
    assertThat(report.at("/tokensPerStep").asLong()).isEqualTo(64);
    assertThat(report.at("/threads").asInt()).isEqualTo(1);
    assertThat(report.at("/timedSteps").asInt()).isEqualTo(2);
    assertThat(report.at("/blasThreads").asInt()).isEqualTo(1);
    for (String figure :
        new String[] {"tokensPerSecond", "sgemmPeak", "sgemmPeakShare", "modelFlopsShare"}) {
      assertThat(report.get(figure).asDouble()).as(figure).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--threads [0]|--config @config.yaml --threads 0",
        "number of threads [3]|--config @config.yaml --threads 3",
        "--steps [0]|--config @config.yaml --steps 0",
        "training.steps [6]|--config @config.yaml --threads 1",
        "model.vocab-size [400]|--config @config.yaml --data @dataset --set model.vocab-size=400",
        "none-such|--config none-such"
      })
  void refusesWhatCannotBeMeasured(String named, String options) {
    Cli cli = run.cli("bench " + options);

    assertThat(cli.err()).matches("hope: (Cannot|Invalid|Missing) [^\n]+\n").contains(named);
    assertThat(cli.exitCode()).isEqualTo(2);
  }
}
