// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.PrepareDocuments;
import org.hopespark.data.TokenizeDocuments;
import org.hopespark.data.TrainTokenizer;
import org.hopespark.model.config.RunConfig;

/** A data set and a configuration small enough that a run takes a second. */
final class TinyRun {
  static final int VOCABULARY = 300;

  private static final String YAML =
      """
      seed: 11
      model:
        vocab-size: 300
        dim: 16
        layers: 1
        heads: 2
        memory: { chunk: 8, projection-chunk: 8 }
        core: { period: 1 }
        cms: [ { name: fast, period: 1 }, { name: mid, period: 3 }, { name: slow, period: 5 } ]
      training: { sequence-length: 16, batch-size: 2, steps: 12, warmup-steps: 2, virtual-shards: 4, log-every: 4 }
      optimizer: { learning-rate: 0.01 }
      sync: { workers: 2, timeout-seconds: 20 }
      checkpoint: { every-steps: 12, keep: 3 }
      """;

  private TinyRun() {}

  static RunConfig config(String... overrides) {
    return RunConfig.read(
        new ByteArrayInputStream(YAML.getBytes(StandardCharsets.UTF_8)), List.of(overrides));
  }

  /** Makes a data set of random words below {@code dir}. */
  static String dataset(SparkSession spark, Path dir, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> texts = new ArrayList<>();
    for (int file = 0; file < 40; file++) {
      StringBuilder text = new StringBuilder();
      for (int word = 0; word < 300; word++) {
        text.append("word").append(random.nextInt(50)).append(word % 12 == 11 ? ".\n" : " ");
      }
      Path path = dir.resolve("text-" + file + ".txt");
      Files.writeString(path, text);
      texts.add(path.toString());
    }
    String documents = dir.resolve("documents").toString();
    new PrepareDocuments(spark).inputs(texts).output(documents).execute();
    String tokenizer = dir.resolve("tokenizer.json").toString();
    new TrainTokenizer(spark)
        .input(documents)
        .vocabularySize(VOCABULARY)
        .output(tokenizer)
        .execute();
    String shards = dir.resolve("shards").toString();
    new TokenizeDocuments(spark).input(documents).tokenizer(tokenizer).output(shards).execute();
    return shards;
  }

  /** The tensor files of a checkpoint, in order of names. */
  static List<Path> tensors(String checkpoint) {
    try (Stream<Path> files = Files.list(Path.of(checkpoint))) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of parameters and of optimizer state, which ranks write in parts. */
  static List<String> digests(String checkpoint) throws IOException {
    SavedModel.Verified verified = SavedModel.find(new Configuration(), checkpoint).verify();
    return List.of(verified.parametersDigest(), verified.stateDigest());
  }

  static void assertSameTensors(TrainResult one, TrainResult other) throws IOException {
    assertThat(digests(one.checkpoint())).isEqualTo(digests(other.checkpoint()));
  }

  static List<JsonNode> metrics(Path run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }
}
