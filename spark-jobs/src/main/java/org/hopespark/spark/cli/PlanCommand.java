// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.hopespark.data.store.Json;
import org.hopespark.model.bench.WorkerSpeed;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.plan.Network;
import org.hopespark.spark.plan.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hope plan}. */
@Command(
    name = "plan",
    description =
        "Forecasts memory, bytes on the wire and the time of a step for numbers of workers.")
final class PlanCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration, YAML, or the name of a preset, such as 760m.")
  String configFile;

  @Option(
      names = "--workers",
      split = ",",
      paramLabel = "N",
      description = "Numbers of workers, 8,16,32 for example. Default: sync.workers.")
  List<Integer> workers = new ArrayList<>();

  @Option(
      names = "--bandwidth",
      split = ",",
      paramLabel = "RATE",
      defaultValue = "1Gbps,10Gbps,25Gbps",
      description = "Rates at which one worker sends. Default: ${DEFAULT-VALUE}.")
  List<String> bandwidths = new ArrayList<>();

  @Option(
      names = "--latency",
      paramLabel = "TIME",
      defaultValue = "0.2ms",
      description = "From one worker to another. Default: ${DEFAULT-VALUE}.")
  String latency;

  @Option(
      names = "--tokens-per-second",
      paramLabel = "X",
      description =
          "Speed of one worker without exchange. Default: measured here, which takes up to some minutes.")
  Double tokensPerSecond;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of one worker, at most one per virtual shard that it holds. Default: the cores of this machine.")
  Integer threads;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  boolean json;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key of the configuration; may be repeated.")
  List<String> overrides = new ArrayList<>();

  PlanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (threads != null && threads < 1) {
      throw new InvalidUsageException(
          "Invalid --threads [%d]: must be at least 1. Give a larger number.".formatted(threads));
    }
    if (tokensPerSecond != null && !(tokensPerSecond > 0)) {
      throw new InvalidUsageException(
          "Invalid --tokens-per-second [%s]: must be above 0. Leave it out to have it measured."
              .formatted(tokensPerSecond));
    }
    List<Network> networks =
        bandwidths.stream().map(bandwidth -> Network.parse(bandwidth, latency)).toList();
    List<RunConfig> configs = configs();
    Plan plan = Plan.of(configs, networks, speed(configs.get(0)));
    if (json) {
      terminal.out().write(Json.bytes(plan));
      terminal.out().flush();
    } else {
      new PlanLines(terminal).print(configs.get(0), plan);
    }

    return ExitCodes.DONE;
  }

  private List<RunConfig> configs() throws IOException {
    List<RunConfig> configs = new ArrayList<>();
    if (workers.isEmpty()) {
      configs.add(config(overrides));
    }
    for (int number : workers) {
      List<String> settings = new ArrayList<>(overrides);
      settings.add("sync.workers=" + number);
      configs.add(config(settings));
    }

    return configs;
  }

  private RunConfig config(List<String> settings) throws IOException {
    try (InputStream in = new Inputs(terminal).config(configFile)) {
      return RunConfig.read(in, settings);
    }
  }

  private WorkerSpeed speed(RunConfig config) throws InterruptedException {
    int shards = config.training().virtualShards() / config.sync().workers();
    int used =
        Math.min(shards, threads == null ? Runtime.getRuntime().availableProcessors() : threads);
    return tokensPerSecond == null
        ? WorkerSpeed.measure(config, shards, used)
        : new WorkerSpeed(tokensPerSecond, used, "as given");
  }
}
