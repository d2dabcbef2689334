// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer.djl;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import org.hopespark.tokenizer.InvalidTokenizerException;

/** Loads the native library, which DJL unpacks from its jar into a folder. */
final class NativeLibrary {
  private static final String FLAVOR = "RUST_FLAVOR";

  private NativeLibrary() {}

  /**
   * Loads it once for the process.
   *
   * @throws InvalidTokenizerException if it cannot be unpacked or there is none for this machine
   */
  static void load() {
    // The only flavour inside the jar: DJL would download any other.
    if (System.getenv(FLAVOR) == null && System.getProperty(FLAVOR) == null) {
      System.setProperty(FLAVOR, "cpu");
    }

    try {
      LibUtils.checkStatus();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw new InvalidTokenizerException(
          "Cannot load the native library of Hugging Face tokenizers [%s, %s]: %s. It is unpacked from DJL's jar into ~/.djl.ai, and is there for Linux, macOS on ARM and Windows; set ENGINE_CACHE_DIR to a folder that can be written, or use a byte-level BPE file."
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), oneLine(e)),
          e);
    }
  }

  /** The innermost message of a failure, on one line. */
  static String oneLine(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage() == null ? "no message" : innermost.getMessage();
    String line = (innermost.getClass().getSimpleName() + ": " + message).replaceAll("\\s+", " ");
    return line.length() > 200 ? line.substring(0, 200) + "..." : line;
  }
}
