// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.Map;

/**
 * What {@link PrepareDocuments} did.
 *
 * @param output the documents directory
 * @param reused whether it was there already, from the same inputs and configuration
 * @param documents documents kept
 * @param bytes UTF-8 bytes of their texts
 * @param droppedByReason every dropped record under exactly one reason; with {@code documents} they
 *     add up to {@code recordsRead}
 * @param repaired records in which ill-formed text was replaced by U+FFFD
 */
public record PrepareResult(
    String output,
    boolean reused,
    long documents,
    long bytes,
    Map<String, Long> documentsBySplit,
    Map<String, Long> bytesBySplit,
    Map<String, Long> droppedByReason,
    long recordsRead,
    long repaired) {}
