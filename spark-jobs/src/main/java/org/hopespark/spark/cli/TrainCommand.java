// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.DataSummary;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.train.ClusterLinks;
import org.hopespark.spark.train.Resume;
import org.hopespark.spark.train.WorkerMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hope train}. */
@Command(
    name = "train",
    description = "Trains a model on the workers of a cluster, scores it, and reports.")
final class TrainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description =
          "Configuration, YAML, or the name of a preset; every key has a default (docs/configuration.md).")
  String configFile;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Dataset that hope tokenize wrote.")
  String data;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the run.")
  String output;

  @Option(
      names = "--resume",
      paramLabel = "RULE",
      defaultValue = "never",
      description =
          "auto: go on from the newest checkpoint in --output. never: refuse an output that holds anything. Default: ${DEFAULT-VALUE}.")
  String resume;

  @Option(
      names = "--dry-run",
      description = "Check configuration and data, say what would be trained, and stop.")
  boolean dryRun;

  @Mixin ConfigOptions overrides;

  @Mixin ClusterOptions cluster;

  @Spec CommandSpec spec;

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    long startNanos = System.nanoTime();
    Resume rule = rule(resume);
    RunConfig config;
    try (InputStream in = new Inputs(terminal).config(configFile)) {
      config = RunConfig.read(in, overrides.all());
    }

    DataSummary summary = Datasets.summary(new Configuration(), data, config);
    terminal.out().print(config.toYaml());
    plan(config, summary);
    if (dryRun) {
      return ExitCodes.DONE;
    }

    try (SparkSession spark = cluster.open(config.sync().workers())) {
      ClusterLinks.warning(spark.sparkContext().getConf(), config.sync().workers())
          .ifPresent(warning -> terminal.line("warning", warning));
      TrainingRun run = new TrainingRun(spark, terminal, CommandLines.given(spec), startNanos);
      run.finish(config, summary, run.train(config, data, output, rule), output);
    }

    return ExitCodes.DONE;
  }

  private void plan(RunConfig config, DataSummary summary) {
    long tokensPerStep =
        (long) config.training().sequenceLength()
            * config.training().batchSize()
            * config.training().virtualShards();
    terminal.line(
        "model",
        "%s parameters in %d levels"
            .formatted(
                Numbers.count(new ParameterLayout(config.model()).size()),
                config.model().cms().size() + 1));
    terminal.line(
        "plan",
        "%s steps of %s tokens are %s tokens, %s passes over the train split of %s"
            .formatted(
                Numbers.count(config.training().steps()),
                Numbers.count(tokensPerStep),
                Numbers.count(config.training().steps() * tokensPerStep),
                Numbers.decimal(
                    (double) config.training().steps()
                        * tokensPerStep
                        / summary.tokensBySplit().get("train"),
                    1),
                Numbers.count(summary.tokensBySplit().get("train"))));
    RunLines lines = new RunLines(terminal);
    lines.memory(config, WorkerMemory.plan(config, cluster.settings(config.sync().workers())));
    lines.averaging(config);
  }

  private static Resume rule(String name) {
    return switch (name) {
      case "auto" -> Resume.AUTO;
      case "never" -> Resume.NEVER;
      default ->
          throw new InvalidUsageException(
              "Invalid --resume [%s]: there is no such rule. Use auto or never.".formatted(name));
    };
  }
}
