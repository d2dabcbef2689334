// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hope decode}: ids to text, a line at a time; the reverse of {@code hope encode}. */
@Command(
    name = "decode",
    description = "Prints the text of one JSON array of token ids per line of input.")
final class DecodeCommand implements Callable<Integer> {
  private static final JsonMapper JSON = new JsonMapper();

  private final Terminal terminal;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "FILE",
      description = "tokenizer.json.")
  String tokenizer;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "JSON arrays. Default: standard input.")
  String input;

  DecodeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Inputs inputs = new Inputs(terminal);
    Tokenizer bpe = inputs.tokenizer(tokenizer);
    try (InputStream in = inputs.open(input)) {
      LineBytes lines = new LineBytes(in);
      long number = 0;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        number++;
        terminal.out().write(bpe.decode(ids(line, number, bpe.vocabularySize())));
        terminal.out().write('\n');
      }
    }

    terminal.out().flush();
    return ExitCodes.DONE;
  }

  private static int[] ids(byte[] line, long number, int vocabularySize) {
    int[] ids;
    try {
      ids = JSON.readValue(line, int[].class);
    } catch (JsonProcessingException e) {
      throw invalid(
          number, new String(line, StandardCharsets.UTF_8), "must be a JSON array of token ids", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    for (int id : ids) {
      if (id < 0 || id >= vocabularySize) {
        throw invalid(
            number,
            Integer.toString(id),
            "the vocabulary has ids 0 to " + (vocabularySize - 1),
            /* cause= */ null);
      }
    }

    return ids;
  }

  private static InvalidUsageException invalid(
      long number, String value, String rule, Throwable cause) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "..." : value;
    return new InvalidUsageException(
        "Invalid line %d [%s]: %s. Give what hope encode prints.".formatted(number, shown, rule),
        cause);
  }
}
