// SPDX-License-Identifier: Apache-2.0
/**
 * From a corpus to tokens, as actions: {@link org.hopespark.data.PrepareDocuments} makes documents,
 * {@link org.hopespark.data.TrainTokenizer} learns a tokenizer from them, {@link
 * org.hopespark.data.TokenizeDocuments} makes shards, {@link org.hopespark.data.VerifyDataset}
 * re-reads what a manifest promises. Training then reads tokens through {@link
 * org.hopespark.data.TokenDataset} in the order that {@link org.hopespark.data.SampleOrder} gives.
 */
package org.hopespark.data;
