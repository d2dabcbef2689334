// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hopespark.model.config.RunConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class TestPresets {
  private static final List<String> NAMES = Presets.NAMES;

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyPresetIsAValidConfiguration(String name) throws IOException {
    try (InputStream in = Presets.open(name)) {
      RunConfig config = RunConfig.read(in, List.of());
      assertThat(config.training().steps()).isPositive();
    }
  }

  @Test
  void everyFileHasAName() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/presets"))) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
          .containsExactlyInAnyOrderElementsOf(NAMES);
    }
  }
}
