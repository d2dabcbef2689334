// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import org.hopespark.model.level.Level;

/**
 * {@code trainer_state.json}: what a run has to remember beside its tensors.
 *
 * @param step steps taken
 * @param steps steps of the run
 * @param tokens targets trained on
 * @param trainSeconds time inside steps
 * @param checkpointSeconds time outside steps for which the slowest ranks were held up by
 *     checkpoints
 * @param checkpointWaitSeconds of these, until the checkpoint before was written
 * @param trainLoss of the last complete logging interval; null before the first
 * @param openInterval steps since then
 * @param levels counters
 * @param peakRssBytes largest resident memory so far
 * @param parametersDigest sha256 of the tensor bytes of model.safetensors; empty at step 0
 * @param replicaHashesAgree whether all ranks held the same bits at every commit so far; a
 *     difference at a synchronisation ends the segment before
 * @param workers how many took which steps, in their order
 */
record TrainerState(
    long step,
    long steps,
    long tokens,
    double trainSeconds,
    double checkpointSeconds,
    double checkpointWaitSeconds,
    Double trainLoss,
    IntervalSum openInterval,
    List<LevelReport> levels,
    long peakRssBytes,
    String parametersDigest,
    boolean replicaHashesAgree,
    List<WorkerSpan> workers) {

  TrainerState {
    // Checkpoints of older versions do not say.
    workers = workers == null ? List.of() : List.copyOf(workers);
  }

  static TrainerState start(long steps, List<Level> levels) {
    return new TrainerState(
        0,
        steps,
        0,
        0,
        0,
        0,
        null,
        IntervalSum.EMPTY,
        levels.stream().map(LevelReport::before).toList(),
        0,
        "",
        /* replicaHashesAgree= */ true,
        List.of());
  }

  TrainerState withParametersDigest(String digest) {
    return new TrainerState(
        step,
        steps,
        tokens,
        trainSeconds,
        checkpointSeconds,
        checkpointWaitSeconds,
        trainLoss,
        openInterval,
        levels,
        peakRssBytes,
        digest,
        replicaHashesAgree,
        workers);
  }
}
