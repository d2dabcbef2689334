// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both implementations against {@code java.lang.Math} in double, so also against each other; sizes
 * around every vector width and its multiples.
 */
class TestRowMath {
  private static final long SEED = 20_261_121;
  private static final float ULP = 1 / 16_777_216f;

  static List<Arguments> implementationsAndLengths() {
    List<RowMath> implementations = new ArrayList<>(List.of(RowMaths.plain()));
    if (hasVectorModule()) {
      implementations.add(RowMaths.vector());
    }
    List<Arguments> cases = new ArrayList<>();
    for (RowMath math : implementations) {
      for (int n :
          new int[] {1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 997}) {
        cases.add(Arguments.of(math.name(), n, math));
      }
    }
    return cases;
  }

  private static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  @Test
  void theVectorImplementationIsChosenWhereTheModuleIs() {
    assumeTrue(hasVectorModule(), "this JVM has no jdk.incubator.vector");
    assumeTrue(System.getProperty(RowMaths.PROPERTY, "auto").equals("auto"), "kernels are forced");
    assertThat(RowMaths.chosen().name()).startsWith("vector-");
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void sumsEqualTheirDoubles(String name, int n, RowMath math) {
    float[] a = random(n + 3, 1);
    float[] b = random(n + 5, 2);
    float[] c = random(n + 7, 3);
    double dot = 0;
    double triple = 0;
    double sum = 0;
    double size = 0;
    for (int t = 0; t < n; t++) {
      dot += (double) a[3 + t] * b[5 + t];
      triple += (double) a[3 + t] * b[5 + t] * c[7 + t];
      sum += a[3 + t];
      size += Math.abs(a[3 + t]);
    }
    // Values are below one, so size bounds all three; an error of one rounding per value at worst.
    double tolerance = ULP * size * (2 + n / 4.0);
    assertThat((double) math.dot(a, 3, b, 5, n)).isCloseTo(dot, within(tolerance));
    assertThat((double) math.dot(a, 3, b, 5, c, 7, n)).isCloseTo(triple, within(2 * tolerance));
    assertThat((double) math.sum(a, 3, n)).isCloseTo(sum, within(tolerance));
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void maxFindsTheLargestWhereverItStandsAndPropagatesNaN(String name, int n, RowMath math) {
    float[] a = new float[n + 6];
    java.util.Arrays.fill(a, 100);
    for (int at = 0; at < n; at++) {
      for (int t = 0; t < n; t++) {
        a[3 + t] = -5 - t % 3;
      }
      a[3 + at] = -4;
      assertThat(math.max(a, 3, n)).isEqualTo(-4);
      a[3 + at] = Float.NaN;
      assertThat(math.max(a, 3, n)).isNaN();
    }
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void exponentialsAreWithinThreePartsInTenMillion(String name, int n, RowMath math) {
    float[] x = random(n + 6, 4);
    float[] y = x.clone();
    float scale = 43;
    float shift = 40;
    double sum = 0;
    float returned = math.exponentials(y, 3, n, scale, shift);
    for (int t = 0; t < x.length; t++) {
      if (t < 3 || t >= 3 + n) {
        assertThat(y[t]).as("untouched").isEqualTo(x[t]);
        continue;
      }
      double argument = (double) scale * x[t] - shift;
      double expected = Math.exp(Math.max(argument, -87.3));
      sum += expected;
      // The product and the difference are rounded: half a unit of each, relative to the result.
      double rounding = (Math.abs((double) scale * x[t]) + Math.abs(argument)) * ULP;
      double tolerance = (3e-7 + rounding) * expected;
      assertThat((double) y[t]).as("exp(%s)", argument).isCloseTo(expected, within(tolerance));
    }
    assertThat((double) returned).isCloseTo(sum, within(1e-5 * sum));
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void exponentialsStayFiniteAndPositiveAndKeepNaN(String name, int n, RowMath math) {
    float[] x = new float[n];
    for (float value :
        new float[] {1000, -1000, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      java.util.Arrays.fill(x, value);
      math.exponentials(x, 0, n, 1, 0);
      for (float result : x) {
        assertThat(result).isFinite().isPositive();
      }
    }
    java.util.Arrays.fill(x, Float.NaN);
    assertThat(math.exponentials(x, 0, n, 1, 0)).isNaN();
    assertThat(x[n - 1]).isNaN();
    java.util.Arrays.fill(x, 0);
    assertThat(math.exponentials(x, 0, n, 1, 0)).isEqualTo(n);
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void logisticIsWithinFourPartsInTenMillion(String name, int n, RowMath math) {
    float[] x = random(n, 5);
    for (int t = 0; t < n; t++) {
      x[t] *= 30;
    }
    float[] y = new float[n];
    math.logistic(x, 0, y, 0, n);
    float[] inPlace = x.clone();
    math.logistic(inPlace, 0, inPlace, 0, n);
    for (int t = 0; t < n; t++) {
      assertThat((double) y[t]).isCloseTo(1 / (1 + Math.exp(-x[t])), within(4e-7));
      assertThat(inPlace[t]).isEqualTo(y[t]);
    }
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void logisticEndsAtZeroAndOneWithoutSubnormals(String name, int n, RowMath math) {
    float[] x = new float[n];
    float[] y = new float[n];
    for (float size = 45; size <= 1e8f; size *= 1.3f) {
      java.util.Arrays.fill(x, -size);
      math.logistic(x, 0, y, 0, n);
      assertThat(y).containsOnly(0);
      java.util.Arrays.fill(x, size);
      math.logistic(x, 0, y, 0, n);
      assertThat(y).containsOnly(1);
    }
    for (float small = -17; small > -45; small -= 0.25f) {
      java.util.Arrays.fill(x, small);
      math.logistic(x, 0, y, 0, n);
      for (float value : y) {
        assertThat(value == 0 || value >= Math.pow(2, -60)).as("%s at %s", value, small).isTrue();
      }
    }
    java.util.Arrays.fill(x, Float.NaN);
    math.logistic(x, 0, y, 0, n);
    assertThat(y).containsOnly(Float.NaN);
  }

  /**
   * A vector that HotSpot does not keep in a register is an object. Rounds are run until one, of
   * compiled code by then, allocates nothing.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("implementations")
  void nothingIsAllocatedOnceCompiled(String name, RowMath math) {
    float[] x = random(1000, 1);
    float[] y = random(1000, 2);
    List<Runnable> calls =
        List.of(
            () -> math.dot(x, 0, y, 0, 1000),
            () -> math.dot(x, 0, y, 0, x, 0, 1000),
            () -> math.sum(x, 0, 1000),
            () -> math.max(x, 0, 1000),
            () -> math.logistic(x, 0, y, 0, 1000),
            () -> math.exponentials(y, 0, 1000, 1, 1),
            () -> math.flush(x, 0, 1000));
    for (int call = 0; call < calls.size(); call++) {
      long perCall = Long.MAX_VALUE;
      for (int round = 0; round < 60 && perCall > 0; round++) {
        perCall = allocatedPerCall(calls.get(call));
      }
      assertThat(perCall).as("bytes per call of number %d of %s", call, name).isZero();
    }
  }

  private static long allocatedPerCall(Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    int calls = 10_000;
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    // What the measurement itself allocates is less than a byte per call.
    return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / calls;
  }

  static List<Arguments> implementations() {
    return implementationsAndLengths().stream()
        .filter(arguments -> arguments.get()[1].equals(1))
        .map(arguments -> Arguments.of(arguments.get()[0], arguments.get()[2]))
        .toList();
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void rowsAreScaledAddedAndMultipliedAndTheirNeighboursLeftAlone(
      String name, int n, RowMath math) {
    float[] a = random(n + 6, 6);
    float[] b = random(n + 8, 7);
    float factor = 0.37f;
    float[] scaled = a.clone();
    math.scale(scaled, 3, factor, n);
    float[] copied = a.clone();
    math.scaledCopy(copied, 3, factor, b, 5, n);
    float[] added = a.clone();
    math.addScaled(added, 3, factor, b, 5, n);
    float[] multiplied = a.clone();
    math.multiply(a, 3, b, 5, multiplied, 3, n);
    float[] accumulated = a.clone();
    math.addProduct(accumulated, 3, a, 3, b, 5, n);
    for (int t = 0; t < a.length; t++) {
      boolean inside = t >= 3 && t < 3 + n;
      double x = a[t];
      double y = inside ? b[t + 2] : 0;
      // One rounding each, two where a product is rounded before it is added; values are below 2.
      assertThat((double) scaled[t]).isCloseTo(inside ? factor * x : x, within((double) ULP));
      assertThat((double) copied[t]).isCloseTo(inside ? factor * y : x, within((double) ULP));
      assertThat((double) added[t])
          .isCloseTo(inside ? x + factor * y : x, within(3 * (double) ULP));
      assertThat((double) multiplied[t]).isCloseTo(inside ? x * y : x, within((double) ULP));
      assertThat((double) accumulated[t])
          .isCloseTo(inside ? x + x * y : x, within(3 * (double) ULP));
    }
  }

  @ParameterizedTest(name = "{0}, {1} values")
  @MethodSource("implementationsAndLengths")
  void whatIsNegligibleBecomesZeroAndNothingElse(String name, int n, RowMath math) {
    float edge = (float) Math.pow(2, -60);
    float[] kinds = {
      1,
      edge,
      -edge,
      Math.nextDown(edge),
      -Math.nextDown(edge),
      Float.MIN_VALUE,
      -Float.MIN_NORMAL,
      0,
      Float.NaN,
      Float.NEGATIVE_INFINITY,
      1e-18f,
      -1e-19f
    };
    boolean[] kept = {true, true, true, false, false, false, false, false, true, true, true, false};
    float[] x = new float[n + 6];
    for (int t = 0; t < x.length; t++) {
      x[t] = t < 3 || t >= 3 + n ? Float.MIN_VALUE : kinds[(t * 5) % kinds.length];
    }
    float[] y = x.clone();
    math.flush(y, 3, n);
    for (int t = 0; t < x.length; t++) {
      boolean untouched = t < 3 || t >= 3 + n || kept[(t * 5) % kinds.length];
      assertThat(y[t]).as("%s at %d", x[t], t).isEqualTo(Float.valueOf(untouched ? x[t] : 0));
    }
  }

  private static float[] random(int n, int salt) {
    SplittableRandom random = new SplittableRandom(SEED + salt);
    float[] values = new float[n];
    for (int t = 0; t < n; t++) {
      values[t] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
