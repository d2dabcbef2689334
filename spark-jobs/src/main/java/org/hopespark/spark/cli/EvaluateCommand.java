// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.evaluate.EvaluateCheckpoint;
import org.hopespark.spark.evaluate.Evaluation;
import org.hopespark.spark.report.DataSummary;
import org.hopespark.spark.report.RunDirectory;
import org.hopespark.spark.report.TextFiles;
import org.hopespark.spark.train.SavedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hope evaluate}. */
@Command(name = "evaluate", description = "Scores a checkpoint on tasks, beside baselines.")
final class EvaluateCommand implements Callable<Integer> {
  private static final List<String> TASKS = List.of("validation");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Terminal terminal;

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint, or output of hope train: then its newest one.")
  String checkpoint;

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      defaultValue = "validation",
      description = "Tasks, separated by commas. There is: validation. Default: ${DEFAULT-VALUE}.")
  List<String> tasks;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Dataset to score on. Default: the one that the checkpoint was trained on.")
  String data;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "results.json to create.")
  String output;

  @Mixin ClusterOptions cluster;

  EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    for (String task : tasks) {
      if (!TASKS.contains(task)) {
        throw new InvalidUsageException(
            "Invalid task [%s]: there is no such task. Use %s."
                .formatted(task, String.join(", ", TASKS)));
      }
    }

    Configuration hadoop = new Configuration();
    TextFiles files = new TextFiles(hadoop);
    Outputs.requireAbsent(files, output);
    SavedModel saved = SavedModel.find(hadoop, checkpoint);
    String dataset = data == null ? trainedOn(hadoop, saved) : data;
    try (SparkSession spark = cluster.open()) {
      Evaluation evaluation =
          new EvaluateCheckpoint(spark).checkpoint(saved.path()).data(dataset).execute();
      files.create(output, JSON.writeValueAsString(Map.of("validation", evaluation)) + "\n");
      new RunLines(terminal).evaluated(evaluation.validation(), evaluation.baselines());
    }

    terminal.line("results", output);
    return ExitCodes.DONE;
  }

  private static String trainedOn(Configuration hadoop, SavedModel saved) {
    return new RunDirectory(hadoop, saved.runDirectory())
        .data()
        .map(DataSummary::dataset)
        .orElseThrow(
            () ->
                new InvalidUsageException(
                    "Missing --data [none given]: %s has no data.json that would name the dataset. Give --data DIR."
                        .formatted(saved.runDirectory())));
  }
}
