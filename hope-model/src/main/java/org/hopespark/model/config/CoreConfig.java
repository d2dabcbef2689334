// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/** The level that holds everything outside CMS. */
public record CoreConfig(
    @Key(
            defaultValue = "1",
            range = "1 to 1000000 training chunks",
            description =
                "The level is updated, and averaged over the workers, every so many steps.")
        int period) {

  public CoreConfig {
    Checks.range("model.core.period", period, 1, 1_000_000);
  }
}
