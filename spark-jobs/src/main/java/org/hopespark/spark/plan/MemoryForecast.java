// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.model.train.Ownership;
import org.hopespark.spark.exchange.Volume;
import org.hopespark.spark.exchange.Wire;

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
    MemoryPlan plan =
        MemoryPlan.of(
            config,
            config.training().virtualShards() / workers,
            threads,
            Ownership.slice(0, workers));
    Map<String, Long> parts = new LinkedHashMap<>();
    plan.shared().forEach(part -> parts.put(part.name(), part.count() * part.bytes()));
    parts.put("activations", plan.threads() * plan.bytesPerThread());
    if (workers > 1) {
      parts.put("exchange", exchange(config));
    }
    long total = parts.values().stream().mapToLong(Long::longValue).sum();
    return new MemoryForecast(parts, total, plan.heapBytes());
  }

  /** Frames of the largest level's slices, from every peer. */
  private static long exchange(RunConfig config) {
    long largest =
        new ParameterLayout(config.model())
            .levels().stream().mapToLong(Level::length).max().orElseThrow();
    return Volume.perWindow(
        Slices.even(largest, config.sync().workers()), Wire.FLOAT32, config.sync().lanes());
  }
}
