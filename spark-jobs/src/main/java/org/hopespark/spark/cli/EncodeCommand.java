// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.hopespark.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code hope encode}: text to ids, a line at a time. Lines end with a line feed only, and are
 * bytes: text that is no UTF-8 is encoded as it is.
 */
@Command(name = "encode", description = "Prints one JSON array of token ids per line of input.")
final class EncodeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "FILE",
      description = "tokenizer.json.")
  String tokenizer;

  @Option(names = "--input", paramLabel = "FILE", description = "Text. Default: standard input.")
  String input;

  EncodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Inputs inputs = new Inputs(terminal);
    Tokenizer bpe = inputs.tokenizer(tokenizer);
    try (InputStream in = inputs.open(input)) {
      LineBytes lines = new LineBytes(in);
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        terminal.out().write(array(bpe.encode(line)));
      }
    }

    terminal.out().flush();
    return ExitCodes.DONE;
  }

  private static byte[] array(int[] ids) {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < ids.length; i++) {
      json.append(i == 0 ? "" : ",").append(ids[i]);
    }

    return json.append("]\n").toString().getBytes(StandardCharsets.US_ASCII);
  }
}
