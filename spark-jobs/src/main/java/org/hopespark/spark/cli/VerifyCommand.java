// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.VerifyDataset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hope verify}. */
@Command(
    name = "verify",
    description = "Reads everything that a manifest promises and compares it.")
final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "Directory with a manifest: documents or shards.")
  String directory;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    new StageLines(terminal)
        .verified(new VerifyDataset(new Configuration()).path(directory).execute());
    return ExitCodes.DONE;
  }
}
