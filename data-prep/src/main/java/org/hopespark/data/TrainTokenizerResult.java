// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

/**
 * What {@link TrainTokenizer} did.
 *
 * @param output the tokenizer's file
 * @param reportFile the report's file, beside it
 * @param report what that file holds
 */
public record TrainTokenizerResult(String output, String reportFile, TokenizerReport report) {
  /** Ids of the tokenizer. */
  public int vocabularySize() {
    return report.vocabularySize();
  }
}
