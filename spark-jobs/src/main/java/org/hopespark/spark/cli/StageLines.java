// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hopespark.data.PrepareResult;
import org.hopespark.data.TokenizeResult;
import org.hopespark.data.TrainTokenizerResult;
import org.hopespark.data.VerifyResult;
import org.hopespark.spark.report.Numbers;
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
    terminal.line(
        "train-tokenizer",
        "vocabulary %s from %s pieces (%s distinct), %s"
            .formatted(
                Numbers.count(result.vocabularySize()),
                Numbers.count(result.pieces()),
                Numbers.count(result.distinctPieces()),
                Numbers.bytes(result.bytes())));
    terminal.line("tokenizer", result.output());
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
    return new TreeMap<>(counts)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " " + Numbers.count(entry.getValue()))
            .collect(Collectors.joining(", "));
  }
}
