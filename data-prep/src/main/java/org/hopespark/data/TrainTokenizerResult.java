// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

/**
 * What {@link TrainTokenizer} did.
 *
 * @param output the tokenizer's file
 * @param vocabularySize ids of the tokenizer; fewer than asked for where the text has no more pairs
 *     to merge
 * @param pieces pre-tokens counted
 * @param distinctPieces different ones among them
 * @param bytes UTF-8 bytes of the text they come from
 */
public record TrainTokenizerResult(
    String output, int vocabularySize, long pieces, long distinctPieces, long bytes) {}
