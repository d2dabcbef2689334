// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TestCheckpoints {
  private static SmallRun run;

  @BeforeAll
  static void trainTwice() throws IOException {
    run = SmallRun.get();
    Cli cli =
        run.cli(
            "train --config @config.yaml --data @dataset --output @kept --workers 1"
                + " --set checkpoint.every-steps=2 --set checkpoint.keep=1 --set checkpoint.keep-every=4");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void listsWhatStayedAndWhatWasLeftOver() throws IOException {
    run.copy("kept", "listed");
    Files.createDirectories(run.resolve("listed/checkpoints/step-00000006-2"));
    Files.writeString(run.resolve("listed/checkpoints/step-00000006-2/half"), "123");

    Cli cli = run.cli("checkpoints --run @listed");

    assertThat(cli.err()).isEmpty();
    assertThat(cli.exitCode()).isZero();
    String[] lines = cli.out().split("\n");
    assertThat(lines).hasSize(4);
    assertThat(lines[0]).contains("step", "written", "train loss", "validation loss");
    assertThat(lines[1]).matches("  *4  \\d{4}-.*Z .*  -  committed");
    assertThat(lines[2]).matches("  *6  \\d{4}-.*Z .*  \\d\\.\\d{4}  committed");
    assertThat(lines[3]).matches("  *6  -  .* 3 B .*  left over");
  }

  @Test
  void digestsDoNotDependOnTheNumberOfWorkers() throws IOException {
    JsonNode two = last(run.cli("checkpoints --run @run --verify --json"));
    JsonNode one = last(run.cli("checkpoints --run @kept --verify --json"));

    JsonNode summary = run.json("run/summary.json");
    assertThat(two.at("/checkpoint/workers").asInt()).isEqualTo(2);
    assertThat(one.at("/checkpoint/workers").asInt()).isEqualTo(1);
    assertThat(two.at("/checkpoint/step").asInt()).isEqualTo(6);
    assertThat(two.at("/checkpoint/trainLoss").asDouble())
        .isCloseTo(summary.at("/trainLoss").asDouble(), within(1e-12));
    assertThat(two.at("/validationLoss")).isEqualTo(summary.at("/validation/loss"));
    assertThat(two.at("/verified/parametersDigest")).isEqualTo(summary.at("/parametersDigest"));
    assertThat(one.at("/verified/parametersDigest")).isEqualTo(summary.at("/parametersDigest"));
    assertThat(one.at("/verified/stateDigest").asText()).hasSize(64);
    assertThat(one.at("/verified/stateDigest")).isEqualTo(two.at("/verified/stateDigest"));
  }

  private static JsonNode last(Cli cli) throws IOException {
    assertThat(cli.err()).isEmpty();
    JsonNode rows = new JsonMapper().readTree(cli.out());
    return rows.get(rows.size() - 1);
  }

  @Test
  void namesTheFirstBadFile() throws IOException {
    run.copy("kept", "bad");
    Path file = run.resolve("bad/checkpoints/step-00000006/optimizer-0.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 3] ^= 1;
    Files.write(file, bytes);

    Cli cli = run.cli("checkpoints --run @bad --verify");

    assertThat(cli.exitCode()).isEqualTo(3);
    assertThat(cli.err()).startsWith("hope: Invalid checkpoint file [" + file + "]: ");
    // The one before is good.
    assertThat(cli.out()).contains("verified         step 4: parameters ");
    assertThat(cli.out()).doesNotContain("verified         step 6");
  }

  @Test
  void aDirectoryWithoutCheckpointsIsRefused() {
    Cli cli = run.cli("checkpoints --run @dataset");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).startsWith("hope: Missing checkpoint [" + run.path("dataset") + "]: ");
  }
}
