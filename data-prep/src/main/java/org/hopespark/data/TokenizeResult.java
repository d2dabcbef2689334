// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.Map;

/**
 * What {@link TokenizeDocuments} did.
 *
 * @param output the data set's directory
 * @param reused whether it was there already, from the same documents, tokenizer and configuration
 * @param tokensBySplit end-of-text tokens included
 * @param bytesBySplit UTF-8 bytes of the texts
 * @param specialTexts how often the text of a special token stood in documents; encoded as ordinary
 *     text
 * @param datasetId digest over the digests of the shards
 */
public record TokenizeResult(
    String output,
    boolean reused,
    Map<String, Long> documentsBySplit,
    Map<String, Long> tokensBySplit,
    Map<String, Long> bytesBySplit,
    int shards,
    long specialTexts,
    String datasetId) {}
