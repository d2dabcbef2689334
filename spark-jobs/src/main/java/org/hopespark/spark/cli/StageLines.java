// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hopespark.data.PrepareResult;
import org.hopespark.data.TokenizeResult;
import org.hopespark.data.TokenizerReport;
import org.hopespark.data.TrainTokenizerResult;
import org.hopespark.data.VerifyResult;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.Table;
import org.hopespark.spark.train.SavedModel;

/** What the stages of the data print when they are done. */
final class StageLines {
  private final Terminal terminal;

  StageLines(Terminal terminal) {
    this.terminal = terminal;
  }

  void prepared(PrepareResult result) {
    long dropped = result.droppedByReason().values().stream().mapToLong(Long::longValue).sum();
    terminal.line(
        "prepare",
        "%s documents, %s (%s); %s of %s records dropped%s%s"
            .formatted(
                Numbers.count(result.documents()),
                Numbers.bytes(result.bytes()),
                counts(result.documentsBySplit()),
                Numbers.count(dropped),
                Numbers.count(result.recordsRead()),
                dropped == 0 ? "" : ": " + counts(result.droppedByReason()),
                again(result.reused())));
    terminal.line("documents", result.output());
  }

  void trained(TrainTokenizerResult result) {
    TokenizerReport report = result.report();
    terminal.line(
        "train-tokenizer",
        "vocabulary %s from %s pieces (%s distinct), %s in %s documents%s"
            .formatted(
                Numbers.count(report.vocabularySize()),
                Numbers.count(report.pieces()),
                Numbers.count(report.distinctPieces()),
                Numbers.bytes(report.bytes()),
                Numbers.count(report.documents()),
                leftOut(report)));
    if (!report.config().domainWeights().isEmpty()) {
      terminal.line(
          "sample",
          "shares of documents: %s; seed %d"
              .formatted(joined(report.config().domainWeights()), report.config().seed()));
    }

    if (report.exceedsHuggingFaceCounts()) {
      terminal.line(
          "train-tokenizer",
          "a pair occurs %s times; Hugging Face's trainer counts to 2^31 - 1 and would learn other merges"
              .formatted(Numbers.count(report.largestPairCount())));
    }

    if (!report.heldOut().isEmpty()) {
      terminal.table(heldOut(report));
    }

    terminal.line("tokenizer", result.output());
    terminal.line("report", result.reportFile());
  }

  private static String leftOut(TokenizerReport report) {
    return report.config().maxPieceBytes() == 0
        ? ""
        : "; left out %s pieces (%s) longer than %s bytes"
            .formatted(
                Numbers.count(report.longPieces()),
                Numbers.bytes(report.longPieceBytes()),
                Numbers.count(report.config().maxPieceBytes()));
  }

  private static Table heldOut(TokenizerReport report) {
    Table table =
        new Table()
            .text("held-out domain")
            .figures("documents")
            .figures("bytes")
            .figures("tokens")
            .figures("bytes/token");
    report
        .heldOut()
        .forEach(
            (domain, heldOut) ->
                table.row(
                    domain,
                    Numbers.count(heldOut.documents()),
                    Numbers.bytes(heldOut.bytes()),
                    Numbers.count(heldOut.tokens()),
                    Numbers.decimal(heldOut.bytesPerToken(), 3)));
    return table;
  }

  void tokenized(TokenizeResult result) {
    long tokens = result.tokensBySplit().values().stream().mapToLong(Long::longValue).sum();
    terminal.line(
        "tokenize",
        "%s tokens (%s) in %s shards%s"
            .formatted(
                Numbers.count(tokens),
                counts(result.tokensBySplit()),
                Numbers.count(result.shards()),
                again(result.reused())));
    if (result.specialTexts() > 0) {
      terminal.line(
          "tokenize",
          "special tokens are spelled out %s times in the documents; kept as ordinary text"
              .formatted(Numbers.count(result.specialTexts())));
    }
    terminal.line("dataset", result.output());
  }

  void verified(VerifyResult result) {
    terminal.line(
        "verify",
        "%s: %s files, %s, %s tokens, all as the manifest says"
            .formatted(
                result.kind(),
                Numbers.count(result.files()),
                Numbers.bytes(result.bytes()),
                Numbers.count(result.tokens())));
  }

  void verified(SavedModel checkpoint, SavedModel.Verified verified) {
    terminal.line(
        "verify",
        "checkpoint of step %s: %s files, %s, all as the manifest says"
            .formatted(
                Numbers.count(checkpoint.step()),
                Numbers.count(checkpoint.files()),
                Numbers.bytes(verified.bytes())));
  }

  private static String again(boolean reused) {
    return reused ? "; found as they were, nothing done" : "";
  }

  private static String counts(Map<String, Long> counts) {
    Map<String, String> shown = new TreeMap<>();
    counts.forEach((name, count) -> shown.put(name, Numbers.count(count)));
    return joined(shown);
  }

  private static String joined(Map<String, ?> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }
}
