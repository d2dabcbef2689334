// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;

/**
 * A finished run, from its first step on, whatever was resumed in between.
 *
 * @param steps steps taken
 * @param tokens targets trained on
 * @param trainSeconds time inside steps
 * @param trainLoss mean over the last logging interval, nats per token
 * @param parameters number of parameters
 * @param levels one entry per level, core first
 * @param replicaHashesAgree all replicas held the same bits at every synchronisation and commit
 * @param peakRssBytes largest resident memory of a process that trained
 * @param checkpoint directory of the final checkpoint
 * @param parametersDigest sha256 of the tensor bytes of its model.safetensors, hexadecimal
 * @param workers how many took which steps, in their order
 */
public record TrainResult(
    long steps,
    long tokens,
    double trainSeconds,
    double trainLoss,
    long parameters,
    List<LevelReport> levels,
    boolean replicaHashesAgree,
    long peakRssBytes,
    String checkpoint,
    String parametersDigest,
    List<WorkerSpan> workers) {}
