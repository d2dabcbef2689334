// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.TokenDataset;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.RunSummary.Baselines;
import org.hopespark.spark.report.RunSummary.Validation;
import org.hopespark.spark.train.SavedModel;

/**
 * Scores a checkpoint on every window of the validation split of a dataset, beside the uniform and
 * the unigram baseline on the same targets. Blocks of windows are scored wherever there is an
 * executor; their sums are added in the order of the blocks, so that the result does not depend on
 * the number of executors.
 */
public final class EvaluateCheckpoint {
  public static final String SPLIT = "validation";

  private final SparkSession spark;
  private String checkpoint;
  private String data;

  public EvaluateCheckpoint(SparkSession spark) {
    this.spark = spark;
  }

  /** Sets the checkpoint's directory, or that of a run, whose newest checkpoint is taken. */
  public EvaluateCheckpoint checkpoint(String directory) {
    this.checkpoint = directory;
    return this;
  }

  /** Sets the dataset, tokenized as the one that the checkpoint was trained on. */
  public EvaluateCheckpoint data(String directory) {
    this.data = directory;
    return this;
  }

  /**
   * Scores.
   *
   * @throws InvalidUsageException if there is no such checkpoint, or the dataset is not its own
   *     kind or has no window
   * @throws org.hopespark.data.CorruptDataException if a shard is not what its manifest says
   * @throws org.hopespark.model.CorruptCheckpointException if the parameters are not those of the
   *     configuration beside them
   */
  public Evaluation execute() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      SavedModel saved = SavedModel.find(hadoop, checkpoint);
      RunConfig config = saved.config();
      try (TokenDataset dataset = TokenDataset.open(hadoop, data)) {
        requireSameTokens(dataset, saved);
        long windows = dataset.windows(SPLIT, config.training().sequenceLength());
        if (windows == 0) {
          throw new InvalidUsageException(
              "Cannot evaluate on [%s]: its %s split has %d tokens, a window has %d. Prepare more text, or a larger --validation-share."
                  .formatted(
                      data, SPLIT, dataset.tokens(SPLIT), config.training().sequenceLength() + 1));
        }

        List<ScoredBlock> blocks = score(hadoop, saved, windows);
        return evaluation(saved, config, dataset, windows, blocks);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read checkpoint [" + checkpoint + "]: " + e.getMessage(), e);
    }
  }

  private void requireSameTokens(TokenDataset dataset, SavedModel saved) throws IOException {
    if (!Arrays.equals(dataset.tokenizerJson(), saved.tokenizerJson())) {
      throw new InvalidUsageException(
          "Invalid data [%s]: its tokenizer is not the one that checkpoint [%s] was trained with. Tokenize the documents with the checkpoint's tokenizer.json."
              .formatted(data, checkpoint));
    }
  }

  private List<ScoredBlock> score(Configuration hadoop, SavedModel saved, long windows) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int numBlocks =
        Math.toIntExact((windows + ScoreBlocks.BLOCK_WINDOWS - 1) / ScoreBlocks.BLOCK_WINDOWS);
    int numPartitions = Math.min(numBlocks, Math.max(1, context.defaultParallelism()));
    context.setJobGroup(
        "evaluate",
        "evaluate " + saved.path() + " on " + windows + " windows",
        /* interruptOnCancel= */ true);
    try {
      List<ScoredBlock> blocks =
          context
              .parallelize(IntStream.range(0, numBlocks).boxed().toList(), numPartitions)
              .mapPartitions(new ScoreBlocks(hadoop, saved.path(), data, SPLIT))
              .collect();
      return blocks.stream().sorted(Comparator.comparingInt(ScoredBlock::index)).toList();
    } finally {
      context.clearJobGroup();
    }
  }

  private Evaluation evaluation(
      SavedModel saved,
      RunConfig config,
      TokenDataset dataset,
      long windows,
      List<ScoredBlock> blocks)
      throws IOException {
    int[] byteCounts = ScoreBlocks.byteCounts(saved.tokenizer());
    long[] targetCounts = new long[dataset.vocabularySize()];
    Score total = Score.NONE;
    for (ScoredBlock block : blocks) {
      long targets = 0;
      long textBytes = 0;
      for (Map.Entry<Integer, Long> target : block.targetCounts().entrySet()) {
        targetCounts[target.getKey()] += target.getValue();
        targets += target.getValue();
        textBytes += target.getValue() * byteCounts[target.getKey()];
      }

      total = total.plus(new Score(block.lossSum(), block.textLossSum(), targets, textBytes));
    }

    UnigramModel unigram = new UnigramModel(dataset.tokenCounts("train"));
    return new Evaluation(
        saved.path(),
        data,
        dataset.datasetId(),
        config.training().sequenceLength(),
        windows,
        new Validation(total.loss(), total.perplexity(), total.bitsPerByte(), total.targets()),
        new Baselines(Math.log(dataset.vocabularySize()), unigram.meanLoss(targetCounts)));
  }
}
