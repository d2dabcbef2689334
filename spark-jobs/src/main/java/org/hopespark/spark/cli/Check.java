// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

/**
 * One line of {@code hope doctor}.
 *
 * @param name what was looked at
 * @param found what was found
 * @param fix what to do, empty where nothing is wrong
 */
record Check(String name, String found, String fix) {
  static Check ok(String name, String found) {
    return new Check(name, found, "");
  }

  static Check failed(String name, String found, String fix) {
    return new Check(name, found, fix);
  }

  boolean passed() {
    return fix.isEmpty();
  }
}
