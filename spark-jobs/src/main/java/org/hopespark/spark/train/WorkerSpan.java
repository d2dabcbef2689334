// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps that the same number of workers took.
 *
 * @param from first step
 * @param to last step
 * @param workers number of workers
 */
public record WorkerSpan(long from, long to, int workers) {
  /** {@code spans} and the steps up to {@code to}. */
  static List<WorkerSpan> plus(List<WorkerSpan> spans, long from, long to, int workers) {
    List<WorkerSpan> all = new ArrayList<>(spans);
    WorkerSpan last = all.isEmpty() ? null : all.get(all.size() - 1);
    if (last != null && last.workers() == workers) {
      all.set(all.size() - 1, new WorkerSpan(last.from(), to, workers));
    } else {
      all.add(new WorkerSpan(from, to, workers));
    }
    return all;
  }
}
