// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/** What one level does differently from the other levels. */
public record LevelOptimizerConfig(
    @Key(
            defaultValue = "''",
            range = "core or a name in model.cms",
            description = "The level; has to be given.")
        String level,
    @Key(
            defaultValue = "''",
            range = "adamw, sgd, muon",
            description = "Its update rule. Left empty: optimizer.name.")
        String name,
    @Key(
            defaultValue = "0.0",
            range = "above 0, to 10",
            description = "Its highest learning rate. Left at 0: optimizer.learning-rate.")
        double learningRate) {

  /** With what is left out taken from the others. */
  LevelOptimizerConfig orElse(String commonName, double commonRate) {
    return new LevelOptimizerConfig(
        level, name.isEmpty() ? commonName : name, learningRate == 0 ? commonRate : learningRate);
  }
}
