// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/**
 * AdamW with decoupled decay (Loshchilov and Hutter 2019) on one level at a time: {@code m = b1 m +
 * (1 - b1) g}, {@code v = b2 v + (1 - b2) g^2}, {@code p -= rate (m^ / (sqrt(v^) + eps) + decay
 * p)}. The number of the update, which corrects the bias, is that of the level.
 */
public final class AdamW {
  private static final int TILE = 4096;

  private final OptimizerConfig config;
  private final ParameterLayout layout;
  private final Slab parameters;
  private final Slab moments1;
  private final Slab moments2;
  private final float[] p = new float[TILE];
  private final float[] g = new float[TILE];
  private final float[] m = new float[TILE];
  private final float[] v = new float[TILE];

  /**
   * {@code moments1} and {@code moments2} have the layout of the parameters; zero before the first
   * update.
   */
  public AdamW(
      OptimizerConfig config,
      ParameterLayout layout,
      Slab parameters,
      Slab moments1,
      Slab moments2) {
    this.config = config;
    this.layout = layout;
    this.parameters = parameters;
    this.moments1 = moments1;
    this.moments2 = moments2;
  }

  /**
   * Updates {@code level} from the sum of gradients in {@code gradients}.
   *
   * @param weight multiplies the sum; one over the number of target tokens makes it the mean
   * @param update which update of this level it is, from 1
   * @return norm of the weighted gradient before clipping; not finite if the gradient is not, and
   *     then nothing is updated
   */
  public double update(Level level, Slab gradients, double weight, long update, double rate) {
    double norm = GradientNorm.of(gradients, level.offset(), level.length()) * weight;
    if (!Double.isFinite(norm)) {
      return norm;
    }
    double scale = norm > config.clipNorm() ? weight * config.clipNorm() / norm : weight;
    double correction1 = 1 - StrictMath.pow(config.beta1(), (double) update);
    double correction2 = 1 - StrictMath.pow(config.beta2(), (double) update);
    for (TensorSpec tensor : tensors(level)) {
      double decay = tensor.decays() ? config.weightDecay() : 0;
      step(
          tensor,
          gradients,
          (float) scale,
          (float) (rate / correction1),
          (float) (1 / Math.sqrt(correction2)),
          (float) (rate * decay));
    }
    return norm;
  }

  private List<TensorSpec> tensors(Level level) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (TensorSpec tensor : layout.tensors()) {
      if (tensor.level() == level.index()) {
        tensors.add(tensor);
      }
    }
    return tensors;
  }

  private void step(
      TensorSpec tensor, Slab gradients, float scale, float rate, float root, float decay) {
    float beta1 = (float) config.beta1();
    float beta2 = (float) config.beta2();
    float epsilon = (float) config.epsilon();
    for (long done = 0; done < tensor.size(); done += TILE) {
      int n = (int) Math.min(TILE, tensor.size() - done);
      long at = tensor.offset() + done;
      parameters.read(at, p, 0, n);
      gradients.read(at, g, 0, n);
      moments1.read(at, m, 0, n);
      moments2.read(at, v, 0, n);
      for (int i = 0; i < n; i++) {
        float gradient = g[i] * scale;
        m[i] = beta1 * m[i] + (1 - beta1) * gradient;
        v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
        float step = rate * m[i] / ((float) Math.sqrt(v[i]) * root + epsilon);
        p[i] -= step + decay * p[i];
      }
      parameters.write(at, p, 0, n);
      moments1.write(at, m, 0, n);
      moments2.write(at, v, 0, n);
    }
  }
}
