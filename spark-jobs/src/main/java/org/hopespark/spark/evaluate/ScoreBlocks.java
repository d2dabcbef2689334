// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.hopespark.data.TokenDataset;
import org.hopespark.model.LanguageModel;
import org.hopespark.spark.train.SavedModel;
import org.hopespark.tokenizer.Tokenizer;

/** Executor side: scores the blocks of a partition, one window after the other, with one model. */
final class ScoreBlocks implements FlatMapFunction<Iterator<Integer>, ScoredBlock> {
  /**
   * Windows of a block: enough to make a task worth its message, few enough to spread a small
   * split.
   */
  static final int BLOCK_WINDOWS = 8;

  private static final long serialVersionUID = 1L;

  private final SerializableConfiguration hadoop;
  private final String checkpoint;
  private final String data;
  private final String split;

  ScoreBlocks(Configuration hadoop, String checkpoint, String data, String split) {
    this.hadoop = new SerializableConfiguration(hadoop);
    this.checkpoint = checkpoint;
    this.data = data;
    this.split = split;
  }

  @Override
  public Iterator<ScoredBlock> call(Iterator<Integer> blocks) throws IOException {
    List<ScoredBlock> scored = new ArrayList<>();
    if (!blocks.hasNext()) {
      return scored.iterator();
    }

    SavedModel saved = SavedModel.find(hadoop.value(), checkpoint);
    try (TokenDataset dataset = TokenDataset.open(hadoop.value(), data);
        LanguageModel model = saved.load()) {
      int[] byteCounts = byteCounts(saved.tokenizer());
      while (blocks.hasNext()) {
        scored.add(score(blocks.next(), dataset, model, byteCounts));
      }
    }

    return scored.iterator();
  }

  private ScoredBlock score(
      int block, TokenDataset dataset, LanguageModel model, int[] byteCounts) {
    int length = model.sequenceLength();
    long windows = dataset.windows(split, length);
    int[] tokens = new int[length + 1];
    double[] losses = new double[length];
    double lossSum = 0;
    double textLossSum = 0;
    TreeMap<Integer, Long> counts = new TreeMap<>();
    long from = (long) block * BLOCK_WINDOWS;
    for (long window = from; window < Math.min(windows, from + BLOCK_WINDOWS); window++) {
      dataset.window(split, window, length, tokens, 0);
      lossSum += model.losses(tokens, losses);
      for (int i = 0; i < length; i++) {
        int target = tokens[i + 1];
        counts.merge(target, 1L, Long::sum);
        textLossSum += byteCounts[target] > 0 ? losses[i] : 0;
      }
    }

    return new ScoredBlock(block, lossSum, textLossSum, counts);
  }

  /** Returns the number of bytes of each token; special tokens have none. */
  static int[] byteCounts(Tokenizer tokenizer) {
    int[] counts = new int[tokenizer.vocabularySize()];
    for (int id = 0; id < counts.length; id++) {
      counts[id] = tokenizer.bytes(id).length;
    }

    return counts;
  }
}
