// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.TrainTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hope train-tokenizer}. */
@Command(name = "train-tokenizer", description = "Trains a byte-level BPE tokenizer on documents.")
final class TrainTokenizerCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR",
      description = "Documents that hope prepare wrote.")
  String input;

  @Option(
      names = "--vocab-size",
      required = true,
      paramLabel = "N",
      description = "Number of token ids, the 256 bytes and <|endoftext|> among them.")
  int vocabularySize;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "tokenizer.json to create.")
  String output;

  @Mixin ClusterOptions cluster;

  TrainTokenizerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = cluster.open()) {
      new StageLines(terminal)
          .trained(
              new TrainTokenizer(spark)
                  .input(input)
                  .vocabularySize(vocabularySize)
                  .output(output)
                  .execute());
    }

    return ExitCodes.DONE;
  }
}
