// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.InputStream;
import java.util.List;

/** Configurations that come with the program, by name. */
final class Presets {
  static final List<String> NAMES =
      List.of(
          "quickstart",
          "tiny",
          "125m",
          "760m",
          "1.3b",
          "bench-hope-256",
          "bench-hope-512",
          "bench-hope-attention-256",
          "bench-transformer-256",
          "bench-transformer-512");

  private Presets() {}

  /** Opens a preset; the name has to be one of {@link #NAMES}. */
  static InputStream open(String name) {
    return Presets.class.getResourceAsStream("/presets/" + name + ".yaml");
  }
}
