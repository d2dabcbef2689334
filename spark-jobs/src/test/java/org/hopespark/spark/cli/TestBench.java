// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
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

  @Test
  void countsWhatEncodePrints() throws IOException {
    Files.writeString(run.resolve("lines.txt"), "the model reads\n\nslow levels wait their turn");
    Cli encoded = run.cli("encode --tokenizer @tokenizer.json --input @lines.txt");
    long ids = encoded.out().chars().filter(c -> c == ',').count() + 2; // of two lines with text

    Cli cli =
        run.cli(
            "bench --tokenizer @tokenizer.json --input @lines.txt --threads 2 --warmup 2 --steps 3 --json");

    assertThat(cli.err()).isEmpty();
    JsonNode report = new JsonMapper().readTree(cli.out());
    assertThat(report.at("/documents").asLong()).isEqualTo(3);
    assertThat(report.at("/bytes").asLong()).isEqualTo(15 + 27);
    assertThat(report.at("/tokens").asLong()).isEqualTo(ids);
    assertThat(report.at("/bytesPerToken").asDouble()).isEqualTo(42.0 / ids);
    assertThat(report.at("/timedPasses").asInt()).isEqualTo(3);
    double slowest = report.at("/bytesPerSecondMin").asDouble();
    double fastest = report.at("/bytesPerSecondMax").asDouble();
    assertThat(report.at("/bytesPerSecond").asDouble()).isBetween(slowest, fastest);
    assertThat(slowest).isPositive();
  }

  @Test
  void findsNoGarbagePerDocument() throws IOException {
    int numDocuments = 20_000;
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < numDocuments; i++) {
      lines.append("line ").append(i).append(" waits its turn\n");
    }
    Files.writeString(run.resolve("many.txt"), lines);
    double megabytes = (lines.length() - numDocuments) * 1e-6;

    Cli cli =
        run.cli(
            "bench --tokenizer @tokenizer.json --input @many.txt --threads 2 --warmup 3 --steps 3 --json");

    assertThat(cli.err()).isEmpty();
    JsonNode report = new JsonMapper().readTree(cli.out());
    // The smallest object has 16 bytes; one for every tenth document would be
    double tenth = 16 * 0.1 * numDocuments / megabytes;
    assertThat(report.at("/allocatedBytesPerMegabyte").isNumber()).isTrue();
    assertThat(report.at("/allocatedBytesPerMegabyte").asDouble()).isBetween(0.0, tenth);
  }

  @Test
  void printsTheFiguresOfEncodingForPeople() {
    Cli cli =
        run.cli("bench --tokenizer @tokenizer.json --input @config.yaml --warmup 1 --steps 1");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .startsWith("text             ")
        .contains(
            "bytes per token",
            "\nencoding         ",
            "median of 1 passes after 1",
            "\nallocated        ");
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
        "none-such|--config none-such",
        "[--config]|--threads 1",
        "[--tokenizer]|--config @config.yaml --tokenizer @tokenizer.json",
        "[--input]|--tokenizer @tokenizer.json",
        "[--input]|--config @config.yaml --input @config.yaml",
        "[--set]|--tokenizer @tokenizer.json --set seed=1",
        "none-such|--tokenizer none-such --input @config.yaml",
        "tokenizer.json|--tokenizer @config.yaml --input @config.yaml"
      })
  void refusesWhatCannotBeMeasured(String named, String options) {
    Cli cli = run.cli("bench " + options);

    assertThat(cli.err()).matches("hope: (Cannot|Invalid|Missing) [^\n]+\n").contains(named);
    assertThat(cli.exitCode()).isEqualTo(2);
  }
}
