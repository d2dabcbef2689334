// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;

/**
 * AdamW with decoupled decay (Loshchilov and Hutter 2019): {@code m = b1 m + (1 - b1) g}, {@code v
 * = b2 v + (1 - b2) g^2}, {@code p -= rate (m^ / (sqrt(v^) + eps) + decay p)}.
 */
public final class AdamW extends ElementWise {
  private final OptimizerConfig config;
  private final Slab parameters;
  private final Moments moments1;
  private final Moments moments2;

  /** A rule for the elements that both moments are there for. */
  public AdamW(
      OptimizerConfig config,
      ParameterLayout layout,
      Slab parameters,
      Moments moments1,
      Moments moments2) {
    super(layout);
    this.config = config;
    this.parameters = parameters;
    this.moments1 = moments1;
    this.moments2 = moments2;
  }

  @Override
  void step(Coefficients by, float decay, Slab gradients, long at, int n, Scratch scratch) {
    float beta1 = (float) config.beta1();
    float beta2 = (float) config.beta2();
    float epsilon = (float) config.epsilon();
    float scale = by.scale();
    float rate = by.corrected();
    float root = by.root();
    float[] p = scratch.p;
    float[] g = scratch.g;
    float[] m = scratch.m;
    float[] v = scratch.v;
    parameters.read(at, p, 0, n);
    gradients.read(at, g, 0, n);
    moments1.read(at, m, n);
    moments2.read(at, v, n);
    for (int i = 0; i < n; i++) {
      float gradient = g[i] * scale;
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
      float step = rate * m[i] / ((float) Math.sqrt(v[i]) * root + epsilon);
      p[i] -= step + decay * p[i];
    }
    parameters.write(at, p, 0, n);
    moments1.write(at, m, n);
    moments2.write(at, v, n);
  }
}
