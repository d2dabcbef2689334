// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
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
      description = "Number of token ids, the 256 bytes and the special tokens among them.")
  int vocabularySize;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "tokenizer.json to create.")
  String output;

  @Option(
      names = "--special",
      paramLabel = "TOKEN",
      description = "A special token behind <|endoftext|>; may be given again.")
  List<String> specialTokens = List.of();

  @Option(
      names = "--min-frequency",
      paramLabel = "N",
      defaultValue = "0",
      description = "Pairs that occur less often do not merge. Default: ${DEFAULT-VALUE}.")
  long minFrequency;

  @Option(
      names = "--max-token-length",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Tokens of more than two bytes are shorter than this; 0 for no limit. Default: ${DEFAULT-VALUE}.")
  int maxTokenLength;

  @Option(
      names = "--max-piece-bytes",
      paramLabel = "N",
      defaultValue = "256",
      description =
          "Longer words are left out and counted; 0 for no limit. Default: ${DEFAULT-VALUE}.")
  int maxPieceBytes;

  @Option(
      names = "--domain-weight",
      paramLabel = "DOMAIN=SHARE",
      description =
          "Share of a domain's documents to learn from, from 0 to 1; may be given again. Default: all.")
  Map<String, Double> domainWeights = Map.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Decides which documents are in a share. Default: ${DEFAULT-VALUE}.")
  long seed;

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
                  .specialTokens(specialTokens)
                  .minFrequency(minFrequency)
                  .maxTokenLength(maxTokenLength)
                  .maxPieceBytes(maxPieceBytes)
                  .domainWeights(domainWeights)
                  .seed(seed)
                  .listener(new MergeLines(terminal))
                  .execute());
    }

    return ExitCodes.DONE;
  }
}
