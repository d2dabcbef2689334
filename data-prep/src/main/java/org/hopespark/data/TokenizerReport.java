// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.List;
import java.util.Map;

/**
 * What a tokenizer was learnt from and how well it packs text, as it is stored beside the
 * tokenizer. Nothing in it depends on partitions or time.
 *
 * @param format {@link #FORMAT}
 * @param tokenizerSha256 digest of the tokenizer's file
 * @param documentsId as the documents' manifest has it
 * @param vocabularySize ids of the tokenizer; fewer than asked for where the text has no more pairs
 *     to merge
 * @param config all settings that decide the tokenizer, with the documents
 * @param learntFrom documents of the split {@code train} that were in the sample, by domain
 * @param pieces pre-tokens counted
 * @param distinctPieces different ones among them
 * @param longPieces pre-tokens that were left out because of their length
 * @param longPieceBytes their bytes
 * @param largestPairCount occurrences of the most frequent pair of bytes; beyond 2^31 - 1 the
 *     32-bit counts of Hugging Face's trainer would have given other merges
 * @param heldOut tokens of the split {@code validation}, by domain, end-of-text tokens left out
 */
public record TokenizerReport(
    String format,
    String tokenizerSha256,
    String documentsId,
    int vocabularySize,
    Config config,
    Map<String, Learnt> learntFrom,
    long pieces,
    long distinctPieces,
    long longPieces,
    long longPieceBytes,
    long largestPairCount,
    Map<String, HeldOut> heldOut,
    String codeVersion) {
  public static final String FORMAT = "hope-tokenizer-report-1";

  /** The trainer's order of pairs: that of Hugging Face's trainer. */
  static final String HUGGING_FACE_ORDER = "hf";

  /**
   * @param maxPieceBytes longer pre-tokens are left out; 0 for none
   * @param maxTokenLength 0 for no limit
   */
  public record Config(
      String order,
      int vocabularySize,
      List<String> specialTokens,
      long minFrequency,
      int maxTokenLength,
      int maxPieceBytes,
      Map<String, Double> domainWeights,
      long seed) {}

  /**
   * @param bytes of UTF-8 text
   */
  public record Learnt(long documents, long bytes) {}

  /**
   * @param bytes of UTF-8 text
   */
  public record HeldOut(long documents, long bytes, long tokens) {
    /** NaN where there are no tokens. */
    public double bytesPerToken() {
      return (double) bytes / tokens;
    }
  }

  public long documents() {
    return learntFrom.values().stream().mapToLong(Learnt::documents).sum();
  }

  /** UTF-8 bytes learnt from, those of pieces left out included. */
  public long bytes() {
    return learntFrom.values().stream().mapToLong(Learnt::bytes).sum();
  }

  /** Whether Hugging Face's trainer, which counts in 32 bits, would learn something else. */
  public boolean exceedsHuggingFaceCounts() {
    return largestPairCount > Integer.MAX_VALUE;
  }
}
