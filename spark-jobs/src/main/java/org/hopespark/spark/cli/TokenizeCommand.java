// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.TokenizeDocuments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hope tokenize}. */
@Command(
    name = "tokenize",
    description = "Writes the tokens of documents as Arrow shards with a manifest.")
final class TokenizeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR",
      description = "Documents that hope prepare wrote.")
  String input;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "FILE",
      description = "tokenizer.json.")
  String tokenizer;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory to create.")
  String output;

  @Option(
      names = "--shard-bytes",
      paramLabel = "N",
      description = "Size at which a shard is closed.")
  Long shardBytes;

  @Mixin ClusterOptions cluster;

  TokenizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = cluster.open()) {
      TokenizeDocuments action =
          new TokenizeDocuments(spark).input(input).tokenizer(tokenizer).output(output);
      if (shardBytes != null) {
        action.shardBytes(shardBytes);
      }

      new StageLines(terminal).tokenized(action.execute());
    }

    return ExitCodes.DONE;
  }
}
