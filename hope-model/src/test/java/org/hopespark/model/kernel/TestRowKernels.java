// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Small cases that a hand can follow; gradients of the whole stand in TestHopeGradients. */
class TestRowKernels {
  private Slab slab;
  private Arena arena;

  @BeforeEach
  void open() {
    slab = Slab.allocate("test", 4096);
    arena = Arena.on(slab);
  }

  @AfterEach
  void close() {
    slab.close();
  }

  private Matrix of(int rows, int columns, float... values) {
    Matrix matrix = arena.matrix(rows, columns);
    matrix.store(values);
    return matrix;
  }

  private static float[] values(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.load(values);
    return values;
  }

  @Test
  void rmsNormDividesByTheRootMeanSquare() {
    // mean((3, 4)^2) = 12.5.
    Matrix out = arena.matrix(1, 2);
    new RmsNorm(2).forward(of(1, 2, 3, 4), of(1, 2, 1, 2), out);
    assertThat(values(out)[0]).isCloseTo((float) (3 / Math.sqrt(12.5)), within(1e-6f));
    assertThat(values(out)[1]).isCloseTo((float) (2 * 4 / Math.sqrt(12.5)), within(1e-6f));
  }

  @Test
  void convolutionSeesOnlyThePast() {
    Matrix out = arena.matrix(4, 1);
    new CausalConvolution(4, 1, 3).forward(of(4, 1, 1, 2, 3, 4), of(1, 3, 100, 10, 1), out);
    assertThat(values(out)).containsExactly(1, 12, 123, 234);
  }

  @Test
  void convolutionGradientsAreThoseOfTheSum() {
    // y = (w2 x0, w2 x1 + w1 x0, w2 x2 + w1 x1 + w0 x0) and dy = (1, 10, 100).
    Matrix dWeights = of(1, 3, 0, 0, 1000);
    Matrix dIn = arena.matrix(3, 1);
    new CausalConvolution(3, 1, 3)
        .backward(of(3, 1, 1, 2, 3), of(1, 3, 4, 5, 6), of(3, 1, 1, 10, 100), dWeights, dIn);
    assertThat(values(dWeights)).containsExactly(100, 210, 1000 + 1 + 20 + 300);
    assertThat(values(dIn)).containsExactly(6 + 50 + 400, 60 + 500, 600);
  }

  @Test
  void gatedUnitMultipliesBySwish() {
    Matrix out = arena.matrix(1, 2);
    new GatedUnit(2).forward(of(1, 4, 3, 5, 0, 2), out);
    assertThat(values(out)[0]).isZero();
    assertThat(values(out)[1]).isCloseTo((float) (5 * 2 / (1 + Math.exp(-2))), within(1e-5f));
  }

  @Test
  void gatedUnitTurnsItsRowIntoTheGradient() {
    // s = a swish(b); swish'(2) = l + 2 l (1 - l) with l = 1 / (1 + e^-2).
    Matrix up = of(1, 2, 5, 2);
    new GatedUnit(1).backward(up, of(1, 1, 10));
    double l = 1 / (1 + Math.exp(-2));
    assertThat((double) values(up)[0]).isCloseTo(10 * 2 * l, within(1e-5));
    assertThat((double) values(up)[1]).isCloseTo(10 * 5 * (l + 2 * l * (1 - l)), within(3e-5));
  }

  @Test
  void outputGateIsOpenAtZero() {
    Matrix out = arena.matrix(1, 3);
    new OutputGate(3).forward(of(1, 3, 1, -2, 3), of(1, 3, 0, 0, 50), out);
    assertThat(values(out)).containsExactly(1, -2, 6);
  }

  @Test
  void embeddingAddsTheGradientsOfRepeatedTokens() {
    Matrix dTable = arena.matrix(3, 2);
    new Embedding(2).backward(new int[] {9, 1, 1, 2}, 1, of(3, 2, 1, 2, 3, 4, 5, 6), dTable);
    assertThat(values(dTable)).containsExactly(0, 0, 4, 6, 5, 6);
  }

  @Test
  void uniformLogitsCostTheLogarithmOfTheVocabulary() {
    Matrix hidden = arena.matrix(5, 3);
    Matrix table = of(4, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    CrossEntropy loss = new CrossEntropy(new Gemm(), slab, arena.reserve(8), 2, 4);
    double[] losses = new double[5];
    double sum = loss.forward(hidden, table, new int[] {0, 1, 2, 3, 0}, 0, losses);
    assertThat(sum).isCloseTo(5 * Math.log(4), within(1e-5));
    assertThat(losses[4]).isCloseTo(Math.log(4), within(1e-6));
  }

  @Test
  void crossEntropyGradientIsSoftmaxMinusTarget() {
    // One row, logits (1, 0): softmax p = 1 / (1 + e^-1).
    Matrix hidden = of(1, 1, 1);
    Matrix table = of(2, 1, 1, 0);
    Matrix dTable = arena.matrix(2, 1);
    Matrix dHidden = arena.matrix(1, 1);
    CrossEntropy loss = new CrossEntropy(new Gemm(), slab, arena.reserve(2), 1, 2);
    double sum = loss.backward(hidden, table, new int[] {1}, 0, dTable, dHidden);
    double p = 1 / (1 + Math.exp(-1));
    assertThat(sum).isCloseTo(-Math.log(1 - p), within(1e-6));
    assertThat((double) values(dTable)[0]).isCloseTo(p, within(1e-6));
    assertThat((double) values(dTable)[1]).isCloseTo(-p, within(1e-6));
    assertThat((double) values(dHidden)[0]).isCloseTo(p, within(1e-6));
  }

  @Test
  void aRowWithoutATargetHasNoLossAndNoGradient() {
    Matrix hidden = of(3, 2, 1, -2, 0.5f, 3, -1, 4);
    Matrix table = of(4, 2, 1, 2, -3, 1, 0.5f, -1, 2, 0);
    int[] masked = {3, CrossEntropy.NO_TARGET, 0};
    Matrix dTable = arena.matrix(4, 2);
    Matrix dHidden = of(3, 2, 9, 9, 9, 9, 9, 9);
    CrossEntropy loss = new CrossEntropy(new Gemm(), slab, arena.reserve(8), 2, 4);
    double[] losses = {9, 9, 9};
    double sum = loss.forward(hidden, table, masked, 0, losses);
    assertThat(losses[1]).isZero();
    assertThat(loss.backward(hidden, table, masked, 0, dTable, dHidden)).isEqualTo(sum);

    // What is left are the rows 0 and 2 alone.
    Matrix alone = of(2, 2, 1, -2, -1, 4);
    Matrix dTableAlone = arena.matrix(4, 2);
    Matrix dAlone = arena.matrix(2, 2);
    int[] targets = {3, 0};
    assertThat(loss.backward(alone, table, targets, 0, dTableAlone, dAlone)).isEqualTo(sum);
    assertThat(values(dHidden)[2]).isZero();
    assertThat(values(dHidden)[3]).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat((double) values(dHidden)[i < 2 ? i : i + 2])
          .isCloseTo(values(dAlone)[i], within(1e-6));
    }
    for (int i = 0; i < 8; i++) {
      assertThat((double) values(dTable)[i]).isCloseTo(values(dTableAlone)[i], within(1e-5));
    }
  }
}
