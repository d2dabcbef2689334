// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.List;

/**
 * What {@code summary.json} says of a run; field names are the file's.
 *
 * @param command the command line that was given
 * @param gitRevision revision of the sources, {@code unknown} outside a checkout
 * @param seed the configured seed
 * @param workers workers that were asked for
 * @param steps training steps (training chunks) taken
 * @param tokens target tokens trained on
 * @param wallSeconds whole command
 * @param trainSeconds training alone
 * @param tokensPerSecond {@code tokens / trainSeconds}
 * @param parameters number of parameters
 * @param parametersDigest digest of all parameter bits: equal digests, equal models
 * @param trainLoss last logged training loss, nats per token
 * @param validation null where the dataset has no validation window
 * @param baselines null where {@code validation} is
 * @param levels one entry per level, core first
 * @param replicaHashesAgree whether all replicas held the same bits at every synchronisation
 * @param peakRssBytes largest resident memory of one process
 * @param workersUsed how many took which steps, in their order
 * @param report path of the page, null before one is written
 */
public record RunSummary(
    String command,
    String gitRevision,
    long seed,
    int workers,
    long steps,
    long tokens,
    double wallSeconds,
    double trainSeconds,
    double tokensPerSecond,
    long parameters,
    String parametersDigest,
    double trainLoss,
    Validation validation,
    Baselines baselines,
    List<LevelTraffic> levels,
    boolean replicaHashesAgree,
    long peakRssBytes,
    List<Workers> workersUsed,
    String report) {

  /**
   * Steps that the same number of workers took.
   *
   * @param from first step
   * @param to last step
   * @param workers number of workers
   */
  public record Workers(long from, long to, int workers) {}

  /**
   * Loss on the validation split.
   *
   * @param loss nats per token
   * @param perplexity {@code exp(loss)}
   * @param bitsPerByte bits per byte of text, end-of-text targets left out of both
   * @param tokens scored targets
   */
  public record Validation(double loss, double perplexity, double bitsPerByte, long tokens) {}

  /**
   * What a model without context scores on the same targets, nats per token.
   *
   * @param uniformLoss every token equally likely: the logarithm of the vocabulary's size
   * @param unigramLoss frequencies of the training split, one added to each count
   */
  public record Baselines(double uniformLoss, double unigramLoss) {}

  /**
   * What one level did.
   *
   * @param name {@code core} or a CMS level
   * @param parameters number of parameters
   * @param period training chunks between two updates
   * @param updates updates made
   * @param synchronisations averagings over the workers
   * @param bytesSent bytes that all workers put on the wire
   * @param bytesPredicted bytes that the formula of docs/decisions.md says
   */
  public record LevelTraffic(
      String name,
      long parameters,
      int period,
      long updates,
      long synchronisations,
      long bytesSent,
      long bytesPredicted) {}

  /** Returns the same summary with the path of its report. */
  public RunSummary withReport(String path) {
    return new RunSummary(
        command,
        gitRevision,
        seed,
        workers,
        steps,
        tokens,
        wallSeconds,
        trainSeconds,
        tokensPerSecond,
        parameters,
        parametersDigest,
        trainLoss,
        validation,
        baselines,
        levels,
        replicaHashesAgree,
        peakRssBytes,
        workersUsed,
        path);
  }
}
