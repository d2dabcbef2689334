// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Real data beside the repository, which is never part of it. */
final class SharedData {
  private SharedData() {}

  /** Opens a file, unpacked; skips the test where the file is absent. */
  static InputStream open(String name) throws IOException {
    String folder = System.getProperty("hope.data", "../../shared/data");
    Path file = Path.of(folder, name);
    assumeTrue(
        Files.exists(file),
        "skipped: no " + file + "; set -Dhope.data to the folder that holds it");
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    return name.endsWith(".gz") ? new GZIPInputStream(in) : in;
  }
}
