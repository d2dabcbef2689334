// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real corpora that lie beside the repository; where they are absent, their tests are skipped. */
public final class SharedData {
  private SharedData() {}

  /**
   * A file of {@code -Dhope.shared.data}, or of {@code ../shared/data} seen from the repository.
   */
  public static Path file(String name) {
    String given = System.getProperty("hope.shared.data");
    Path root = given == null ? Path.of("..", "..", "shared", "data") : Path.of(given);
    Path file = root.resolve(name).toAbsolutePath().normalize();
    assumeTrue(Files.exists(file), "skipped: no shared data at " + file);
    return file;
  }
}
