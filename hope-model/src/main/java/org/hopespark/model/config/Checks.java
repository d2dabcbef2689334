// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.util.Arrays;
import org.hopespark.model.InvalidConfigException;

/** The rules that configuration records check in their constructors; messages name the key. */
final class Checks {
  private Checks() {}

  static void range(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new InvalidConfigException(
          "Invalid %s [%d]: must be from %d to %d. Set it inside this range."
              .formatted(key, value, min, max));
    }
  }

  static void range(String key, double value, double min, double max) {
    // Written so that NaN is refused too.
    if (!(value >= min && value <= max)) {
      throw new InvalidConfigException(
          "Invalid %s [%s]: must be from %s to %s. Set it inside this range."
              .formatted(key, value, min, max));
    }
  }

  static void oneOf(String key, String value, String... allowed) {
    if (!Arrays.asList(allowed).contains(value)) {
      throw new InvalidConfigException(
          "Invalid %s [%s]: must be one of %s. Use %s."
              .formatted(
                  key,
                  value,
                  String.join(", ", allowed),
                  Nearest.of(value, Arrays.asList(allowed))));
    }
  }
}
