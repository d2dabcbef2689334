// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** Told of the progress of {@link BpeTrainer}, after every merge, on the thread that trains. */
public interface MergeListener {
  /**
   * @param merges learnt so far
   * @param mostMerges as many as the vocabulary has room for; the pieces may hold fewer
   * @param count occurrences of the pair that merged last
   */
  void merged(int merges, int mostMerges, long count);
}
