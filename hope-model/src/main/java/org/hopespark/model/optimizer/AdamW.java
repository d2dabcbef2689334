// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.List;
import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/**
 * AdamW with decoupled decay (Loshchilov and Hutter 2019): {@code m = b1 m + (1 - b1) g}, {@code v
 * = b2 v + (1 - b2) g^2}, {@code p -= rate (m^ / (sqrt(v^) + eps) + decay p)}. Elements are
 * independent, so that any range can be stepped on any thread.
 */
public final class AdamW {
  private final OptimizerConfig config;
  private final Slab parameters;
  private final Slab moments1;
  private final Slab moments2;
  // Tensors in the order of their offsets: where each ends, and whether it decays.
  private final long[] ends;
  private final boolean[] decays;

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
    this.parameters = parameters;
    this.moments1 = moments1;
    this.moments2 = moments2;
    List<TensorSpec> tensors = layout.tensors();
    ends = new long[tensors.size()];
    decays = new boolean[tensors.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = tensors.get(i).offset() + tensors.get(i).size();
      decays[i] = tensors.get(i).decays();
    }
  }

  /**
   * What one update of a level multiplies with.
   *
   * @param scale of the summed gradient: its weight, cut to the longest norm allowed
   * @param rate over the first moment's bias correction
   * @param root one over the root of the second moment's bias correction
   * @param decay rate times weight decay
   */
  public record Coefficients(float scale, float rate, float root, float decay) {}

  /**
   * The coefficients of an update.
   *
   * @param norm of the weighted gradient
   * @param weight multiplies the summed gradient; one over the number of target tokens makes it the
   *     mean
   * @param update which update of its level it is, from 1
   */
  public Coefficients coefficients(double norm, double weight, long update, double rate) {
    double scale = norm > config.clipNorm() ? weight * config.clipNorm() / norm : weight;
    double correction1 = 1 - StrictMath.pow(config.beta1(), (double) update);
    double correction2 = 1 - StrictMath.pow(config.beta2(), (double) update);
    return new Coefficients(
        (float) scale,
        (float) (rate / correction1),
        (float) (1 / Math.sqrt(correction2)),
        (float) (rate * config.weightDecay()));
  }

  /** Updates parameters {@code from} to {@code to} by the gradients at the same place. */
  public void step(Coefficients by, Slab gradients, long from, long to, Tiles tiles) {
    int tensor = tensorAt(from);
    for (long at = from; at < to; ) {
      while (ends[tensor] <= at) {
        tensor++;
      }
      int n = (int) Math.min(tiles.p.length, Math.min(to, ends[tensor]) - at);
      step(by, decays[tensor] ? by.decay : 0, gradients, at, n, tiles);
      at += n;
    }
  }

  private int tensorAt(long element) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      if (ends[middle] <= element) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void step(Coefficients by, float decay, Slab gradients, long at, int n, Tiles tiles) {
    float beta1 = (float) config.beta1();
    float beta2 = (float) config.beta2();
    float epsilon = (float) config.epsilon();
    float scale = by.scale;
    float rate = by.rate;
    float root = by.root;
    float[] p = tiles.p;
    float[] g = tiles.g;
    float[] m = tiles.m;
    float[] v = tiles.v;
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

  /** Scratch of one thread. */
  public static final class Tiles {
    private static final int LENGTH = 4096;

    final float[] p = new float[LENGTH];
    final float[] g = new float[LENGTH];
    final float[] m = new float[LENGTH];
    final float[] v = new float[LENGTH];
  }
}
