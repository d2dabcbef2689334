// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.List;
import org.hopespark.model.bench.WorkerSpeed;
import org.hopespark.model.config.RunConfig;

/**
 * A run on one number of workers.
 *
 * @param workers N
 * @param virtualShardsPerWorker streams' groups that a worker holds, each with a gradient
 * @param threadsPerWorker threads that have work in it
 * @param memory of one worker
 * @param levels what each sends
 * @param bytesPerToken sum over the levels, per worker and token of that worker
 * @param everyChunkBytesPerToken the same if all parameters were averaged in every chunk in float32
 * @param bytesPerChunk sum over the levels, mean over chunks
 * @param peakBytesPerChunk in a chunk at which every level is due
 * @param steps by network
 */
public record Forecast(
    int workers,
    int virtualShardsPerWorker,
    int threadsPerWorker,
    MemoryForecast memory,
    List<LevelForecast> levels,
    double bytesPerToken,
    double everyChunkBytesPerToken,
    double bytesPerChunk,
    double peakBytesPerChunk,
    List<StepForecast> steps) {

  static Forecast of(RunConfig config, List<Network> networks, WorkerSpeed speed) {
    int workers = config.sync().workers();
    int shards = config.training().virtualShards() / workers;
    int threads = Math.min(speed.threads(), shards);
    List<LevelForecast> levels = LevelForecast.of(config);
    long parameters = levels.stream().mapToLong(LevelForecast::parameters).sum();
    double tokens = LevelForecast.tokensPerWorker(config);
    // A thread works on one virtual shard at a time, so some idle where there are fewer.
    double compute = tokens / (speed.tokensPerSecond() * threads / speed.threads());
    return new Forecast(
        workers,
        shards,
        threads,
        MemoryForecast.of(config, threads),
        levels,
        levels.stream().mapToDouble(LevelForecast::bytesPerToken).sum(),
        (workers - 1.0) / workers * parameters * Plan.PLAIN_BYTES / tokens,
        levels.stream().mapToDouble(LevelForecast::bytesPerChunk).sum(),
        levels.stream().mapToDouble(LevelForecast::bytesPerAveraging).sum(),
        networks.stream()
            .map(network -> StepForecast.of(config, levels, network, compute))
            .toList());
  }
}
