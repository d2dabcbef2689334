// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.RunDirectory;
import org.hopespark.spark.report.RunSummary;
import org.hopespark.spark.report.Table;
import org.hopespark.spark.train.RunCheckpoints;
import org.hopespark.spark.train.RunCheckpoints.Entry;
import org.hopespark.spark.train.SavedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hope checkpoints}. */
@Command(name = "checkpoints", description = "Lists the checkpoints of a run, and verifies them.")
final class CheckpointsCommand implements Callable<Integer> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Terminal terminal;
  private final Configuration hadoop = new Configuration();

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "Output of hope train or hope quickstart.")
  String run;

  @Option(
      names = "--verify",
      description = "Read every file against its digest; ends with 3 at the first bad one.")
  boolean verify;

  @Option(names = "--json", description = "Print JSON instead of lines.")
  boolean json;

  CheckpointsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * One checkpoint as {@code --json} prints it.
   *
   * @param validationLoss null where this one was not scored
   * @param verified null unless asked for
   */
  record Row(Entry checkpoint, Double validationLoss, SavedModel.Verified verified) {}

  @Override
  public Integer call() throws IOException {
    List<Entry> entries = new RunCheckpoints(hadoop, run).list();
    if (entries.isEmpty()) {
      throw new InvalidUsageException(
          "Missing checkpoint [%s]: there is none in checkpoints/ below it. Give the --output of hope train."
              .formatted(run));
    }

    Optional<RunSummary> summary = new RunDirectory(hadoop, run).summary();
    List<Row> rows = new ArrayList<>();
    for (Entry entry : entries) {
      rows.add(new Row(entry, validationLoss(entry, summary), null));
    }

    if (!json) {
      print(rows);
    }

    if (verify) {
      rows.replaceAll(this::verified);
    }

    if (json) {
      terminal.out().println(text(rows));
    }

    return ExitCodes.DONE;
  }

  private Row verified(Row row) {
    if (!row.checkpoint().committed()) {
      return row;
    }

    try {
      SavedModel.Verified verified = SavedModel.find(hadoop, row.checkpoint().path()).verify();
      if (!json) {
        terminal.line(
            "verified",
            "step %s: parameters %s, optimizer state %s"
                .formatted(
                    Numbers.count(row.checkpoint().step()),
                    verified.parametersDigest(),
                    verified.stateDigest()));
      }

      return new Row(row.checkpoint(), row.validationLoss(), verified);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The summary scores one checkpoint, the last; others have other parameters. */
  private static Double validationLoss(Entry entry, Optional<RunSummary> summary) {
    return summary
        .filter(scored -> scored.validation() != null)
        .filter(scored -> scored.parametersDigest().equals(entry.parametersDigest()))
        .map(scored -> scored.validation().loss())
        .orElse(null);
  }

  private void print(List<Row> rows) {
    Table table =
        new Table()
            .figures("step")
            .text("written")
            .figures("workers")
            .figures("size")
            .figures("train loss")
            .figures("validation loss")
            .text("state");
    for (Row row : rows) {
      Entry entry = row.checkpoint();
      table.row(
          Numbers.count(entry.step()),
          entry.committed() ? entry.written() : "-",
          entry.committed() ? Numbers.count(entry.workers()) : "-",
          Numbers.bytes(entry.bytes()),
          loss(entry.trainLoss()),
          loss(row.validationLoss()),
          entry.committed() ? "committed" : "left over");
    }

    terminal.table(table);
  }

  private static String loss(Double value) {
    return value == null ? "-" : Numbers.decimal(value, 4);
  }

  private static String text(List<Row> rows) {
    try {
      return JSON.writeValueAsString(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
