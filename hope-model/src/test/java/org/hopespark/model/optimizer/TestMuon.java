// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.optimizer.LevelDivision.Segment;
import org.hopespark.model.optimizer.Optimizer.Kind;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon against its formula in double, and against what PyTorch computed in float64. */
class TestMuon {
  private static final long SEED = 42;

  private static RunConfig config(String... settings) {
    List<String> all = new ArrayList<>(List.of("optimizer.name=muon"));
    all.addAll(List.of(settings));
    return RunConfig.read(InputStream.nullInputStream(), all);
  }

  /** Wide, tall, square, longer than a tile; the steps are far below the clip norm. */
  @ParameterizedTest
  @CsvSource({"3, 5", "5, 3", "16, 16", "70, 64", "1, 9"})
  void equalsTheFormulaInDouble(int rows, int columns) {
    System.out.printf("seed %d, %d x %d%n", SEED, rows, columns);
    OptimizerConfig config = config("optimizer.momentum=0.9").optimizer();
    SplittableRandom random = new SplittableRandom(SEED + 1000L * rows + columns);
    double[][] p = random(rows, columns, random);
    double[][] m = new double[rows][columns];
    List<double[][]> gradients = new ArrayList<>();
    for (int update = 0; update < 4; update++) {
      gradients.add(random(rows, columns, random));
    }
    double[] actual = run(config, p, gradients, 0.03);
    for (double[][] g : gradients) {
      double[][] direction = new double[rows][columns];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          m[r][c] = 0.9 * m[r][c] + 0.1 * g[r][c];
          direction[r][c] = 0.1 * g[r][c] + 0.9 * m[r][c];
        }
      }
      double[][] orthogonal = orthogonalised(direction);
      double reach = 0.2 * Math.sqrt(Math.max(rows, columns));
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          p[r][c] -= 0.03 * (reach * orthogonal[r][c] + config.weightDecay() * p[r][c]);
        }
      }
    }
    for (int i = 0; i < actual.length; i++) {
      // Four updates of at most 0.03 * 0.2 * sqrt(70), each to some 1e-5 of itself.
      assertThat(actual[i]).isCloseTo(p[i / columns][i % columns], within(4e-6));
    }
  }

  /** Written by src/test/python/muon.py. */
  @Test
  void equalsPyTorch() throws IOException {
    JsonNode golden;
    try (InputStream in = TestMuon.class.getResourceAsStream("muon.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    OptimizerConfig config =
        config(
                "optimizer.momentum=" + golden.get("momentum").asDouble(),
                "optimizer.weight-decay=" + golden.get("weight-decay").asDouble())
            .optimizer();
    assertThat(golden.get("cases")).hasSize(3);
    for (JsonNode each : golden.get("cases")) {
      List<double[][]> gradients = new ArrayList<>();
      each.get("gradients").forEach(gradient -> gradients.add(matrix(gradient)));
      double[] actual =
          run(config, matrix(each.get("before")), gradients, golden.get("rate").asDouble());
      double[][] expected = matrix(each.get("after"));
      int columns = expected[0].length;
      for (int i = 0; i < actual.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i / columns][i % columns], within(2e-6));
      }
    }
  }

  /** The root of the mean square of one update is 0.2 rates, whatever the shape. */
  @ParameterizedTest
  @CsvSource({"64, 64", "16, 96", "96, 16"})
  void theUpdateIsAsLongAsOneOfAdamW(int rows, int columns) {
    OptimizerConfig config = config("optimizer.weight-decay=0").optimizer();
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] zero = new double[rows][columns];
    double[] moved = run(config, zero, List.<double[][]>of(random(rows, columns, random)), 1);
    double squares = 0;
    for (double value : moved) {
      squares += value * value;
    }
    // Singular values end within about [0.7, 1.2], those near zero below.
    assertThat(Math.sqrt(squares / moved.length)).isBetween(0.2 * 0.7, 0.2 * 1.2);
  }

  @Test
  void aRangeThatIsNotOneMatrixIsRefused() {
    MatrixShape shape = new MatrixShape(2, 3);
    try (Slab slab = Slab.allocate("p", 12)) {
      Muon muon = new Muon(config().optimizer(), shape, slab, new Moments(slab, 0));
      Coefficients by = Coefficients.of(config().optimizer(), 1, 1, 1, 1);
      assertThatThrownBy(() -> muon.step(by, slab, 0, 12, new Scratch()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Invalid range [0 to 12]");
    }
  }

  /** Every map between vectors is a matrix of its own; the rest goes to AdamW. */
  @Test
  void embeddingConvolutionAndGainsAreNoMatrices() {
    RunConfig config = config("model.dim=16", "model.layers=1", "model.heads=2");
    ParameterLayout layout = new ParameterLayout(config.model());
    Set<String> adamW = new TreeSet<>();
    for (LevelDivision division : LevelDivision.all(config.optimizer(), layout)) {
      Level level = division.level();
      long at = level.offset();
      for (Segment segment : division.segments()) {
        assertThat(segment.from()).isEqualTo(at);
        at = segment.to();
        for (TensorSpec tensor : layout.tensors()) {
          if (tensor.offset() >= segment.from() && tensor.offset() < segment.to()) {
            if (segment.kind() == Kind.ADAMW) {
              adamW.add(tensor.name());
            } else {
              int axes = tensor.shape().size();
              assertThat(segment.matrix())
                  .contains(
                      new MatrixShape(tensor.shape().get(axes - 2), tensor.shape().get(axes - 1)));
              assertThat(tensor.size() / (segment.to() - segment.from()))
                  .isEqualTo(axes == 3 ? tensor.shape().get(0) : 1);
            }
          }
        }
      }
      assertThat(at).isEqualTo(level.offset() + level.length());
    }
    assertThat(adamW)
        .containsExactly(
            "blocks.0.cms.fast.norm.weight",
            "blocks.0.cms.mid.norm.weight",
            "blocks.0.cms.slow.norm.weight",
            "blocks.0.titans.convolution.weight",
            "blocks.0.titans.norm.weight",
            "blocks.0.titans.output-norm.weight",
            "embedding.weight",
            "norm.weight");
  }

  // The matrix is the second of two in the slab; its momentum is packed at 3.
  private static double[] run(
      OptimizerConfig config, double[][] start, List<double[][]> gradients, double rate) {
    int rows = start.length;
    int columns = start[0].length;
    int n = rows * columns;
    MatrixShape shape = new MatrixShape(rows, columns);
    long size = Scratch.elements(Set.of(shape));
    try (Slab p = Slab.allocate("p", 2L * n);
        Slab m = Slab.allocate("m", n + 3);
        Slab g = Slab.allocate("g", 2L * n);
        Slab work = Slab.allocate("work", size)) {
      Scratch scratch = new Scratch(Set.of(shape), work, 0);
      Muon muon = new Muon(config, shape, p, new Moments(m, 3 - n));
      write(p, n, start, 1);
      for (double[][] gradient : gradients) {
        write(g, n, gradient, 8);
        muon.step(Coefficients.of(config, 0.5, 1.0 / 8, 1, rate), g, n, 2L * n, scratch);
      }
      double[] out = new double[n];
      for (int i = 0; i < n; i++) {
        assertThat(p.read(i)).isZero();
        out[i] = p.read(n + i);
      }
      return out;
    }
  }

  private static void write(Slab slab, int at, double[][] matrix, double factor) {
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < matrix[r].length; c++) {
        slab.write(at + (long) r * matrix[r].length + c, (float) (factor * matrix[r][c]));
      }
    }
  }

  // Five quintic steps, transposed where there are more rows than columns (Jordan 2024).
  private static double[][] orthogonalised(double[][] g) {
    boolean tall = g.length > g[0].length;
    double[][] x = tall ? transposed(g) : transposed(transposed(g));
    double squares = 1e-300;
    for (double[] row : x) {
      squares += SingularValues.dot(row, row);
    }
    for (double[] row : x) {
      for (int c = 0; c < row.length; c++) {
        row[c] /= Math.sqrt(squares) + 1e-7;
      }
    }
    for (int step = 0; step < 5; step++) {
      double[][] a = product(x, transposed(x));
      double[][] ax = product(a, x);
      double[][] aax = product(a, ax);
      for (int r = 0; r < x.length; r++) {
        for (int c = 0; c < x[r].length; c++) {
          x[r][c] = 3.4445 * x[r][c] - 4.7750 * ax[r][c] + 2.0315 * aax[r][c];
        }
      }
    }
    return tall ? transposed(x) : x;
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] columns = transposed(b);
    double[][] out = new double[a.length][columns.length];
    for (int r = 0; r < a.length; r++) {
      for (int c = 0; c < columns.length; c++) {
        out[r][c] = SingularValues.dot(a[r], columns[c]);
      }
    }
    return out;
  }

  private static double[][] transposed(double[][] matrix) {
    double[][] out = new double[matrix[0].length][matrix.length];
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < matrix[r].length; c++) {
        out[c][r] = matrix[r][c];
      }
    }
    return out;
  }

  // Such that parameters and gradients are float32 already.
  private static double[][] random(int rows, int columns, SplittableRandom random) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int c = 0; c < columns; c++) {
        row[c] = (float) random.nextDouble(-1, 1);
      }
    }
    return matrix;
  }

  private static double[][] matrix(JsonNode rows) {
    double[][] matrix = new double[rows.size()][rows.get(0).size()];
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < matrix[r].length; c++) {
        matrix[r][c] = rows.get(r).get(c).asDouble();
      }
    }
    return matrix;
  }
}
