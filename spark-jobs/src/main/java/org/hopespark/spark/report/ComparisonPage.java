// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.List;
import java.util.function.Function;

/**
 * Several runs beside each other: one table of figures, one chart of losses, and where their
 * configurations differ.
 */
final class ComparisonPage {
  private final List<Run> runs;
  private final List<String> names;

  ComparisonPage(List<Run> runs) {
    this.runs = runs;
    long distinct = runs.stream().map(Run::name).distinct().count();
    this.names = runs.stream().map(distinct == runs.size() ? Run::name : Run::directory).toList();
  }

  String html() {
    return new Page("Comparison of " + runs.size() + " runs", String.join(", ", names))
        .section("Figures", figures())
        .section(
            "Loss",
            Charts.losses(runs, names) + Page.note("Moving averages of the logged training loss."))
        .section("Configuration", differences())
        .html();
  }

  private String figures() {
    Table table = new Table().text("");
    names.forEach(table::figures);
    row(
        table,
        "validation loss",
        run -> run.validation() == null ? "-" : Numbers.decimal(run.validation().loss(), 4));
    row(
        table,
        "perplexity",
        run -> run.validation() == null ? "-" : Numbers.decimal(run.validation().perplexity(), 2));
    row(
        table,
        "bits per byte",
        run -> run.validation() == null ? "-" : Numbers.decimal(run.validation().bitsPerByte(), 4));
    row(
        table,
        "unigram loss",
        run -> run.baselines() == null ? "-" : Numbers.decimal(run.baselines().unigramLoss(), 4));
    row(table, "training loss", run -> Numbers.decimal(run.trainLoss(), 4));
    row(table, "parameters", run -> Numbers.count(run.parameters()));
    row(table, "workers", run -> Numbers.count(run.workers()));
    row(table, "steps", run -> Numbers.count(run.steps()));
    row(table, "tokens", run -> Numbers.count(run.tokens()));
    row(table, "tokens per second", run -> Numbers.count(Math.round(run.tokensPerSecond())));
    row(table, "training time", run -> Numbers.duration(run.trainSeconds()));
    row(
        table,
        "bytes sent",
        run ->
            Numbers.bytes(
                run.levels().stream().mapToLong(RunSummary.LevelTraffic::bytesSent).sum()));
    row(table, "peak memory", run -> Numbers.bytes(run.peakRssBytes()));
    row(table, "parameters digest", run -> shortened(run.parametersDigest()));
    return table.html() + Page.note("Equal parameters digests mean equal models, bit for bit.");
  }

  private void row(Table table, String name, Function<RunSummary, String> figure) {
    String[] cells = new String[runs.size() + 1];
    cells[0] = name;
    for (int i = 0; i < runs.size(); i++) {
      cells[i + 1] = figure.apply(runs.get(i).summary());
    }

    table.row(cells);
  }

  private static String shortened(String digest) {
    return digest == null ? "-" : digest.substring(0, Math.min(12, digest.length()));
  }

  private String differences() {
    Table table = new Table().text("key");
    names.forEach(table::text);
    ConfigDifferences differences =
        new ConfigDifferences(runs.stream().map(run -> run.config().orElse("")).toList());
    differences.rows().forEach(row -> table.row(row.toArray(new String[0])));
    return differences.rows().isEmpty()
        ? Page.paragraph("The configurations are equal.")
        : table.html();
  }
}
