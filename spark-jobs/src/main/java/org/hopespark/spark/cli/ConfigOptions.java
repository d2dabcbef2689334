// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Overrides of the configuration file. */
final class ConfigOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key of the configuration; may be repeated.")
  List<String> overrides = new ArrayList<>();

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers to train with: short for --set sync.workers=N.")
  Integer workers;

  /** Returns all overrides in the order of precedence, the last one wins. */
  List<String> all() {
    List<String> all = new ArrayList<>(overrides);
    if (workers != null) {
      all.add("sync.workers=" + workers);
    }

    return all;
  }
}
