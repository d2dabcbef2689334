// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.TokenDataset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestPipeline {
  private static SmallRun run;

  @BeforeAll
  static void runTheCommands() throws IOException {
    run = SmallRun.get();
  }

  @Test
  void saysWhatItReadAndKept() {
    assertThat(run.prepared.exitCode()).isZero();
    assertThat(run.prepared.out())
        .startsWith("prepare          60 documents, ")
        .contains("0 of 60 records dropped");
  }

  @Test
  void verifiesWhatItWrote() {
    Cli cli = run.cli("verify @dataset");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).startsWith("verify           ").endsWith("all as the manifest says\n");
  }

  @Test
  void verifiesTheCheckpointOfARun() {
    Cli cli = run.cli("verify @run/checkpoints/step-00000006");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .startsWith("verify           checkpoint of step 6: 8 files, ")
        .endsWith("all as the manifest says\n");
  }

  @Test
  void printsTheResolvedConfigurationAndEndsWithTheReport() {
    assertThat(run.trained.exitCode()).isZero();
    assertThat(run.trained.out())
        .startsWith("seed: 7\n")
        .contains("train            step 2 of 6   loss ")
        .contains("\nvalidation loss ")
        .endsWith("\n" + run.path("run/report.html") + "\n");
    assertThat(run.resolve("run/report.html")).content().contains("<h2>Levels</h2>");
  }

  @Test
  void storesTheMemoryPlan() throws IOException {
    assertThat(run.trained.out()).contains("\nmemory           each of 2 workers: parameters ");
    assertThat(run.json("run/environment.json").at("/memory of a worker").asText())
        .startsWith("parameters ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "command",
        "gitRevision",
        "seed",
        "workers",
        "steps",
        "tokens",
        "wallSeconds",
        "trainSeconds",
        "tokensPerSecond",
        "parameters",
        "parametersDigest",
        "trainLoss",
        "replicaHashesAgree",
        "peakRssBytes",
        "report"
      })
  void leavesASummaryWithEveryFieldOfTheContract(String field) throws IOException {
    assertThat(run.json("run/summary.json").hasNonNull(field)).isTrue();
  }

  @Test
  void countsStepsTokensAndUpdates() throws IOException {
    JsonNode summary = run.json("run/summary.json");

    assertThat(summary.at("/command").asText()).startsWith("hope train --config ");
    assertThat(summary.at("/steps").asLong()).isEqualTo(6);
    // 6 steps of 2 shards of 1 stream of 32 targets.
    assertThat(summary.at("/tokens").asLong()).isEqualTo(384);
    assertThat(summary.at("/levels")).hasSize(4);
    assertThat(summary.at("/levels/0/name").asText()).isEqualTo("core");
    assertThat(summary.at("/levels/3/updates").asLong()).isEqualTo(1);
    assertThat(summary.at("/validation/perplexity").asDouble())
        .isCloseTo(Math.exp(summary.at("/validation/loss").asDouble()), within(1e-9));
    assertThat(summary.at("/baselines/uniformLoss").asDouble())
        .isCloseTo(Math.log(300), within(1e-12));
  }

  @Test
  void scoresTheUnigramModelAsAHandCountDoes() throws IOException {
    double loss = 0;
    long targets = 0;
    try (TokenDataset dataset = TokenDataset.open(new Configuration(), run.path("dataset"))) {
      long[] counts = dataset.tokenCounts("train");
      long total = 0;
      for (long count : counts) {
        total += count + 1;
      }

      int[] window = new int[SmallRun.LENGTH + 1];
      for (long i = 0; i < dataset.windows("validation", SmallRun.LENGTH); i++) {
        dataset.window("validation", i, SmallRun.LENGTH, window, 0);
        for (int t = 1; t <= SmallRun.LENGTH; t++) {
          loss -= Math.log((counts[window[t]] + 1.0) / total);
          targets++;
        }
      }
    }

    JsonNode summary = run.json("run/summary.json");
    assertThat(summary.at("/validation/tokens").asLong()).isEqualTo(targets);
    assertThat(summary.at("/baselines/unigramLoss").asDouble())
        .isCloseTo(loss / targets, within(1e-9));
  }

  @Test
  void scoresTheSameWhoeverScores() throws IOException {
    for (String master : new String[] {"local[1]", "local[3]"}) {
      Cli cli =
          run.cli(
              "evaluate --checkpoint @run --tasks validation --output @%s.json --master %s"
                  .formatted(master, master));
      assertThat(cli.err()).isEmpty();
    }

    JsonNode one = run.json("local[1].json");
    assertThat(run.json("local[3].json")).isEqualTo(one);
    assertThat(one.at("/validation/validation"))
        .isEqualTo(run.json("run/summary.json").at("/validation"));
  }

  @Test
  void writesTheSameTextForTheSameSeed() {
    String commandLine = "generate --checkpoint @run --prompt The --max-tokens 12 --seed 5";

    Cli first = run.cli(commandLine);

    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).startsWith("The").hasSizeGreaterThan(4);
    assertThat(run.cli(commandLine).out()).isEqualTo(first.out());
  }

  @Test
  void findsAFinishedRunWhenAskedToResumeIt() throws IOException {
    run.copy("run", "again");

    Cli cli = run.cli("train --config @config.yaml --data @dataset --output @again --resume auto");

    assertThat(cli.err()).isEmpty();
    assertThat(run.json("again/summary.json").at("/parametersDigest"))
        .isEqualTo(run.json("run/summary.json").at("/parametersDigest"));
  }

  @Test
  void plansWithoutWritingInADryRun() {
    Cli cli =
        run.cli("train --config @config.yaml --data @dataset --output @dry --dry-run --workers 1");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains("workers: 1")
        .contains("plan             6 steps of 64 tokens are 384 tokens, ")
        .containsPattern("\nmemory           parameters .* gradients 2 x .* = [\\d.]+ MB; ");
    assertThat(run.resolve("dry")).doesNotExist();
  }

  @Test
  void runsEverythingFromOneCommand() throws IOException {
    run.corpus("other", 40);
    Cli cli =
        run.cli(
            "quickstart --input @other --output @quick --master local[2] --set model.vocab-size=280 --set model.dim=16 --set model.layers=1"
                + " --set training.sequence-length=16 --set training.steps=4 --set training.warmup-steps=1 --set training.virtual-shards=2"
                + " --set training.batch-size=1");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.out()).endsWith("\n" + run.path("quick/report.html") + "\n");
    assertThat(run.json("quick/summary.json").at("/levels/2/period").asInt()).isEqualTo(4);
    assertThat(run.json("quick/data.json").at("/recordsRead").asInt()).isEqualTo(40);
    assertThat(run.json("quick/sample.json").at("/prompt").asText()).isEqualTo("The ");
    assertThat(run.resolve("quick/report.html")).content().contains("<h3>Dropped records</h3>");
  }

  @Test
  void comparesRunsOnOnePage() {
    Cli cli = run.cli("report --run @run @run --output @both.html");

    assertThat(cli.err()).isEmpty();
    assertThat(run.resolve("both.html"))
        .content()
        .contains("Comparison of 2 runs")
        .contains("The configurations are equal.");
  }
}
