// SPDX-License-Identifier: Apache-2.0
/**
 * Byte-level BPE, with the ids of Hugging Face tokenizers for every text.
 *
 * <p>Encoding: {@link org.hopespark.tokenizer.TextEncoder} cuts text at added tokens and normalizes
 * it where a file asks for that; {@link org.hopespark.tokenizer.PieceEncoder} cuts what is between
 * by a {@link org.hopespark.tokenizer.SplitRule} over the classes of {@link
 * org.hopespark.tokenizer.UnicodeClasses}. A piece that is one token is looked up in {@link
 * org.hopespark.tokenizer.WholePieces}, one seen lately in {@link
 * org.hopespark.tokenizer.PieceCache}; of any other, {@link org.hopespark.tokenizer.PieceMerger}
 * joins the bytes by the ranks of {@link org.hopespark.tokenizer.MergeTable}. Training: {@link
 * org.hopespark.tokenizer.PieceCounter} counts pieces, partition by partition, and {@link
 * org.hopespark.tokenizer.BpeTrainer} turns the merged counts into a {@link
 * org.hopespark.tokenizer.Tokenizer}, which is read from and written to {@code tokenizer.json}.
 *
 * <p>A file of another kind is a {@link org.hopespark.tokenizer.BoundTokenizer}: {@link
 * org.hopespark.tokenizer.BoundFile} reads its tokens, and a {@link
 * org.hopespark.tokenizer.TokenizerBinding} turns text into ids.
 */
package org.hopespark.tokenizer;
