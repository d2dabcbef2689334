// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hopespark.model.level.Level;

/**
 * Steps of a logging interval, summed over the workers.
 *
 * @param steps number of steps
 * @param lossSum over all their targets, nats; the same bits for any number of workers
 * @param seconds of the slowest worker
 * @param gradientNorms by name of the levels updated so far, at their last update
 */
record IntervalSum(long steps, double lossSum, double seconds, Map<String, Double> gradientNorms) {
  static final IntervalSum EMPTY = new IntervalSum(0, 0, 0, Map.of());

  /** Adds what the ranks report; {@code reports} are ordered by rank and cover the same steps. */
  IntervalSum plus(List<IntervalReport> reports, List<Level> levels) {
    int numSteps = reports.get(0).lossSums().size();
    double sum = lossSum;
    for (int i = 0; i < numSteps; i++) {
      sum += tree(reports, i, 0, reports.size());
    }
    double slowest = reports.stream().mapToDouble(IntervalReport::seconds).max().orElseThrow();
    return new IntervalSum(steps + numSteps, sum, seconds + slowest, norms(reports.get(0), levels));
  }

  private Map<String, Double> norms(IntervalReport report, List<Level> levels) {
    Map<String, Double> norms = new LinkedHashMap<>();
    for (Level level : levels) {
      double norm = report.gradientNorms().get(level.index());
      Double earlier = gradientNorms.get(level.name());
      if (!Double.isNaN(norm)) {
        norms.put(level.name(), norm);
      } else if (earlier != null) {
        norms.put(level.name(), earlier);
      }
    }
    return norms;
  }

  /** The gradients' tree, so that the number of workers does not show in a printed loss. */
  private static double tree(List<IntervalReport> reports, int index, int from, int to) {
    if (to - from == 1) {
      return reports.get(from).lossSums().get(index);
    }
    int middle = (from + to) / 2;
    return tree(reports, index, from, middle) + tree(reports, index, middle, to);
  }
}
