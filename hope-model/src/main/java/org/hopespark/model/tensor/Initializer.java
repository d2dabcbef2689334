// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.hopespark.model.tensor.TensorSpec.Start;

/**
 * Fills parameters from the seed. A tensor's values depend on the seed and its name, not on the
 * other tensors.
 */
public final class Initializer {
  private Initializer() {}

  public static void initialize(ParameterLayout layout, long seed, Slab parameters) {
    for (TensorSpec tensor : layout.tensors()) {
      float[] values = values(tensor, seed);
      parameters.write(tensor.offset(), values, 0, values.length);
    }
  }

  private static float[] values(TensorSpec tensor, long seed) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    if (tensor.start() instanceof Start.Normal normal) {
      fillNormal(values, normal.deviation(), new SplittableRandom(seed ^ nameSeed(tensor.name())));
    } else if (tensor.start() instanceof Start.Ones) {
      Arrays.fill(values, 1);
    } else {
      int columns = tensor.shape().get(tensor.shape().size() - 1);
      for (int last = columns - 1; last < values.length; last += columns) {
        values[last] = 1;
      }
    }
    return values;
  }

  // Box-Muller on StrictMath: the same bits on every machine, which Math does not promise.
  private static void fillNormal(float[] values, double deviation, SplittableRandom random) {
    for (int i = 0; i < values.length; i += 2) {
      double radius = deviation * StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      double angle = 2 * Math.PI * random.nextDouble();
      values[i] = (float) (radius * StrictMath.cos(angle));
      if (i + 1 < values.length) {
        values[i + 1] = (float) (radius * StrictMath.sin(angle));
      }
    }
  }

  // FNV-1a, 64 bits.
  private static long nameSeed(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
