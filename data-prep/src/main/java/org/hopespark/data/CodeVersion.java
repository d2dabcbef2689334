// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this code, for manifests. */
final class CodeVersion {
  private static final String RESOURCE = "version.properties";

  private CodeVersion() {}

  static String current() {
    try (InputStream in = CodeVersion.class.getResourceAsStream(RESOURCE)) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + RESOURCE + "] of this build", e);
    }
  }
}
