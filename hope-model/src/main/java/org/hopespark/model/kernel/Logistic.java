// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

/** The logistic function. */
final class Logistic {
  private Logistic() {}

  static float value(float x) {
    return 1 / (1 + Exponential.of(-x));
  }
}
