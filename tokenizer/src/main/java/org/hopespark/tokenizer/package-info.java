// SPDX-License-Identifier: Apache-2.0
/**
 * Byte-level BPE, with the ids of Hugging Face tokenizers for every text.
 *
 * <p>Encoding: text bytes are cut into pieces by {@link org.hopespark.tokenizer.PieceSplitter} (the
 * GPT-2 rule over the classes of {@link org.hopespark.tokenizer.UnicodeClasses}), every piece
 * starts as one token per byte, and {@link org.hopespark.tokenizer.PieceMerger} joins neighbours by
 * the ranks of {@link org.hopespark.tokenizer.MergeTable}. Training: {@link
 * org.hopespark.tokenizer.PieceCounter} counts pieces, partition by partition, and {@link
 * org.hopespark.tokenizer.BpeTrainer} turns the merged counts into a {@link
 * org.hopespark.tokenizer.Tokenizer}, which is read from and written to {@code tokenizer.json}.
 */
package org.hopespark.tokenizer;
