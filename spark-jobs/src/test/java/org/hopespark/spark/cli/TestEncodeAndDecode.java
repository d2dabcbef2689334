// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hopespark.tokenizer.BpeTrainer;
import org.hopespark.tokenizer.PieceCounter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestEncodeAndDecode {
  @TempDir private static Path directory;

  private static String tokenizer;

  @BeforeAll
  static void trainTokenizer() throws IOException {
    PieceCounter counts = new PieceCounter();
    counts.add("the cat and the hat and the bat".getBytes(StandardCharsets.UTF_8));
    Path file = directory.resolve("tokenizer.json");
    try (OutputStream out = Files.newOutputStream(file)) {
      BpeTrainer.train(counts, 262).write(out);
    }

    tokenizer = file.toString();
  }

  @Test
  void printsOneArrayPerLine() {
    Cli cli = Cli.runWithInput(bytes("a\n\nab"), "encode", "--tokenizer", tokenizer);

    // Bytes follow <|endoftext|> (0) in the order of the printable alphabet: '!' is 1, so 'a' is
    // 65.
    assertThat(cli.out()).isEqualTo("[65]\n[]\n[65,66]\n");
    assertThat(cli.exitCode()).isZero();
  }

  @Test
  void givesBackEveryByteOfEveryLine() throws IOException {
    Random random = new Random(5);
    byte[] text = new byte[200_000];
    random.nextBytes(text);
    text[text.length - 1] = '\n';
    Path input = Files.write(directory.resolve("bytes"), text);
    Cli encoded = Cli.run("encode", "--tokenizer", tokenizer, "--input", input.toString());

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int exitCode =
        Hope.execute(
            new Terminal(
                new ByteArrayInputStream(bytes(encoded.out())),
                new PrintStream(out),
                new PrintStream(out)),
            "decode",
            "--tokenizer",
            tokenizer);

    assertThat(exitCode).isZero();
    assertThat(out.toByteArray()).isEqualTo(text);
  }

  @Test
  void splitsLinesAtLineFeedsAlone() throws IOException {
    Random random = new Random(6);
    List<byte[]> lines = new ArrayList<>();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      byte[] line = new byte[random.nextInt(9_000)];
      random.nextBytes(line);
      for (int j = 0; j < line.length; j++) {
        line[j] = line[j] == '\n' ? (byte) '\r' : line[j];
      }

      lines.add(line);
      text.write(line);
      text.write('\n');
    }

    LineBytes read = new LineBytes(new ByteArrayInputStream(text.toByteArray()));
    for (byte[] line : lines) {
      assertThat(Arrays.equals(read.next(), line)).as("a line of %d bytes", line.length).isTrue();
    }

    assertThat(read.next()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,x]|Invalid line 1 [[1,x]]: must be a JSON array of token ids. Give what hope encode prints.",
        "hello|Invalid line 1 [hello]: must be a JSON array of token ids. Give what hope encode prints.",
        "[999]|Invalid line 1 [999]: the vocabulary has ids 0 to 261. Give what hope encode prints.",
        "[-1]|Invalid line 1 [-1]: the vocabulary has ids 0 to 261. Give what hope encode prints."
      })
  void refusesWhatIsNoArrayOfIds(String line, String message) {
    Cli cli = Cli.runWithInput(bytes(line), "decode", "--tokenizer", tokenizer);

    assertThat(cli.err()).isEqualTo("hope: " + message + "\n");
    assertThat(cli.exitCode()).isEqualTo(2);
  }

  @Test
  void namesATokenizerThatIsMissingOrNone() throws IOException {
    String missing = directory.resolve("none.json").toString();
    assertThat(Cli.run("encode", "--tokenizer", missing).err())
        .isEqualTo(
            "hope: Missing file [" + missing + "]: there is none at this path. Check the path.\n");

    Path broken = Files.writeString(directory.resolve("broken.json"), "{\"model\": 1}");
    Cli cli = Cli.run("encode", "--tokenizer", broken.toString());
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).startsWith("hope: ").hasLineCount(1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
