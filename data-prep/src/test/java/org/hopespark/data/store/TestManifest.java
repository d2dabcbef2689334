// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestManifest {
  private final Configuration hadoop = new Configuration();

  @TempDir java.nio.file.Path dir;

  /** A manifest in small. */
  record Things(String format, long count) {}

  @Test
  void readsWhatWasWritten() throws IOException {
    Files.write(dir.resolve("manifest.json"), Json.bytes(new Things("things-1", 3)));
    assertThat(Manifest.read(hadoop, path(), "things-1", Things.class))
        .isEqualTo(new Things("things-1", 3));
  }

  @Test
  void asksForAFinishedDirectory() {
    assertThatThrownBy(() -> Manifest.read(hadoop, path(), "things-1", Things.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing manifest [" + dir.resolve("manifest.json") + "]:");
  }

  @Test
  void tellsFormatsApart() throws IOException {
    Files.write(dir.resolve("manifest.json"), Json.bytes(new Things("others-1", 3)));
    assertThatThrownBy(() -> Manifest.read(hadoop, path(), "things-1", Things.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it holds others-1 and things-1 is needed");
  }

  @Test
  void complainsAboutDamage() throws IOException {
    for (String damaged :
        new String[] {
          "{\"format\": \"things-1\"", "{\"format\": \"things-1\", \"count\": \"x\"}"
        }) {
      Files.writeString(dir.resolve("manifest.json"), damaged);
      assertThatThrownBy(() -> Manifest.read(hadoop, path(), "things-1", Things.class))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("manifest.json");
    }
  }

  @Test
  void complainsAboutAMissingField() throws IOException {
    Files.writeString(dir.resolve("manifest.json"), "{\"format\": \"things-1\"}");
    assertThatThrownBy(() -> Manifest.read(hadoop, path(), "things-1", Things.class))
        .isInstanceOf(CorruptDataException.class);
  }

  @Test
  void writesEqualContentAsEqualBytes() {
    assertThat(Json.bytes(Map.of("b", 1, "a", 2))).isEqualTo(Json.bytes(Map.of("a", 2, "b", 1)));
  }

  private Path path() {
    return Storage.qualified(hadoop, dir.toString());
  }
}
