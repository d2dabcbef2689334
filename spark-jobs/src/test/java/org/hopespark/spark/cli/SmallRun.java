// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The commands in their order on a small corpus, once for all tests of this process. */
final class SmallRun {
  static final int LENGTH = 32;
  static final String CONFIG =
      """
      model: { vocab-size: 300, dim: 16, layers: 1, heads: 2 }
      training: { sequence-length: 32, batch-size: 1, steps: 6, warmup-steps: 1, virtual-shards: 2, log-every: 2 }
      sync: { workers: 2 }
      """;

  private static final List<String> WORDS =
      List.of(
          "the", "model", "reads", "a", "line", "and", "slow", "levels", "wait", "their", "turn");

  private static SmallRun instance;

  private final Path work;
  final Cli prepared;
  final Cli trained;

  private SmallRun(Path work) throws IOException {
    this.work = work;
    corpus("corpus", 60);
    Files.writeString(work.resolve("config.yaml"), CONFIG);
    prepared = cli("prepare --input @corpus --output @documents --validation-share 0.2");
    assertThat(prepared.err()).isEmpty();
    assertThat(
            cli("train-tokenizer --input @documents --vocab-size 300 --output @tokenizer.json")
                .err())
        .isEmpty();
    assertThat(
            cli("tokenize --input @documents --tokenizer @tokenizer.json --output @dataset").err())
        .isEmpty();
    trained = cli("train --config @config.yaml --data @dataset --output @run --master local[2]");
    assertThat(trained.err()).isEmpty();
  }

  static synchronized SmallRun get() throws IOException {
    if (instance == null) {
      Path work = Files.createTempDirectory("hope-small-run");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work)));
      instance = new SmallRun(work);
    }

    return instance;
  }

  /** Runs a command line; {@code @name} stands for a path in the working directory. */
  Cli cli(String commandLine) {
    return Cli.run(
        Stream.of(commandLine.split(" ", -1))
            .map(word -> word.startsWith("@") ? path(word.substring(1)) : word)
            .toArray(String[]::new));
  }

  Path resolve(String name) {
    return work.resolve(name);
  }

  String path(String name) {
    return work.resolve(name).toString();
  }

  JsonNode json(String name) throws IOException {
    return new JsonMapper().readTree(Files.readAllBytes(work.resolve(name)));
  }

  void corpus(String name, int numDocuments) throws IOException {
    Files.createDirectories(work.resolve(name));
    Random random = new Random(numDocuments);
    for (int i = 0; i < numDocuments; i++) {
      StringBuilder text = new StringBuilder("Document ").append(i).append(".");
      for (int j = 0; j < 120; j++) {
        text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
      }

      Files.writeString(work.resolve(name).resolve(i + ".txt"), text.append('\n'));
    }
  }

  void copy(String from, String to) throws IOException {
    try (Stream<Path> files = Files.walk(work.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, work.resolve(to).resolve(work.resolve(from).relativize(file).toString()));
      }
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // The directory of a finished process; the system's own clean-up gets it.
    }
  }
}
