// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/**
 * What was odd about encoded texts, summed over calls. The ids are those of ordinary text all the
 * same. Belongs to one thread; counts of parts add up.
 */
public final class EncodingCounts {
  private long specialTexts;
  private long invalidSequences;

  /** Texts of special tokens, such as {@code <|endoftext|>}, that stood in the texts. */
  public long specialTexts() {
    return specialTexts;
  }

  /** Places that were not UTF-8: neighbouring bytes of no well-formed sequence count once. */
  public long invalidSequences() {
    return invalidSequences;
  }

  /** Adds the counts of another part of the texts. */
  public void add(EncodingCounts other) {
    specialTexts += other.specialTexts;
    invalidSequences += other.invalidSequences;
  }

  void addSpecialTexts(long count) {
    specialTexts += count;
  }

  void addInvalidSequences(long count) {
    invalidSequences += count;
  }
}
