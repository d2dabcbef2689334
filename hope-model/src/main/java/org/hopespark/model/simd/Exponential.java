// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

/**
 * {@code exp} in float32: {@code 2^n p(r)} with {@code x = n ln 2 + r}, a polynomial of degree 6 on
 * {@code |r| <= ln 2 / 2}; relative error below 2e-7. Plain arithmetic, so it gives the same bits
 * on every machine and costs a fraction of {@code Math.exp}.
 */
final class Exponential {
  private static final float LOG2_E = 1.442695f;
  // ln 2 in two parts; the first has few enough bits for n * LN2_HIGH to be exact.
  private static final float LN2_HIGH = 0.6933594f;
  private static final float LN2_LOW = -2.1219444e-4f;
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
  private static final float ROUNDER = 12_582_912f;
  private static final float SMALLEST = -87.3f;
  private static final float LARGEST = 88.3f;

  private Exponential() {}

  /**
   * Arguments outside [-87.3, 88.3] are taken as the nearer end, so the result is positive and
   * finite; NaN stays NaN.
   */
  static float of(float argument) {
    float x = argument < SMALLEST ? SMALLEST : argument > LARGEST ? LARGEST : argument;
    float shifted = x * LOG2_E + ROUNDER;
    int n = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDER);
    float whole = shifted - ROUNDER;
    float r = x - whole * LN2_HIGH - whole * LN2_LOW;
    float p = 1.3888889e-3f;
    p = p * r + 8.333334e-3f;
    p = p * r + 4.1666668e-2f;
    p = p * r + 0.16666667f;
    p = p * r + 0.5f;
    p = p * r + 1f;
    p = p * r + 1f;
    return p * Float.intBitsToFloat((n + 127) << 23);
  }
}
