// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.TokenDataset;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.DataSummary;

/** What the commands ask of a dataset before they train on it. */
final class Datasets {
  private static final String TRAIN = "train";
  private static final String VALIDATION = "validation";

  private Datasets() {}

  /**
   * Checks that a configuration fits a dataset, and summarises it.
   *
   * @throws InvalidUsageException if the vocabularies differ, or there is not one window to train
   *     on
   * @throws org.hopespark.data.CorruptDataException if a shard is not what its manifest says
   */
  static DataSummary summary(Configuration hadoop, String data, RunConfig config) {
    try (TokenDataset dataset = TokenDataset.open(hadoop, data)) {
      if (dataset.vocabularySize() != config.model().vocabularySize()) {
        throw new InvalidUsageException(
            "Invalid model.vocab-size [%d]: the dataset [%s] has a vocabulary of %d. Set model.vocab-size to %d."
                .formatted(
                    config.model().vocabularySize(),
                    data,
                    dataset.vocabularySize(),
                    dataset.vocabularySize()));
      }

      if (dataset.windows(TRAIN, config.training().sequenceLength()) == 0) {
        throw new InvalidUsageException(
            "Invalid training.sequence-length [%d]: the train split of [%s] has %d tokens, fewer than one window. Give more text, or set it lower."
                .formatted(config.training().sequenceLength(), data, dataset.tokens(TRAIN)));
      }

      Map<String, Long> tokens = new TreeMap<>();
      tokens.put(TRAIN, dataset.tokens(TRAIN));
      tokens.put(VALIDATION, dataset.tokens(VALIDATION));
      return new DataSummary(
          Storage.display(Storage.qualified(hadoop, data)),
          dataset.datasetId(),
          dataset.vocabularySize(),
          0,
          Map.of(),
          dataset.textBytes(),
          tokens,
          Map.of());
    }
  }
}
