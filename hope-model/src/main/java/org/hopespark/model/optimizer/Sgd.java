// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;

/**
 * Gradient descent with momentum (Polyak 1964; Eq. 33 and 34 with the rate outside, as PyTorch has
 * it) and decoupled decay: {@code m = momentum m + g}, {@code p -= rate (m + decay p)}. A constant
 * gradient comes to move by {@code rate / (1 - momentum)} of itself.
 */
public final class Sgd extends ElementWise {
  private final float momentum;
  private final Slab parameters;
  private final Moments moments;

  /** A rule for the elements that {@code moments} are there for. */
  public Sgd(OptimizerConfig config, ParameterLayout layout, Slab parameters, Moments moments) {
    super(layout);
    momentum = (float) config.momentum();
    this.parameters = parameters;
    this.moments = moments;
  }

  @Override
  void step(Coefficients by, float decay, Slab gradients, long at, int n, Scratch scratch) {
    float scale = by.scale();
    float rate = by.rate();
    float[] p = scratch.p;
    float[] g = scratch.g;
    float[] m = scratch.m;
    parameters.read(at, p, 0, n);
    gradients.read(at, g, 0, n);
    moments.read(at, m, n);
    for (int i = 0; i < n; i++) {
      m[i] = momentum * m[i] + g[i] * scale;
      p[i] -= rate * m[i] + decay * p[i];
    }
    parameters.write(at, p, 0, n);
    moments.write(at, m, n);
  }
}
