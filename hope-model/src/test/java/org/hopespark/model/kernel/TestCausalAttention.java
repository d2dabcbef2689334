// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against sums over tokens in float64, at sizes around the block of 64 queries. */
class TestCausalAttention {
  private static final long SEED = 20261122;
  private static final int HEADS = 3;

  /** One head in the middle of three, in the second of two sequences. */
  private static final class Case implements AutoCloseable {
    final int tokens;
    final int width;
    final int dim;
    final Slab slab;
    final CausalAttention kernel;
    final Matrix inputs;
    final Matrix outputs;
    final Matrix dInputs;
    final Matrix dOutputs;
    final float[] logSums;
    final double[][] q;
    final double[][] k;
    final double[][] v;
    final double[][] dOut;

    Case(int tokens, int width, double size) {
      this.tokens = tokens;
      this.width = width;
      dim = HEADS * width;
      slab = Slab.allocate("test", 2L * 64 * tokens + 16L * tokens * dim);
      Arena arena = Arena.on(slab);
      kernel = new CausalAttention(tokens, width, new Gemm(), arena);
      SplittableRandom random = new SplittableRandom(SEED + tokens);
      inputs = filled(arena.matrix(2 * tokens, 3 * dim), random, size);
      outputs = filled(arena.matrix(2 * tokens, dim), random, 1);
      dInputs = filled(arena.matrix(2 * tokens, 3 * dim), random, 1);
      dOutputs = filled(arena.matrix(2 * tokens, dim), random, 1);
      logSums = new float[2 * tokens + 1];
      Arrays.fill(logSums, -77);
      q = head(inputs, 0);
      k = head(inputs, dim);
      v = head(inputs, 2 * dim);
      dOut = head(dOutputs, 0);
    }

    void run() {
      AttentionWindows io =
          new AttentionWindows(tokens, width, dim).moveTo(inputs, outputs, tokens, width);
      AttentionWindows d =
          new AttentionWindows(tokens, width, dim).moveTo(dInputs, dOutputs, tokens, width);
      kernel.forward(io, logSums, tokens);
      kernel.backward(io, d, logSums, tokens);
    }

    double[][] head(Matrix rows, int from) {
      float[] values = values(rows);
      double[][] head = new double[tokens][width];
      for (int t = 0; t < tokens; t++) {
        for (int c = 0; c < width; c++) {
          head[t][c] = values[(tokens + t) * rows.columns() + from + width + c];
        }
      }
      return head;
    }

    @Override
    public void close() {
      slab.close();
    }
  }

  private static Matrix filled(Matrix matrix, SplittableRandom random, double size) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (size * (random.nextDouble() * 2 - 1));
    }
    matrix.store(values);
    return matrix;
  }

  private static float[] values(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.load(values);
    return values;
  }

  /** The last column makes scores of hundreds, whose exponentials no float holds. */
  @ParameterizedTest
  @CsvSource({
    "1, 4, 1",
    "2, 1, 1",
    "7, 6, 1",
    "13, 3, 30",
    "63, 8, 2",
    "64, 5, 1",
    "65, 16, 2",
    "127, 2, 1",
    "128, 4, 1",
    "129, 4, 10",
    "200, 33, 1"
  })
  void valuesAndGradientsEqualSumsOverTokens(int tokens, int width, double size) {
    System.out.println("seed " + SEED);
    try (Case test = new Case(tokens, width, size)) {
      test.run();
      double scale = 1 / Math.sqrt(width);
      double[][] out = new double[tokens][width];
      double[][] dQ = new double[tokens][width];
      double[][] dK = new double[tokens][width];
      double[][] dV = new double[tokens][width];
      for (int t = 0; t < tokens; t++) {
        double[] p = new double[t + 1];
        double max = Double.NEGATIVE_INFINITY;
        for (int s = 0; s <= t; s++) {
          p[s] = scale * dot(test.q[t], test.k[s]);
          max = Math.max(max, p[s]);
        }
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          p[s] = Math.exp(p[s] - max);
          sum += p[s];
        }
        assertThat((double) test.logSums[tokens + t])
            .isCloseTo(max + Math.log(sum), within(2e-6 * (1 + size * size)));
        double along = 0;
        for (int s = 0; s <= t; s++) {
          p[s] /= sum;
          along += p[s] * dot(test.dOut[t], test.v[s]);
          add(out[t], p[s], test.v[s]);
          add(dV[s], p[s], test.dOut[t]);
        }
        for (int s = 0; s <= t; s++) {
          double dScore = scale * p[s] * (dot(test.dOut[t], test.v[s]) - along);
          add(dQ[t], dScore, test.k[s]);
          add(dK[s], dScore, test.q[t]);
        }
      }
      // A score of size^2 sqrt(d) is rounded to one part in 2^24, and a weight follows its score.
      double relative = 1e-6 * (1 + size * size * Math.sqrt(width));
      assertClose("out", test.head(test.outputs, 0), out, relative * size);
      assertClose("dV", test.head(test.dInputs, 2 * test.dim), dV, relative * largest(dV));
      assertClose(
          "dQ", test.head(test.dInputs, 0), dQ, relative * Math.max(size * size, largest(dQ)));
      assertClose(
          "dK",
          test.head(test.dInputs, test.dim),
          dK,
          relative * Math.max(size * size, largest(dK)));
    }
  }

  @Test
  void otherHeadsAndSequencesAreNotTouched() {
    try (Case test = new Case(70, 4, 1)) {
      float[] outputs = values(test.outputs);
      float[] dInputs = values(test.dInputs);
      test.run();
      assertUntouched(values(test.outputs), outputs, test, 1);
      assertUntouched(values(test.dInputs), dInputs, test, 3);
      for (int t = 0; t < 70; t++) {
        assertThat(test.logSums[t]).isEqualTo(-77);
      }
      assertThat(test.logSums[140]).isEqualTo(-77);
    }
  }

  @Test
  void repeatedRunsGiveTheSameBits() {
    try (Case one = new Case(100, 8, 1);
        Case two = new Case(100, 8, 1)) {
      one.run();
      two.run();
      two.run();
      assertThat(values(two.outputs)).isEqualTo(values(one.outputs));
      assertThat(values(two.dInputs)).isEqualTo(values(one.dInputs));
    }
  }

  private static void assertUntouched(float[] after, float[] before, Case test, int parts) {
    int columns = parts * test.dim;
    int untouched = 0;
    for (int i = 0; i < after.length; i++) {
      boolean mine = i / columns >= test.tokens && i % test.dim / test.width == 1;
      if (!mine) {
        assertThat(after[i]).isEqualTo(before[i]);
        untouched++;
      }
    }
    assertThat(untouched).isEqualTo(after.length - parts * test.tokens * test.width);
  }

  private static void assertClose(String name, double[][] actual, double[][] expected, double by) {
    for (int t = 0; t < expected.length; t++) {
      for (int c = 0; c < expected[t].length; c++) {
        assertThat(actual[t][c]).as("%s[%d, %d]", name, t, c).isCloseTo(expected[t][c], within(by));
      }
    }
  }

  private static double largest(double[][] values) {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] sum, double factor, double[] x) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * x[i];
    }
  }
}
