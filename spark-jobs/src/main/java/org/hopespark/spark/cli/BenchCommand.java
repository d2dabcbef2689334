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
    description = "Measures one train step: speed, share of the products' peak, where time goes.")
final class BenchCommand implements Callable<Integer> {
  private static final String SPLIT = "train";

  private final Terminal terminal;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration, YAML, or the name of a preset, such as bench-hope-256.")
  String configFile;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Dataset to take token ids from. Default: random ids.")
  String data;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads, at most one per virtual shard. Default: as many cores as can be used so.")
  Integer threads;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "3",
      description = "Steps before the timed ones. Default: ${DEFAULT-VALUE}.")
  int warmup;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description = "Timed steps; as many again are profiled. Default: ${DEFAULT-VALUE}.")
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

    return ExitCodes.DONE;
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
