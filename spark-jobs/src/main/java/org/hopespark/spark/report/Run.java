// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a report says of one run.
 *
 * @param directory path of the run directory
 * @param summary {@code summary.json}
 * @param metrics {@code metrics.jsonl}, by step; empty where there is none
 * @param config {@code config.yaml}, the resolved configuration
 * @param environment {@code environment.json}: name to value, in order
 * @param data {@code data.json}
 * @param sample {@code sample.json}
 */
record Run(
    String directory,
    RunSummary summary,
    List<MetricsPoint> metrics,
    Optional<String> config,
    Map<String, String> environment,
    Optional<DataSummary> data,
    Optional<TextSample> sample) {

  /** The last part of the directory's path. */
  String name() {
    String path = directory.replaceAll("/+$", "");
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Target tokens of one step over all workers. */
  long tokensPerStep() {
    return summary.steps() == 0 ? 0 : summary.tokens() / summary.steps();
  }
}
