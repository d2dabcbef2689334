// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

/** The logistic function. */
final class Logistic {
  private Logistic() {}

  static float value(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }
}
