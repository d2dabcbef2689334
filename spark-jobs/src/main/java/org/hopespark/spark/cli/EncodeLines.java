// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import org.hopespark.spark.report.Numbers;

/** What {@code hope bench --tokenizer} prints for people. */
final class EncodeLines {
  private static final double MEGA = 1e-6;

  private final Terminal terminal;

  EncodeLines(Terminal terminal) {
    this.terminal = terminal;
  }

  void print(EncodeReport report) {
    terminal.line(
        "text",
        "%s in %s documents"
            .formatted(Numbers.bytes(report.bytes()), Numbers.count(report.documents())));
    terminal.line(
        "tokens",
        "%s of a vocabulary of %s, %s bytes per token"
            .formatted(
                Numbers.count(report.tokens()),
                Numbers.count(report.vocabularySize()),
                Numbers.decimal(report.bytesPerToken(), 3)));
    terminal.line(
        "encoding",
        "%s MB per second (%s to %s), %d threads, median of %d passes after %d"
            .formatted(
                mega(report.bytesPerSecond()),
                mega(report.bytesPerSecondMin()),
                mega(report.bytesPerSecondMax()),
                report.threads(),
                report.timedPasses(),
                report.warmupPasses()));
    terminal.line(
        "allocated",
        "%s per million bytes of text"
            .formatted(Numbers.bytes(Math.round(report.allocatedBytesPerMegabyte()))));
    terminal.line(
        "first pass", mega(report.firstPassBytesPerSecond()) + " MB per second, JVM just started");
  }

  private static String mega(double bytes) {
    return Numbers.decimal(bytes * MEGA, 1);
  }
}
