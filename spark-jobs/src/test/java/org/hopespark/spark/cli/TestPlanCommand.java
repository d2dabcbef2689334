// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestPlanCommand {
  @TempDir Path dir;

  private static JsonNode json(String... args) throws IOException {
    Cli cli = Cli.run(args);
    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    return new JsonMapper().readTree(cli.out());
  }

  @ParameterizedTest
  @CsvSource({"125m, 125e6", "760m, 760e6", "1.3b, 1.3e9"})
  void aPresetHasTheParametersOfItsName(String preset, double parameters) throws IOException {
    JsonNode plan =
        json(
            "plan",
            "--config",
            preset,
            "--workers=8,256",
            "--threads=1",
            "--tokens-per-second=100",
            "--json");

    assertThat(plan.path("parameters").asDouble() / parameters).isCloseTo(1, within(0.05));
    assertThat(plan.path("forecasts")).hasSize(2);
    assertThat(plan.path("forecasts").get(1).path("workers").asInt()).isEqualTo(256);
    assertThat(plan.path("forecasts").get(1).path("steps")).hasSize(3);
    assertThat(plan.path("warning").isNull()).isTrue();
  }

  @Test
  void measuresAWorkerWhereNoSpeedIsGiven() throws IOException {
    Path file = Files.writeString(dir.resolve("config.yaml"), SmallRun.CONFIG);
    JsonNode plan = json("plan", "--config", file.toString(), "--set", "model.layers=2", "--json");

    assertThat(plan.at("/speed/tokensPerSecond").asDouble()).isPositive();
    assertThat(plan.at("/speed/how").asText()).startsWith("measured here: 5 steps");
    assertThat(plan.at("/forecasts/0/workers").asInt()).isEqualTo(2);
  }

  @Test
  void printsItsTables() {
    Cli cli =
        Cli.run(
            "plan",
            "--config=quickstart",
            "--tokens-per-second=5000",
            "--bandwidth=10Gbps",
            "--threads=1");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .startsWith("model            hope, 2 layers of width 64, ")
        .contains("\nsaving           sends 1/")
        .contains("\ncore ", "\nworkers  shards each", "Steps at 10Gbps, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bandwidth [many]|--bandwidth=many",
        "--latency [1]|--latency=1",
        "--threads [0]|--threads=0",
        "--tokens-per-second [0.0]|--tokens-per-second=0",
        "sync.workers [3]|--workers=3",
        "sync.workers [8]|--workers=8"
      })
  void refusesWhatCannotBeForecast(String named, String option) {
    Cli cli = Cli.run("plan", "--config=quickstart", option);

    assertThat(cli.err()).matches("hope: (Cannot|Invalid|Missing) [^\n]+\n").contains(named);
    assertThat(cli.exitCode()).isEqualTo(2);
  }
}
