// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.Map;

/**
 * What {@code data.json} says of the data of a run; maps are empty where a stage was not part of
 * the run.
 *
 * @param dataset path of the shards
 * @param datasetId identity of the shards
 * @param vocabularySize number of token ids
 * @param recordsRead records that the readers saw, 0 where ingestion was not part of the run
 * @param documentsBySplit kept documents
 * @param bytesBySplit bytes of UTF-8 text of the kept documents
 * @param tokensBySplit tokens, end-of-text tokens counted
 * @param droppedByReason dropped records, each under exactly one reason
 */
public record DataSummary(
    String dataset,
    String datasetId,
    int vocabularySize,
    long recordsRead,
    Map<String, Long> documentsBySplit,
    Map<String, Long> bytesBySplit,
    Map<String, Long> tokensBySplit,
    Map<String, Long> droppedByReason) {}
