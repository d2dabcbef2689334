// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * Momentum that is orthogonalised before it is taken (Jordan et al. 2024; Eq. 42 with Nesterov's
 * momentum): {@code m = mu m + (1 - mu) g}, {@code O = NS5((1 - mu) g + mu m)}, {@code p -= rate
 * (0.2 sqrt(max(rows, columns)) O + decay p)}, for one matrix as a whole.
 *
 * <p>An orthogonal matrix has entries of root mean square {@code 1 / sqrt(max(rows, columns))}; the
 * factor brings that to 0.2, about what an update of AdamW has, so that both take the same rate and
 * decay (Liu et al. 2025, arXiv:2502.16982). The original has {@code sqrt(max(1, rows / columns))}
 * and a rate of its own.
 */
public final class Muon implements Optimizer {
  private static final double ROOT_MEAN_SQUARE = 0.2;

  private final float momentum;
  private final float reach;
  private final MatrixShape shape;
  private final Slab parameters;
  private final Moments moments;

  /** A rule for matrices of one shape, of which each call steps one. */
  public Muon(OptimizerConfig config, MatrixShape shape, Slab parameters, Moments moments) {
    momentum = (float) config.momentum();
    reach = (float) (ROOT_MEAN_SQUARE * Math.sqrt(Math.max(shape.rows(), shape.columns())));
    this.shape = shape;
    this.parameters = parameters;
    this.moments = moments;
  }

  @Override
  public void step(Coefficients by, Slab gradients, long from, long to, Scratch scratch) {
    if (to - from != shape.elements()) {
      throw new IllegalArgumentException(
          "Invalid range [%d to %d]: must be one matrix of %s".formatted(from, to, shape));
    }
    Scratch.Work work = scratch.matrix(shape);
    gather(by.scale(), gradients, from, to, work.matrix(), scratch);
    work.newtonSchulz().apply(work.matrix());
    float rate = by.rate() * reach;
    float decay = by.decay();
    float[] p = scratch.p;
    float[] o = scratch.g;
    for (long at = from; at < to; at += Scratch.LENGTH) {
      int n = (int) Math.min(Scratch.LENGTH, to - at);
      parameters.read(at, p, 0, n);
      work.matrix().slab().read(work.matrix().offset() + at - from, o, 0, n);
      for (int i = 0; i < n; i++) {
        p[i] -= rate * o[i] + decay * p[i];
      }
      parameters.write(at, p, 0, n);
    }
  }

  private void gather(
      float scale, Slab gradients, long from, long to, Matrix matrix, Scratch scratch) {
    float rest = 1 - momentum;
    float[] g = scratch.g;
    float[] m = scratch.m;
    for (long at = from; at < to; at += Scratch.LENGTH) {
      int n = (int) Math.min(Scratch.LENGTH, to - at);
      gradients.read(at, g, 0, n);
      moments.read(at, m, n);
      for (int i = 0; i < n; i++) {
        float gradient = rest * (g[i] * scale);
        m[i] = momentum * m[i] + gradient;
        g[i] = gradient + momentum * m[i];
      }
      moments.write(at, m, n);
      matrix.slab().write(matrix.offset() + at - from, g, 0, n);
    }
  }
}
