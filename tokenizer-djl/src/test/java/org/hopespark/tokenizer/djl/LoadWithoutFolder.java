// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer.djl;

/** A process of its own that reads a file; its standard error says how that failed. */
final class LoadWithoutFolder {
  private LoadWithoutFolder() {}

  public static void main(String[] args) {
    try {
      var unused = GoldenFile.of("llama2").tokenizer();
    } catch (RuntimeException e) {
      System.err.println(e);
    }
  }
}
