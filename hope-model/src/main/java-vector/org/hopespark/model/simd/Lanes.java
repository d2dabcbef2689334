// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of the widest kind that the processor has, and their common functions. */
final class Lanes {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Floats in a vector. */
  static final int COUNT = SPECIES.length();

  static final int BITS = SPECIES.vectorBitSize();

  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0.6933594f;
  private static final float LN2_LOW = -2.1219444e-4f;
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
  private static final float ROUNDER = 12_582_912f;
  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
  private static final float SMALLEST = -87.3f;
  private static final float LARGEST = 88.3f;
  private static final float ONE_SCALED = 0x1p-67f;

  private Lanes() {}

  static FloatVector row(float[] a, int at) {
    return FloatVector.fromArray(SPECIES, a, at);
  }

  static FloatVector constant(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(SPECIES);
  }

  /** As {@link Exponential}: 2^n p(r), x = n ln 2 + r. */
  static FloatVector exponential(FloatVector argument) {
    return exponential(argument, SMALLEST, 127);
  }

  /**
   * {@code e / (1 + e)}, e = exp(x), all three scaled by 2^-67: where n is -60 the exponent's bits
   * are zero, and with them the result. So what is negligible becomes zero without an instruction.
   */
  static FloatVector logistic(FloatVector argument) {
    FloatVector e = exponential(argument, -41.9f, 60);
    return e.div(e.add(ONE_SCALED));
  }

  // Times 2^(bias - 127); n + bias must not be below zero for the smallest argument.
  private static FloatVector exponential(FloatVector argument, float smallest, int bias) {
    FloatVector x = argument.max(smallest).min(LARGEST);
    FloatVector shifted = x.fma(constant(LOG2_E), constant(ROUNDER));
    FloatVector whole = shifted.sub(ROUNDER);
    FloatVector r = whole.fma(constant(-LN2_HIGH), x);
    r = whole.fma(constant(-LN2_LOW), r);
    FloatVector p = constant(1.3888889e-3f);
    p = p.fma(r, constant(8.333334e-3f));
    p = p.fma(r, constant(4.1666668e-2f));
    p = p.fma(r, constant(0.16666667f));
    p = p.fma(r, constant(0.5f));
    p = p.fma(r, constant(1f));
    p = p.fma(r, constant(1f));
    IntVector power = shifted.reinterpretAsInts().sub(ROUNDER_BITS - bias).lanewise(LSHL, 23);
    return p.mul(power.reinterpretAsFloats());
  }
}
