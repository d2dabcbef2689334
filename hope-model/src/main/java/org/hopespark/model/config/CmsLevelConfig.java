// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import org.hopespark.model.InvalidConfigException;

/**
 * One level of the Continuum Memory System: a gated MLP in every block (Eq. 70) with a period of
 * its own (Eq. 71).
 */
public record CmsLevelConfig(
    @Key(
            defaultValue = "''",
            range = "letters, digits and dashes",
            description =
                "Name of the level in logs, reports and parameter names; has to be given.")
        String name,
    @Key(
            defaultValue = "1",
            range = "1 to 1000000 training chunks",
            description =
                "The level is updated, and averaged over the workers, every so many steps.")
        int period,
    @Key(
            defaultValue = "1.0",
            range = "0.125 to 8",
            description = "Hidden width of the MLP over the width of the stream.")
        double hiddenRatio) {

  public CmsLevelConfig {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      throw new InvalidConfigException(
          "Invalid model.cms name [%s]: must be letters, digits and dashes. Name the level, as in {name: fast, period: 1}."
              .formatted(name));
    }
    Checks.range("model.cms." + name + ".period", period, 1, 1_000_000);
    Checks.range("model.cms." + name + ".hidden-ratio", hiddenRatio, 0.125, 8);
  }

  /** Hidden width at a stream width of {@code dim}. */
  public int hidden(int dim) {
    return Math.max(1, (int) Math.round(dim * hiddenRatio));
  }
}
