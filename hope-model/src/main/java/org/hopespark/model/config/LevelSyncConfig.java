// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/** Averaging of one level, where it differs from the others. */
public record LevelSyncConfig(
    @Key(
            defaultValue = "''",
            range = "core or a name of model.cms",
            description = "The level that these keys are for; has to be given.")
        String level,
    @Key(
            defaultValue = "exact",
            range = "exact, parameters, outer",
            description = "As sync.mode, for this level.")
        String mode,
    @Key(
            defaultValue = "1",
            range = "1; with outer 2 to 1000000 boundaries",
            description = "As sync.every, for this level.")
        int every) {

  public LevelSyncConfig {
    check("sync.levels." + level, mode, every);
  }

  static void check(String section, String mode, int every) {
    Checks.oneOf(section + ".mode", mode, "exact", "parameters", "outer");
    boolean outer = mode.equals("outer");
    Checks.range(
        section + ".every (mode " + mode + ")", every, outer ? 2 : 1, outer ? 1_000_000 : 1);
  }

  /** Whether the accumulated gradient is averaged, rather than what a step of its own made. */
  public boolean isExact() {
    return mode.equals("exact");
  }
}
