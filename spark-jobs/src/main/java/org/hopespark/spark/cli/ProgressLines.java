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
            "step %" + steps.length() + "s of %s   loss %7.4f   rate %.2e   %8s tokens/s   %s left",
            Numbers.count(progress.step()),
            steps,
            progress.loss(),
            progress.learningRate(),
            Numbers.count(Math.round(progress.tokensPerSecond())),
            Numbers.duration(progress.secondsLeft())));
  }

  @Override
  public void onRestart(String line) {
    terminal.line("train", line);
  }
}
