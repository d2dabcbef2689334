// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.PrepareDocuments;
import org.hopespark.data.PrepareResult;
import org.hopespark.data.TokenizeDocuments;
import org.hopespark.data.TokenizeResult;
import org.hopespark.data.TrainTokenizer;
import org.hopespark.data.TrainTokenizerResult;
import org.hopespark.data.VerifyDataset;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.cli.TrainingRun.Trained;
import org.hopespark.spark.report.DataSummary;
import org.hopespark.spark.report.RunDirectory;
import org.hopespark.spark.report.TextFiles;
import org.hopespark.spark.report.TextSample;
import org.hopespark.spark.train.Resume;
import org.hopespark.spark.train.SavedModel;
import org.hopespark.spark.train.WorkerMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hope quickstart}: every stage once, small, into one directory. */
@Command(
    name = "quickstart",
    description = "Runs everything once, small: corpus to trained model to report.")
final class QuickstartCommand implements Callable<Integer> {
  private static final String PRESET = "quickstart";
  private static final String SOURCE_PROMPT = "/** Returns the ";
  private static final String PROMPT = "The ";
  private static final int SAMPLE_TOKENS = 160;
  private static final Generation GENERATION = new Generation(0.8, 40, 1);

  private final Terminal terminal;

  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "PATH",
      description = "Corpus. Default: this repository's own documents and sources.")
  List<String> inputs;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Directory to create. Default: runs/quickstart-<time>.")
  String output =
      "runs/quickstart-"
          + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
              .format(LocalDateTime.now(ZoneId.systemDefault()));

  @Mixin ConfigOptions overrides;

  @Mixin ClusterOptions cluster;

  @Spec CommandSpec spec;

  QuickstartCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    long startNanos = System.nanoTime();
    Outputs.requireAbsent(new TextFiles(new Configuration()), output);
    List<String> corpus =
        inputs == null ? CheckoutFiles.list(System.getProperty("hope.home")) : inputs;
    RunConfig wanted = preset(overrides.all());
    try (SparkSession spark = cluster.open(wanted.sync().workers())) {
      PrepareResult documents =
          new PrepareDocuments(spark).inputs(corpus).output(output + "/documents").execute();
      StageLines lines = new StageLines(terminal);
      lines.prepared(documents);
      TrainTokenizerResult tokenizer =
          new TrainTokenizer(spark)
              .input(documents.output())
              .vocabularySize(wanted.model().vocabularySize())
              .output(output + "/tokenizer.json")
              .execute();
      lines.trained(tokenizer);
      TokenizeResult dataset =
          new TokenizeDocuments(spark)
              .input(documents.output())
              .tokenizer(tokenizer.output())
              .output(output + "/dataset")
              .execute();
      lines.tokenized(dataset);
      lines.verified(
          new VerifyDataset(spark.sparkContext().hadoopConfiguration())
              .path(dataset.output())
              .execute());
      train(spark, documents, tokenizer, dataset, startNanos);
    }

    return ExitCodes.DONE;
  }

  private void train(
      SparkSession spark,
      PrepareResult documents,
      TrainTokenizerResult tokenizer,
      TokenizeResult dataset,
      long startNanos)
      throws IOException {
    List<String> settings = new ArrayList<>(overrides.all());
    // A small corpus may have fewer pairs to merge than were asked for.
    settings.add("model.vocab-size=" + tokenizer.vocabularySize());
    RunConfig config = preset(settings);
    TrainingRun run = new TrainingRun(spark, terminal, CommandLines.given(spec), startNanos);
    new RunLines(terminal)
        .memory(config, WorkerMemory.plan(config, spark.sparkContext().getConf()));
    // The directory holds the stages so far, and no checkpoint: AUTO starts from the beginning.
    Trained trained = run.train(config, dataset.output(), output, Resume.AUTO);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    TextSample sample =
        GENERATION.sample(
            SavedModel.find(hadoop, trained.result().checkpoint()),
            inputs == null ? SOURCE_PROMPT : PROMPT,
            SAMPLE_TOKENS);
    new RunDirectory(hadoop, output).writeSample(sample);
    terminal.line(
        "generate",
        "%d characters after a prompt of %d"
            .formatted(sample.continuation().length(), sample.prompt().length()));
    run.finish(config, summary(documents, tokenizer, dataset), trained, output);
  }

  private static DataSummary summary(
      PrepareResult documents, TrainTokenizerResult tokenizer, TokenizeResult dataset) {
    return new DataSummary(
        dataset.output(),
        dataset.datasetId(),
        tokenizer.vocabularySize(),
        documents.recordsRead(),
        documents.documentsBySplit(),
        documents.bytesBySplit(),
        dataset.tokensBySplit(),
        documents.droppedByReason());
  }

  private static RunConfig preset(List<String> overrides) throws IOException {
    try (InputStream in = Presets.open(PRESET)) {
      return RunConfig.read(in, overrides);
    }
  }
}
