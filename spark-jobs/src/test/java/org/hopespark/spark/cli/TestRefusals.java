// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands refuse: one line that names it, the right exit code, nothing left behind. */
class TestRefusals {
  private static SmallRun run;

  @BeforeAll
  static void runTheCommands() throws IOException {
    run = SmallRun.get();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nowhere|prepare --input @nowhere --output @none",
        "corpus|verify @corpus",
        "corpus|train --config @config.yaml --data @corpus --output @none",
        "none.yaml|train --config @none.yaml --data @dataset --output @none",
        "none.json|tokenize --input @documents --tokenizer @none.json --output @none",
        "corpus|generate --checkpoint @corpus --prompt The",
        "corpus|evaluate --checkpoint @corpus --output @none",
        "corpus|report --run @corpus --output @none"
      })
  void refusesWhatIsNotThere(String named, String commandLine) {
    refused(2, named, commandLine);
    assertThat(run.resolve("none")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "model.dimm=8, model.dimm",
    "model.dim=17, model.heads [2]",
    "model.vocab-size=512, model.vocab-size [512]",
    "training.sequence-length=60000, training.sequence-length",
    "sync.workers=3, sync.workers [3]",
    "training.steps=0, training.steps [0]",
    "model.dim=16384, Lower model.dim.",
    "modeldim, key=value"
  })
  void refusesConfigurationsThatBreakARule(String setting, String named) {
    refused(
        2, named, "train --config @config.yaml --data @dataset --output @none --set " + setting);
    assertThat(run.resolve("none")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--resume [maybe]|train --config @config.yaml --data @dataset --output @none --resume maybe",
        "task [riddles]|evaluate --checkpoint @run --tasks validation,riddles --output @none",
        "--top-k [0]|generate --checkpoint @run --prompt a --top-k 0",
        "--max-tokens [0]|generate --checkpoint @run --prompt a --max-tokens 0",
        "--temperature [-1.0]|generate --checkpoint @run --prompt a --temperature -1",
        "vocabulary size [200]|train-tokenizer --input @documents --vocab-size 200 --output @none",
        "special token [the]|train-tokenizer --input @documents --vocab-size 300 --special the --output @none",
        "domain weight [text=2.0]|train-tokenizer --input @documents --vocab-size 300 --domain-weight text=2 --output @none",
        "max piece bytes [-1]|train-tokenizer --input @documents --vocab-size 300 --max-piece-bytes -1 --output @none",
        "validation share [1.5]|prepare --input @corpus --output @none --validation-share 1.5"
      })
  void refusesValuesThatMakeNoSense(String named, String commandLine) {
    refused(2, named, commandLine);
    assertThat(run.resolve("none")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run|quickstart --output @run",
        "run|train --config @config.yaml --data @dataset --output @run",
        "config.yaml|evaluate --checkpoint @run --output @config.yaml",
        "config.yaml|report --run @run --output @config.yaml",
        "corpus|prepare --input @documents --output @corpus"
      })
  void refusesOutputsThatAreThere(String named, String commandLine) {
    refused(2, run.path(named), commandLine);
    assertThat(run.resolve("config.yaml")).hasContent(SmallRun.CONFIG);
  }

  @Test
  void refusesAnEmptyCorpus() throws IOException {
    Files.createDirectories(run.resolve("empty"));

    refused(2, "empty", "prepare --input @empty --output @none");
    refused(2, "empty", "quickstart --input @empty --output @none");
    assertThat(run.resolve("none/manifest.json")).doesNotExist();
  }

  @Test
  void refusesToContinueACheckpointOfAnotherModel() {
    refused(
        2,
        "model",
        "train --config @config.yaml --data @dataset --output @run --resume auto --set model.dim=32");
  }

  @Test
  void refusesDamagedShardsByName() throws IOException {
    run.copy("dataset", "damaged");
    Path shard = flip("damaged/train", ".arrow");

    refused(3, shard.getFileName().toString(), "verify @damaged");
    refused(
        3,
        shard.getFileName().toString(),
        "train --config @config.yaml --data @damaged --output @none");
    assertThat(run.resolve("none")).doesNotExist();
  }

  @Test
  void refusesDamagedCheckpointsByName() throws IOException {
    run.copy("run", "spoilt");
    flip("spoilt/checkpoints", "model.safetensors");

    refused(3, "model.safetensors", "verify @spoilt/checkpoints/step-00000006");
    refused(3, "model.safetensors", "generate --checkpoint @spoilt --prompt The");
    refused(3, "model.safetensors", "evaluate --checkpoint @spoilt --output @none");
    assertThat(run.resolve("none")).doesNotExist();
  }

  @Test
  void refusesADatasetOfAnotherTokenizer() throws IOException {
    assertThat(
            run.cli(
                    "train-tokenizer --input @documents --vocab-size 290 --output @tokenizer-290.json")
                .err())
        .isEmpty();
    assertThat(
            run.cli(
                    "tokenize --input @documents --tokenizer @tokenizer-290.json --output @dataset-290")
                .err())
        .isEmpty();

    refused(2, "tokenizer", "evaluate --checkpoint @run --data @dataset-290 --output @none");
  }

  private static Path flip(String directory, String ending) throws IOException {
    Path found;
    try (Stream<Path> files = Files.walk(run.resolve(directory))) {
      found = files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
    }

    byte[] bytes = Files.readAllBytes(found);
    bytes[bytes.length / 2] ^= 1;
    Files.write(found, bytes);
    return found;
  }

  private static void refused(int exitCode, String named, String commandLine) {
    Cli cli = run.cli(commandLine);

    assertThat(cli.err()).matches("hope: (Cannot|Invalid|Missing) [^\n]+\n").contains(named);
    assertThat(cli.exitCode()).isEqualTo(exitCode);
  }
}
