// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.hopespark.tokenizer.BpeTrainer;
import org.hopespark.tokenizer.PieceCounter;
import org.hopespark.tokenizer.Tokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestConvertTokenizer {
  private static final String RANKS_OPTIONS = " --split-rule cl100k --special <|endoftext|>=300";

  @TempDir private Path directory;

  @BeforeEach
  void writeFiles() throws IOException {
    PieceCounter counts = new PieceCounter();
    counts.add("the cat and the hat and the bat".getBytes(UTF_8));
    try (OutputStream out = Files.newOutputStream(directory.resolve("trained.json"))) {
      BpeTrainer.train(counts, 262).write(out);
    }

    // The bytes, "th" and "the".
    StringBuilder ranks = new StringBuilder();
    for (int value = 0; value < 256; value++) {
      ranks.append(line(new byte[] {(byte) value}, value));
    }
    ranks.append(line("th".getBytes(UTF_8), 256)).append(line("the".getBytes(UTF_8), 257));
    Files.writeString(directory.resolve("ranks"), ranks);
    Files.writeString(directory.resolve("lone.bpe"), "#version: 0.2\nt h\n");
    Files.write(directory.resolve("model"), new byte[] {10, 14, 10, 5, '<', 'u', 'n', 'k', '>'});
    Files.writeString(directory.resolve("text"), "the th\n");
  }

  @Test
  void goesThroughGpt2sFilesAndBack() throws IOException {
    Cli there = cli("--input @trained.json --output @gpt2 --to gpt2");
    assertThat(there.err()).isEmpty();
    assertThat(there.out())
        .isEqualTo(
            "tokenizer        tokenizer.json to gpt2, rule gpt2, 262 ids, sha256 %s\n"
                .formatted(digest("trained.json")));
    assertThat(directory.resolve("gpt2/vocab.bpe")).content().startsWith("#version: 0.2\n");

    Cli back = cli("--input @gpt2/vocab.bpe --output @again.json");
    assertThat(back.err()).isEmpty();
    assertThat(back.out()).startsWith("tokenizer        gpt2 to tokenizer.json, rule gpt2, ");
    assertThat(directory.resolve("again.json"))
        .hasSameBinaryContentAs(directory.resolve("trained.json"));

    // Neither the file's name nor the line of its version is needed.
    Path merges = directory.resolve("gpt2/vocab.bpe");
    Files.writeString(
        directory.resolve("merges"),
        Files.readString(merges).lines().skip(1).reduce("", (all, line) -> all + line + "\n"));
    Files.move(directory.resolve("gpt2/encoder.json"), directory.resolve("ids"));
    assertThat(cli("--input @merges --vocabulary @ids --output @third.json").err()).isEmpty();
    assertThat(directory.resolve("third.json"))
        .hasSameBinaryContentAs(directory.resolve("trained.json"));
  }

  @Test
  void goesFromARankFileAndBack() {
    Cli there = cli("--input @ranks --output @ranks.json" + RANKS_OPTIONS);
    assertThat(there.err()).isEmpty();
    // Ids 258 to 299 have no token.
    assertThat(there.out())
        .startsWith("tokenizer        tiktoken to tokenizer.json, rule cl100k, 301 ids, sha256 ");

    // Pieces "the" and " th": 257 is the one, a blank (32) and 256 the other.
    Cli ids = run("encode --tokenizer @ranks.json --input @text");
    assertThat(ids.out()).isEqualTo("[257,32,256]\n");

    Cli back = cli("--input @ranks.json --output @ranks.again --to tiktoken");
    assertThat(back.err()).isEmpty();
    assertThat(directory.resolve("ranks.again")).hasSameBinaryContentAs(directory.resolve("ranks"));
  }

  @Test
  void givesTheIdsOfTokenizerJsonFromGpt2sOwnFiles() throws IOException {
    Path encoder = shared("tokenizers/gpt2/encoder.json");
    Path merges = shared("tokenizers/gpt2/vocab.bpe");
    Path json = shared("tokenizers/gpt2/tokenizer.json");
    Path text = shared("dirty/naughty-strings.json");
    Files.copy(encoder, directory.resolve("vocab.json"));
    Files.copy(merges, directory.resolve("merges.txt"));

    assertThat(cli("--input @merges.txt --output @gpt2.json").out()).contains(" 50,257 ids, ");
    Cli ids = run("encode --tokenizer @gpt2.json --input " + text);
    assertThat(ids.out().lines().count()).isGreaterThan(400);
    assertThat(ids.out()).isEqualTo(run("encode --tokenizer " + json + " --input " + text).out());

    assertThat(cli("--input @gpt2.json --output @own --to gpt2").err()).isEmpty();
    assertThat(directory.resolve("own/vocab.bpe")).hasSameBinaryContentAs(merges);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--input [%/model];--input @model --output @none",
        "[%/absent];--input @absent --output @none",
        "--to [bpe];--input @trained.json --output @none --to bpe",
        "option [--vocabulary]: it belongs;--input @trained.json --output @none --vocabulary @ids",
        "option [--split-rule]: it belongs;--input @trained.json --output @none --split-rule gpt2",
        "option [--special]: it belongs;--input @lone.bpe --output @none --special a=1",
        "option [--vocabulary]: %/lone.bpe has neither;--input @lone.bpe --output @none",
        "file [%/absent];--input @lone.bpe --output @none --vocabulary @absent",
        "option [--split-rule]: a rank file;--input @ranks --output @none --special a=300",
        "split rule [r50k];--input @ranks --output @none --split-rule r50k --special a=300",
        "option [--special]: a rank file;--input @ranks --output @none --split-rule gpt2",
        "--special [a];--input @ranks --output @none --split-rule gpt2 --special a",
        "--special [=300];--input @ranks --output @none --split-rule gpt2 --special =300",
        "--special [a=301];--input @ranks --output @none --split-rule gpt2 --special a=300 --special a=301",
        "[5]: it has to be;--input @ranks --output @none --split-rule gpt2 --special a=5",
        "[<|endoftext|>];--input @ranks --output @none --split-rule gpt2 --special a=300",
        "[rank file];--input @trained.json --output @none --to tiktoken",
        "[vocab.bpe];--input @ranks --output @none --to gpt2 --split-rule cl100k --special <|endoftext|>=300",
        "--output [%/text];--input @trained.json --output @text",
        "--output [%/text];--input @trained.json --output @text --to gpt2"
      })
  void refusesInOneLineAndLeavesNothing(String named, String options) throws IOException {
    Cli cli = cli(options);

    assertThat(cli.err())
        .matches("hope: (Cannot|Invalid|Missing) [^\n]+\n")
        .contains(named.replace("%", directory.toString()));
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("trained.json", "ranks", "lone.bpe", "model", "text");
    }
    assertThat(directory.resolve("text")).hasContent("the th\n");
  }

  @Test
  void asksWhichOfTwoVocabulariesItIs() throws IOException {
    Files.writeString(directory.resolve("encoder.json"), "{}");
    Files.writeString(directory.resolve("vocab.json"), "{}");

    assertThat(cli("--input @lone.bpe --output @none").err())
        .startsWith("hope: Missing option [--vocabulary]: ")
        .contains(" has both encoder.json and vocab.json beside it. ");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  private Cli cli(String options) {
    return run("convert-tokenizer " + options);
  }

  private Cli run(String commandLine) {
    return Cli.run(
        Stream.of(commandLine.split(" ", -1))
            .map(word -> word.startsWith("@") ? directory.resolve(word.substring(1)) : word)
            .map(Object::toString)
            .toArray(String[]::new));
  }

  private String digest(String name) throws IOException {
    return Tokenizer.read(Files.newInputStream(directory.resolve(name))).digest();
  }

  private static Path shared(String name) {
    String folder = System.getProperty("hope.data", "../../shared/data");
    Path file = Path.of(folder, name).toAbsolutePath();
    assumeTrue(Files.exists(file), "skipped: no " + file);
    return file;
  }

  private static String line(byte[] token, int rank) {
    return Base64.getEncoder().encodeToString(token) + " " + rank + "\n";
  }
}
