// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.TokenDataset;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.evaluate.EvaluateCheckpoint;
import org.hopespark.spark.evaluate.Evaluation;
import org.hopespark.spark.report.DataSummary;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.RunDirectory;
import org.hopespark.spark.report.RunSummary;
import org.hopespark.spark.report.RunSummary.LevelTraffic;
import org.hopespark.spark.report.RunSummary.Workers;
import org.hopespark.spark.report.WriteReport;
import org.hopespark.spark.tensorboard.TensorBoardFiles;
import org.hopespark.spark.train.Resume;
import org.hopespark.spark.train.TrainModel;
import org.hopespark.spark.train.TrainResult;
import org.hopespark.spark.train.WorkerMemory;

/**
 * Training as the commands do it: train, score the last checkpoint on the validation split, and
 * leave the files of a run in its directory.
 */
final class TrainingRun {
  private static final double MILLIS = 1e3;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Terminal terminal;
  private final String command;
  private final long startNanos;

  /** Takes the command line as it was given, and when it began. */
  TrainingRun(SparkSession spark, Terminal terminal, String command, long startNanos) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.terminal = terminal;
    this.command = command;
    this.startNanos = startNanos;
  }

  /** What training left, before its summary is written. */
  record Trained(TrainResult result, Evaluation evaluation) {}

  /** Trains and scores. The evaluation is null where the dataset has no validation window. */
  Trained train(RunConfig config, String data, String output, Resume resume) {
    TrainResult result =
        new TrainModel(spark)
            .config(config)
            .data(data)
            .output(output)
            .resume(resume)
            .progress(new ProgressLines(terminal))
            .execute();
    terminal.line(
        "train",
        "%s steps, %s tokens in %s (%s tokens per second), loss %s"
            .formatted(
                Numbers.count(result.steps()),
                Numbers.count(result.tokens()),
                Numbers.duration(result.trainSeconds()),
                Numbers.count(Math.round(result.tokens() / result.trainSeconds())),
                Numbers.decimal(result.trainLoss(), 3)));
    terminal.line("checkpoint", result.checkpoint());
    return new Trained(result, evaluate(config, data, result));
  }

  private Evaluation evaluate(RunConfig config, String data, TrainResult result) {
    try (TokenDataset dataset = TokenDataset.open(hadoop, data)) {
      if (dataset.windows(EvaluateCheckpoint.SPLIT, config.training().sequenceLength()) == 0) {
        terminal.line(
            "evaluate",
            "nothing to score: the validation split has not one window of %d tokens"
                .formatted(config.training().sequenceLength() + 1));
        return null;
      }
    }

    Evaluation evaluation =
        new EvaluateCheckpoint(spark).checkpoint(result.checkpoint()).data(data).execute();
    new RunLines(terminal).evaluated(evaluation.validation(), evaluation.baselines());
    return evaluation;
  }

  /**
   * Writes the files of the run, the report, and prints the figures; the path of the report is the
   * last line.
   */
  RunSummary finish(RunConfig config, DataSummary data, Trained trained, String output) {
    String report = Storage.display(Storage.qualified(hadoop, output)) + "/report.html";
    RunDirectory directory = new RunDirectory(hadoop, output);
    directory.writeConfig(config.toYaml());
    Map<String, String> environment = Environment.facts(spark);
    environment.put(
        "memory of a worker", WorkerMemory.plan(config, spark.sparkContext().getConf()).describe());
    directory.writeEnvironment(environment);
    directory.writeData(data);
    RunSummary summary = summary(config, trained, report);
    directory.writeSummary(summary);
    tensorBoard(summary, output);
    new WriteReport(hadoop).runs(List.of(output)).output(report).replaceExisting().execute();
    new RunLines(terminal).figures(summary);
    terminal.out().println(report);
    return summary;
  }

  private void tensorBoard(RunSummary summary, String output) {
    if (summary.validation() == null) {
      return;
    }

    try {
      new TensorBoardFiles(hadoop, Storage.qualified(hadoop, output))
          .writeValidation(
              System.currentTimeMillis() / MILLIS,
              summary.steps(),
              Map.of(
                  "loss", summary.validation().loss(),
                  "perplexity", summary.validation().perplexity(),
                  "bitsPerByte", summary.validation().bitsPerByte()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write into [%s]: %s".formatted(output, e.getMessage()), e);
    }
  }

  private RunSummary summary(RunConfig config, Trained trained, String report) {
    TrainResult result = trained.result();
    Evaluation evaluation = trained.evaluation();
    return new RunSummary(
        command,
        Environment.gitRevision(),
        config.seed(),
        config.sync().workers(),
        result.steps(),
        result.tokens(),
        (System.nanoTime() - startNanos) / 1e9,
        result.trainSeconds(),
        result.tokens() / result.trainSeconds(),
        result.parameters(),
        result.parametersDigest(),
        result.trainLoss(),
        evaluation == null ? null : evaluation.validation(),
        evaluation == null ? null : evaluation.baselines(),
        result.levels().stream()
            .map(
                level ->
                    new LevelTraffic(
                        level.name(),
                        level.parameters(),
                        level.period(),
                        level.updates(),
                        level.synchronisations(),
                        level.bytesSent(),
                        level.bytesPredicted()))
            .toList(),
        result.replicaHashesAgree(),
        result.peakRssBytes(),
        result.workers().stream()
            .map(span -> new Workers(span.from(), span.to(), span.workers()))
            .toList(),
        report);
  }
}
