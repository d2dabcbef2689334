// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

/**
 * What {@link VerifyDataset} found in order.
 *
 * @param kind {@code documents} or {@code dataset}
 * @param files files re-read
 * @param bytes their size
 * @param tokens tokens of a data set; 0 for documents
 */
public record VerifyResult(String kind, int files, long bytes, long tokens) {}
