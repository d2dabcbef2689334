// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.spark.train.WorkerMemory;

/**
 * What one worker holds outside the Java heap.
 *
 * @param parts bytes by purpose
 * @param total their sum
 * @param heap bytes of the Java heap for the kernels' tiles, beside what Spark takes
 */
public record MemoryForecast(Map<String, Long> parts, long total, long heap) {

  static MemoryForecast of(RunConfig config, int threads) {
    int workers = config.sync().workers();
    MemoryPlan plan = WorkerMemory.plan(config, workers, threads);
    Map<String, Long> parts = new LinkedHashMap<>();
    plan.shared().forEach(part -> parts.put(part.name(), part.count() * part.bytes()));
    parts.put("activations", plan.threads() * plan.bytesPerThread());
    if (workers > 1) {
      parts.put("exchange", WorkerMemory.exchangeBytes(config, workers));
    }
    long total = parts.values().stream().mapToLong(Long::longValue).sum();
    return new MemoryForecast(parts, total, plan.heapBytes());
  }
}
