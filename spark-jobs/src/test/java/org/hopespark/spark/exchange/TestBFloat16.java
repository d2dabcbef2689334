// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestBFloat16 {
  private static final long SEED = 20_261_121;

  private final BFloat16 rounding = new BFloat16();

  static float[] overTheWire(float[] values) {
    BFloat16 rounding = new BFloat16();
    ByteBuffer payload = ByteBuffer.allocateDirect(values.length * Short.BYTES);
    rounding.encode(Gang.direct(values), payload);
    ByteBuffer back = Gang.direct(new float[values.length]);
    rounding.decode(payload, back);
    return Gang.floats(back);
  }

  /** By distance in decimal arithmetic, without bits: the nearer neighbour, the even one of two. */
  static float nearest(float value) {
    int bits = Float.floatToRawIntBits(value);
    float down = Float.intBitsToFloat(bits & 0xFFFF0000);
    float up = Float.intBitsToFloat((bits & 0xFFFF0000) + 0x10000);
    if (Float.isNaN(value) || Float.isInfinite(value) || Float.isInfinite(up)) {
      return down;
    }
    BigDecimal exact = new BigDecimal(value);
    int order =
        exact
            .subtract(new BigDecimal(down))
            .abs()
            .compareTo(exact.subtract(new BigDecimal(up)).abs());
    boolean downIsEven = (bits & 0x10000) == 0;
    return order < 0 || (order == 0 && downIsEven) ? down : up;
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0", // exact
    "1.00390625, 1.0", // 1 + 2^-8: half way from 1 to 1 + 2^-7, whose last bit is odd
    "1.01171875, 1.015625", // 1 + 3 * 2^-8: half way from 1 + 2^-7 (odd) to 1 + 2^-6 (even)
    "1.0039064, 1.0078125", // just above the first half way
    "-3.1415927, -3.140625", // 0xC0490FDB: the lower half is below 0x8000
    "0.0, 0.0",
    "-0.0, -0.0",
    "3.4028235E38, Infinity", // the largest float is past half way to what would follow 0x7F7F
    "-Infinity, -Infinity",
    "1.4E-45, 0.0" // the smallest float is below half of the smallest bfloat16
  })
  void roundsToTheNearestAndToEvenHalfWay(float value, float expected) {
    assertThat(overTheWire(new float[] {value})).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 2047, 2048, 2049, 4096, 6001})
  void agreesWithDecimalArithmeticForAnyNumberOfRandomValues(int length) {
    SplittableRandom random = new SplittableRandom(SEED + length);
    float[] values = new float[length];
    float[] expected = new float[length];
    for (int i = 0; i < length; i++) {
      // The second lowest bit of the exponent stays 0, so nothing rounds to infinity.
      values[i] = Float.intBitsToFloat(random.nextInt() & 0xFEFFFFFF);
      expected[i] = nearest(values[i]);
    }
    assertThat(overTheWire(values)).as("seed %d", SEED + length).containsExactly(expected);
  }

  @Test
  void notANumberStaysSoWhateverItsPayload() {
    float[] values = {
      Float.NaN,
      Float.intBitsToFloat(0x7F800001),
      Float.intBitsToFloat(0x7FFFFFFF),
      Float.intBitsToFloat(0xFF80FFFF),
      Float.intBitsToFloat(0xFFFFFFFF)
    };
    assertThat(overTheWire(values)).containsOnly(Float.NaN);
  }

  @Test
  void tilesReadAsTheWholePayloadDoes() {
    float[] values = Gang.contributions(1, 5001, SEED).get(0);
    float[] expected = overTheWire(values);
    ByteBuffer payload = ByteBuffer.allocateDirect(values.length * Short.BYTES);
    rounding.encode(Gang.direct(values), payload);
    float[] sent = new float[values.length];
    float[] kept = new float[values.length];
    float[] tile = new float[BFloat16.TILE];
    for (int at = 0; at < values.length; at += BFloat16.TILE) {
      int n = Math.min(BFloat16.TILE, values.length - at);
      rounding.decodeTile(payload, at, tile, n);
      System.arraycopy(tile, 0, sent, at, n);
      rounding.roundTile(Gang.direct(values), at, tile, n);
      System.arraycopy(tile, 0, kept, at, n);
    }
    assertThat(sent).containsExactly(expected);
    assertThat(kept).containsExactly(expected);
  }
}
