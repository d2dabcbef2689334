// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.TextSample;
import org.hopespark.spark.train.SavedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hope generate}. */
@Command(name = "generate", description = "Continues a prompt.")
final class GenerateCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint, or output of hope train: then its newest one.")
  String checkpoint;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "Text to continue.")
  String prompt;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens to write at most. Default: ${DEFAULT-VALUE}.")
  int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0.8",
      description =
          "0 takes the likeliest token, 1 samples as the model says. Default: ${DEFAULT-VALUE}.")
  double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "40",
      description = "Sample among the K likeliest tokens. Default: ${DEFAULT-VALUE}.")
  int topK;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the sampling. Default: ${DEFAULT-VALUE}.")
  long seed;

  GenerateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    requireAtLeast("--max-tokens", maxTokens, 1);
    requireAtLeast("--top-k", topK, 1);
    if (!(temperature >= 0)) {
      throw new InvalidUsageException(
          "Invalid --temperature [%s]: must be 0 or more. Use 0.8, or 0 for the likeliest text."
              .formatted(temperature));
    }

    TextSample sample =
        new Generation(temperature, topK, seed)
            .sample(SavedModel.find(new Configuration(), checkpoint), prompt, maxTokens);
    terminal
        .out()
        .write((sample.prompt() + sample.continuation() + "\n").getBytes(StandardCharsets.UTF_8));
    terminal.out().flush();
    return ExitCodes.DONE;
  }

  private static void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw new InvalidUsageException(
          "Invalid %s [%d]: must be %d or more. Give a larger number."
              .formatted(option, value, least));
    }
  }
}
