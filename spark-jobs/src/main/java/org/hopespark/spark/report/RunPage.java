// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.hopespark.spark.report.RunSummary.LevelTraffic;
import org.hopespark.spark.report.RunSummary.Validation;

/**
 * The report of one run, in the order of a reader's questions: did it learn, on what, how fast,
 * what did the levels do, what ran.
 */
final class RunPage {
  private final Run run;
  private final RunSummary summary;

  RunPage(Run run) {
    this.run = run;
    this.summary = run.summary();
  }

  String html() {
    return new Page(
            run.name(),
            "%s parameters trained on %s tokens by %s in %s"
                .formatted(
                    Numbers.count(summary.parameters()),
                    Numbers.count(summary.tokens()),
                    workers(),
                    Numbers.duration(summary.trainSeconds())))
        .block(tiles())
        .section("Loss", lossSection())
        .section("Validation", validationSection())
        .section("Throughput", throughputSection())
        .section("Levels", levelsSection())
        .section("Sample", sampleSection())
        .section("Data", dataSection())
        .section("What ran", ranSection())
        .html();
  }

  private String workers() {
    return summary.workers() == 1 ? "1 worker" : Numbers.count(summary.workers()) + " workers";
  }

  private String tiles() {
    Tiles tiles = new Tiles();
    Validation validation = summary.validation();
    if (validation != null) {
      tiles.tile("Validation loss", Numbers.decimal(validation.loss(), 3), "nats per token");
      tiles.tile("Perplexity", Numbers.decimal(validation.perplexity(), 1), "per token");
      tiles.tile("Bits per byte", Numbers.decimal(validation.bitsPerByte(), 3), "of text");
    } else {
      tiles.tile("Training loss", Numbers.decimal(summary.trainLoss(), 3), "nats per token");
    }

    tiles.tile(
        "Throughput", Numbers.count(Math.round(summary.tokensPerSecond())), "tokens per second");
    tiles.tile(
        "Replicas",
        summary.replicaHashesAgree() ? "agree" : "DIFFER",
        "compared at every synchronisation");
    tiles.tile("Memory", Numbers.bytes(summary.peakRssBytes()), "peak of one process");
    return tiles.html();
  }

  private String lossSection() {
    return Charts.loss(run)
        + Page.note(
            "Thin line: as logged; thick line: moving average. Each tick under the plot is one update of that level; a level that is updated too often"
                + " to tell ticks apart has no row. One step is %s tokens."
                    .formatted(Numbers.count(run.tokensPerStep())));
  }

  private String validationSection() {
    if (summary.validation() == null || summary.baselines() == null) {
      return Page.paragraph(
          "Not evaluated: the dataset holds no validation window of this sequence length.");
    }

    double gain = summary.baselines().unigramLoss() - summary.validation().loss();
    return Charts.validation(summary)
        + Page.note(
            "Nats per token over the same %s targets; lower is better. The model is %s nats %s the unigram baseline. Uniform: every token equally likely."
                    .formatted(
                        Numbers.count(summary.validation().tokens()),
                        Numbers.decimal(Math.abs(gain), 3),
                        gain >= 0 ? "below" : "above")
                + " Unigram: frequencies of the training split with one added to each count. Bits per byte leave end-of-text targets out: they have no bytes.");
  }

  private String throughputSection() {
    return Charts.throughput(run)
        + Page.note(
            "%s tokens in %s of training; %s for the whole command.%s"
                .formatted(
                    Numbers.count(summary.tokens()),
                    Numbers.duration(summary.trainSeconds()),
                    Numbers.duration(summary.wallSeconds()),
                    checkpoints()));
  }

  /** The last line of metrics.jsonl knows no checkpoint after it. */
  private String checkpoints() {
    double seconds =
        run.metrics().isEmpty()
            ? 0
            : run.metrics().get(run.metrics().size() - 1).checkpointSeconds();
    return seconds > 0
        ? " Checkpoints, but for the last one, held training up for %s s."
            .formatted(Numbers.decimal(seconds, 1))
        : "";
  }

  private String levelsSection() {
    Table table =
        new Table()
            .text("level")
            .figures("parameters")
            .figures("period")
            .figures("C(l), tokens")
            .figures("updates")
            .figures("synchronisations")
            .figures("bytes sent")
            .figures("predicted")
            .figures("difference")
            .figures("exchanging, s")
            .figures("waiting, s");
    for (LevelTraffic level : summary.levels()) {
      table.row(
          level.name(),
          Numbers.count(level.parameters()),
          Numbers.count(level.period()),
          Numbers.count(level.period() * run.tokensPerStep()),
          Numbers.count(level.updates()),
          Numbers.count(level.synchronisations()),
          Numbers.count(level.bytesSent()),
          Numbers.count(level.bytesPredicted()),
          difference(level),
          seconds(level, MetricsPoint::exchangeSeconds),
          seconds(level, MetricsPoint::waitSeconds));
    }

    return table.html()
        + Page.note(
            "Period: training chunks between two updates. C(l): tokens of all streams between two updates. Bytes: put on the wire by all workers"
                + " together, beside what the volume formula says. Exchanging: seconds of a worker in averagings, with waiting for the last one to come,"
                + " as metrics.jsonl counts them.");
  }

  private String seconds(LevelTraffic level, Function<MetricsPoint, Map<String, Double>> figures) {
    return Numbers.decimal(
        run.metrics().stream()
            .map(point -> figures.apply(point).get(level.name()))
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .sum(),
        2);
  }

  private static String difference(LevelTraffic level) {
    if (level.bytesPredicted() == 0) {
      return level.bytesSent() == 0 ? "none" : "-";
    }

    return Numbers.decimal(
            100.0 * (level.bytesSent() - level.bytesPredicted()) / level.bytesPredicted(), 2)
        + " %";
  }

  private String sampleSection() {
    return run.sample()
        .map(
            sample ->
                "<blockquote><span class=\"prompt\">%s</span>%s</blockquote>\n"
                        .formatted(Html.escape(sample.prompt()), Html.escape(sample.continuation()))
                    + Page.note(
                        "The prompt stands in bold; the rest is the model's. Temperature %s, top %s, seed %s."
                            .formatted(
                                Numbers.decimal(sample.temperature(), 2),
                                sample.topK() == 0
                                    ? "all tokens"
                                    : Numbers.count(sample.topK()) + " tokens",
                                sample.seed())))
        .orElseGet(
            () ->
                Page.paragraph(
                    "No sample was kept. hope generate --checkpoint DIR --prompt TEXT writes one to the terminal."));
  }

  private String dataSection() {
    return run.data()
        .map(RunPage::data)
        .orElseGet(() -> Page.paragraph("The run directory holds no data.json."));
  }

  private static String data(DataSummary data) {
    Table splits =
        new Table()
            .text("split")
            .figures("documents")
            .figures("bytes of text")
            .figures("tokens")
            .figures("bytes per token");
    TreeSet<String> names = new TreeSet<>(data.tokensBySplit().keySet());
    names.addAll(data.documentsBySplit().keySet());
    for (String split : names) {
      Long documents = data.documentsBySplit().get(split);
      Long bytes = data.bytesBySplit().get(split);
      Long tokens = data.tokensBySplit().get(split);
      splits.row(
          split,
          count(documents),
          count(bytes),
          count(tokens),
          bytes == null || tokens == null || tokens == 0
              ? "-"
              : Numbers.decimal((double) bytes / tokens, 2));
    }

    StringBuilder html = new StringBuilder(splits.html());
    if (data.recordsRead() > 0) {
      Table drops = new Table().text("reason").figures("records");
      long dropped = 0;
      for (Map.Entry<String, Long> reason : new TreeMap<>(data.droppedByReason()).entrySet()) {
        drops.row(reason.getKey(), Numbers.count(reason.getValue()));
        dropped += reason.getValue();
      }

      html.append("<h3>Dropped records</h3>\n").append(dropped == 0 ? "" : drops.html());
      html.append(
          Page.note(
              "%s records read, %s kept, %s dropped; each dropped record has one reason."
                  .formatted(
                      Numbers.count(data.recordsRead()),
                      Numbers.count(data.recordsRead() - dropped),
                      Numbers.count(dropped))));
    }

    return html.append(
            Page.note(
                "Dataset %s, vocabulary of %s tokens, at %s"
                    .formatted(
                        data.datasetId(), Numbers.count(data.vocabularySize()), data.dataset())))
        .toString();
  }

  private static String count(Long value) {
    return value == null ? "-" : Numbers.count(value);
  }

  private String ranSection() {
    Table table = new Table().text("").text("");
    table.row("command", summary.command());
    table.row("git revision", summary.gitRevision());
    table.row("seed", Long.toString(summary.seed()));
    table.row("parameters digest", String.valueOf(summary.parametersDigest()));
    run.environment().forEach(table::row);
    String config =
        run.config()
            .map(
                yaml ->
                    "<details open><summary>Configuration, resolved</summary><pre>%s</pre></details>\n"
                        .formatted(Html.escape(yaml)))
            .orElse("");
    return "<div class=\"facts\">" + table.html() + "</div>" + config;
  }
}
