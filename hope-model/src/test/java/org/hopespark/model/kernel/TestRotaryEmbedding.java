// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestRotaryEmbedding {
  private static final long SEED = 4711;
  private static final int TOKENS = 9;
  private static final int WIDTH = 6;
  private static final int HEADS = 3;

  private final RotaryEmbedding rotary = new RotaryEmbedding(TOKENS, HEADS * WIDTH, WIDTH, 100);
  private Slab slab;

  @BeforeEach
  void open() {
    slab = Slab.allocate("test", 4096);
  }

  @AfterEach
  void close() {
    slab.close();
  }

  /** Rows of the heads inside longer rows, as queries and keys stand beside values. */
  private Matrix rows(int n, float[] values) {
    Matrix rows = Matrix.strided(slab, 3, n, HEADS * WIDTH, HEADS * WIDTH + 5);
    rows.store(values);
    return rows;
  }

  private static float[] random(int n) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return values;
  }

  private static float[] load(Matrix rows) {
    float[] values = new float[rows.rows() * rows.columns()];
    rows.load(values);
    return values;
  }

  private static double dot(float[] a, int i, float[] b, int j, int n) {
    double sum = 0;
    for (int c = 0; c < n; c++) {
      sum += (double) a[i + c] * b[j + c];
    }
    return sum;
  }

  /** Base 100 and width 4: columns 0 and 2 turn by t, columns 1 and 3 by t / 10. */
  @Test
  void halvesOfAHeadArePairedAsInLlama() {
    Matrix rows = Matrix.dense(slab, 0, 3, 4);
    rows.store(new float[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2});
    new RotaryEmbedding(3, 4, 4, 100).forward(rows);
    float[] turned = load(rows);
    double[] expected = {
      1,
      0,
      0,
      0,
      0,
      Math.cos(0.1),
      0,
      Math.sin(0.1),
      -Math.sin(2),
      -2 * Math.sin(0.2),
      Math.cos(2),
      2 * Math.cos(0.2)
    };
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) turned[i]).isCloseTo(expected[i], within(2e-7));
    }
  }

  @Test
  void rotationKeepsTheLengthOfEveryHead() {
    float[] before = random(TOKENS * HEADS * WIDTH);
    Matrix rows = rows(TOKENS, before);
    rotary.forward(rows);
    float[] after = load(rows);
    assertThat(after).isNotEqualTo(before);
    for (int head = 0; head < TOKENS * HEADS; head++) {
      double length = dot(before, head * WIDTH, before, head * WIDTH, WIDTH);
      assertThat(dot(after, head * WIDTH, after, head * WIDTH, WIDTH))
          .isCloseTo(length, within(1e-6 * length));
    }
  }

  @Test
  void productsDependOnTheDistanceOnly() {
    // The same head at every position.
    float[] same = random(HEADS * WIDTH);
    float[] values = new float[TOKENS * same.length];
    for (int t = 0; t < TOKENS; t++) {
      System.arraycopy(same, 0, values, t * same.length, same.length);
    }
    Matrix rows = rows(TOKENS, values);
    rotary.forward(rows);
    float[] turned = load(rows);
    for (int distance = 0; distance < TOKENS; distance++) {
      double first = dot(turned, 0, turned, distance * same.length, WIDTH);
      for (int t = 1; t + distance < TOKENS; t++) {
        assertThat(dot(turned, t * same.length, turned, (t + distance) * same.length, WIDTH))
            .as("positions %d and %d", t, t + distance)
            .isCloseTo(first, within(1e-6));
      }
    }
    assertThat(dot(turned, 0, turned, 4 * same.length, WIDTH))
        .isNotCloseTo(dot(turned, 0, turned, 0, WIDTH), within(0.1));
  }

  @Test
  void positionsBeginAnewWithEverySequence() {
    float[] one = random(TOKENS * HEADS * WIDTH);
    float[] two = new float[2 * one.length];
    System.arraycopy(one, 0, two, 0, one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    Matrix rows = rows(2 * TOKENS, two);
    rotary.forward(rows);
    float[] turned = load(rows);
    for (int i = 0; i < one.length; i++) {
      assertThat(turned[one.length + i]).isEqualTo(turned[i]);
    }
  }

  @Test
  void backwardUndoesForwardAsTheTransposeOfARotation() {
    float[] before = random(TOKENS * HEADS * WIDTH);
    Matrix rows = rows(TOKENS, before);
    rotary.forward(rows);
    rotary.backward(rows);
    float[] after = load(rows);
    for (int i = 0; i < before.length; i++) {
      assertThat((double) after[i]).isCloseTo(before[i], within(3e-7));
    }
  }

  @Test
  void whatStandsBesideTheHeadsIsNotTouched() {
    rows(TOKENS, random(TOKENS * HEADS * WIDTH));
    Matrix beside = Matrix.strided(slab, 3 + HEADS * WIDTH, TOKENS, 5, HEADS * WIDTH + 5);
    float[] values = random(TOKENS * 5);
    beside.store(values);
    Matrix rows = Matrix.strided(slab, 3, TOKENS, HEADS * WIDTH, HEADS * WIDTH + 5);
    rotary.forward(rows);
    rotary.backward(rows);
    assertThat(load(beside)).isEqualTo(values);
  }
}
