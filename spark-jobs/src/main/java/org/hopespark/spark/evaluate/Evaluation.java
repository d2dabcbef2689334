// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import org.hopespark.spark.report.RunSummary.Baselines;
import org.hopespark.spark.report.RunSummary.Validation;

/**
 * What {@code results.json} says; field names are the file's.
 *
 * @param checkpoint directory of the checkpoint that was scored
 * @param data directory of the dataset
 * @param datasetId its identity
 * @param sequenceLength targets of one window
 * @param windows windows scored, all of the split
 * @param validation the model's loss
 * @param baselines what models without context score on the same targets
 */
public record Evaluation(
    String checkpoint,
    String data,
    String datasetId,
    int sequenceLength,
    long windows,
    Validation validation,
    Baselines baselines) {}
