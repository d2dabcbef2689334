// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.VerifyDataset;
import org.hopespark.spark.train.SavedModel;
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
      description = "Directory with a manifest: documents, shards or a checkpoint.")
  String directory;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = new Configuration();
    StageLines lines = new StageLines(terminal);
    if (SavedModel.isCheckpoint(hadoop, directory)) {
      SavedModel checkpoint = SavedModel.find(hadoop, directory);
      lines.verified(checkpoint, checkpoint.verify());
    } else {
      lines.verified(new VerifyDataset(hadoop).path(directory).execute());
    }

    return ExitCodes.DONE;
  }
}
