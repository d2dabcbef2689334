// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.PrepareDocuments;
import org.hopespark.data.PrepareResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hope prepare}. */
@Command(
    name = "prepare",
    description = "Reads a corpus, drops duplicates, splits it, and writes documents.")
final class PrepareCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--input",
      arity = "1..*",
      required = true,
      paramLabel = "PATH",
      description =
          "Files or directories: text, sources, WikiText, Pile JSON Lines, .gz and .zst too.")
  List<String> inputs;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory to create.")
  String output;

  @Option(
      names = "--validation-share",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "Share of documents kept for validation. Default: ${DEFAULT-VALUE}.")
  double validationShare;

  @Mixin ClusterOptions cluster;

  PrepareCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = cluster.open()) {
      PrepareResult result =
          new PrepareDocuments(spark)
              .inputs(inputs)
              .output(output)
              .validationShare(validationShare)
              .execute();
      new StageLines(terminal).prepared(result);
    }

    return ExitCodes.DONE;
  }
}
