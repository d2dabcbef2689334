// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.TokenDataset;
import org.hopespark.data.store.Json;
import org.hopespark.model.bench.StepBenchmark;
import org.hopespark.model.bench.StepReport;
import org.hopespark.model.bench.TokenSource;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hope bench}. */
@Command(
    name = "bench",
    description = {
      "Measures one train step: speed, share of the products' peak, where time goes.",
      "With --tokenizer: measures the encoding of a text."
    })
final class BenchCommand implements Callable<Integer> {
  private static final String SPLIT = "train";

  private final Terminal terminal;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration, YAML, or the name of a preset, such as bench-hope-256.")
  String configFile;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "tokenizer.json to measure, instead of a configuration.")
  String tokenizer;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Text for the tokenizer; every line is a document.")
  String input;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Dataset to take token ids from. Default: random ids.")
  String data;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads, of a step at most one per virtual shard. Default: as many cores as can be used so.")
  Integer threads;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Steps, or passes over the text, before the timed ones. Default: ${DEFAULT-VALUE}.")
  int warmup;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Timed steps, of which as many again are profiled, or passes. Default: ${DEFAULT-VALUE}.")
  int steps;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  boolean json;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key of the configuration; may be repeated.")
  List<String> overrides = new ArrayList<>();

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireOneOrMore("--warmup", warmup);
    requireOneOrMore("--steps", steps);
    if ((configFile == null) == (tokenizer == null)) {
      throw new InvalidUsageException(
          configFile == null
              ? "Missing option [--config]: hope bench measures a configuration, or with --tokenizer a tokenizer. Give one of both."
              : "Invalid option [--tokenizer]: it excludes --config. Give one of both.");
    }

    if (tokenizer == null) {
      measureStep();
    } else {
      measureEncoding();
    }

    return ExitCodes.DONE;
  }

  private void measureEncoding() throws IOException, InterruptedException {
    if (data != null || !overrides.isEmpty()) {
      throw new InvalidUsageException(
          "Invalid option [%s]: it belongs to --config. Leave it out."
              .formatted(data == null ? "--set" : "--data"));
    }
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    requireOneOrMore("--threads", used);
    Inputs inputs = new Inputs(terminal);
    byte[] file;
    try (InputStream in = inputs.open(tokenizer)) {
      file = in.readAllBytes();
    }

    List<byte[]> documents = documents(inputs);
    EncodeReport report = new EncodeBenchmark(file, documents, used).run(warmup, steps);
    if (json) {
      terminal.out().write(Json.bytes(report));
      terminal.out().flush();
    } else {
      new EncodeLines(terminal).print(report);
    }
  }

  private List<byte[]> documents(Inputs inputs) throws IOException {
    if (input == null) {
      throw new InvalidUsageException(
          "Missing option [--input]: --tokenizer needs a text to encode. Give a file.");
    }
    List<byte[]> documents = new ArrayList<>();
    long bytes = 0;
    try (InputStream in = inputs.open(input)) {
      LineBytes lines = new LineBytes(in);
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        documents.add(line);
        bytes += line.length;
      }
    }
    if (bytes == 0) {
      throw new InvalidUsageException(
          "Invalid --input [%s]: it holds no text. Give a file with some.".formatted(input));
    }
    return documents;
  }

  private void measureStep() throws IOException, InterruptedException {
    if (input != null) {
      throw new InvalidUsageException(
          "Invalid option [--input]: it belongs to --tokenizer. Use --data for a dataset.");
    }
    RunConfig config;
    try (InputStream in = new Inputs(terminal).config(configFile)) {
      config = RunConfig.read(in, overrides);
    }

    int cores = Runtime.getRuntime().availableProcessors();
    int used = threads == null ? Math.min(cores, config.training().virtualShards()) : threads;
    requireOneOrMore("--threads", used);
    StepReport report;
    if (data == null) {
      report = measure(config, used, TokenSource.random(config.model().vocabularySize()));
    } else {
      Configuration hadoop = new Configuration();
      Datasets.summary(hadoop, data, config);
      try (TokenDataset dataset = TokenDataset.open(hadoop, data)) {
        report = measure(config, used, windows(config, dataset));
      }
    }

    if (json) {
      terminal.out().write(Json.bytes(report));
      terminal.out().flush();
    } else {
      new BenchLines(terminal).print(config, report);
    }
  }

  private StepReport measure(RunConfig config, int used, TokenSource source)
      throws InterruptedException {
    return new StepBenchmark(config, used, warmup, steps, source).run();
  }

  /** The windows of the train split one after the other, from the start again at their end. */
  private static TokenSource windows(RunConfig config, TokenDataset dataset) {
    int length = config.training().sequenceLength();
    int rows = config.training().batchSize();
    long windows = dataset.windows(SPLIT, length);
    return (step, shard, ids) -> {
      long first = ((step - 1) * config.training().virtualShards() + shard) * rows;
      for (int row = 0; row < rows; row++) {
        dataset.window(SPLIT, (first + row) % windows, length, ids, row * (length + 1));
      }
    };
  }

  private static void requireOneOrMore(String option, int value) {
    if (value < 1) {
      throw new InvalidUsageException(
          "Invalid %s [%d]: must be at least 1. Give a larger number.".formatted(option, value));
    }
  }
}
