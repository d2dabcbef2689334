// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.Locale;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.train.Progress;
import org.hopespark.spark.train.ProgressListener;

/** One aligned line per logging interval; the same figures and more stand in metrics.jsonl. */
final class ProgressLines implements ProgressListener {
  private final Terminal terminal;

  ProgressLines(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void onProgress(Progress progress) {
    String steps = Numbers.count(progress.steps());
    terminal.line(
        "train",
        String.format(
            Locale.ROOT,
            "step %"
                + steps.length()
                + "s of %s   loss %7.4f%s   rate %.2e   %8s tokens/s%s   %s left",
            Numbers.count(progress.step()),
            steps,
            progress.loss(),
            gradientNorm(progress),
            progress.learningRate(),
            Numbers.count(Math.round(progress.tokensPerSecond())),
            exchanges(progress),
            Numbers.duration(progress.secondsLeft())));
  }

  // A level that explodes shows, whichever it is: every one is clipped by its own norm.
  private static String gradientNorm(Progress progress) {
    return progress.gradientNorms().values().stream()
        .max(Double::compare)
        .map(largest -> String.format(Locale.ROOT, "   grad norm %.1e", largest))
        .orElse("");
  }

  private static String exchanges(Progress progress) {
    return progress.exchanges().isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "   exchange %4.1f %%, waiting %4.1f %%",
            100 * progress.exchangeShare(),
            100 * progress.waitShare());
  }

  @Override
  public void onStraggler(String line) {
    terminal.line("train", line);
  }

  @Override
  public void onNotice(String line) {
    terminal.line("workers", line);
  }

  @Override
  public void onRestart(String line) {
    terminal.line("train", line);
  }
}
