// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.SplittableRandom;

/** An arena whose memory holds even random values in (-1, 1). */
public final class BenchmarkArena implements AutoCloseable {
  private static final int TILE = 4096;

  private final Slab slab;
  private final Arena arena;

  public BenchmarkArena(long elements) {
    BlasThreads.useOne();
    slab = Slab.allocate("benchmark", elements);
    arena = Arena.on(slab);
    SplittableRandom random = new SplittableRandom(elements);
    float[] tile = new float[TILE];
    for (long done = 0; done < elements; done += TILE) {
      for (int i = 0; i < TILE; i++) {
        tile[i] = (float) random.nextDouble(-1, 1);
      }
      slab.write(done, tile, 0, (int) Math.min(TILE, elements - done));
    }
  }

  public Arena arena() {
    return arena;
  }

  public Matrix matrix(int rows, int columns) {
    return arena.matrix(rows, columns);
  }

  @Override
  public void close() {
    slab.close();
  }
}
