// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a chunk hands to the next one, and its gradient to the one before, holds no number that is
 * too near zero for a product of two: what is forgotten would end as subnormal numbers.
 */
class TestMemoryWrite {
  private static final int CHUNK = 16;
  private static final int WIDTH = 8;
  private static final long SEED = 20_261_127;

  /** One write over one chunk, with everything around it. */
  private static final class Chunk implements AutoCloseable {
    final ChunkState start;
    final ChunkState next;
    final ChunkState dStart;
    final ChunkState dNext;
    final ChunkInputs in;
    final MemoryWrite write;
    private final Slab slab;

    Chunk(double momentum) {
      ModelConfig model =
          RunConfig.read(
                  new ByteArrayInputStream(new byte[0]),
                  List.of(
                      "model.dim=" + WIDTH,
                      "model.heads=1",
                      "model.memory.momentum=" + momentum,
                      "model.memory.chunk=" + CHUNK,
                      "model.memory.projection-chunk=" + CHUNK))
              .model();
      HeadShape shape = HeadShape.of(model, CHUNK);
      slab = Slab.allocate("test", 1 << 20);
      Arena arena = Arena.on(slab);
      Gemm gemm = new Gemm();
      in = new ChunkInputs(CHUNK, WIDTH, model.memory(), gemm, arena);
      WeightSums sums = new WeightSums(WIDTH * shape.hidden());
      write = new MemoryWrite(in, shape, CHUNK, model.memory(), gemm, sums, arena);
      ChunkState[] states = new ChunkState[4];
      for (int i = 0; i < states.length; i++) {
        states[i] = new ChunkState(shape).moveTo(slab, arena.reserve(shape.stateSize()));
        states[i].clear();
      }
      start = states[0];
      next = states[1];
      dStart = states[2];
      dNext = states[3];
      SplittableRandom random = new SplittableRandom(SEED);
      for (Matrix rows : List.of(in.k, in.v, in.dK, in.dV)) {
        rows.moveTo(slab, arena.reserve((long) CHUNK * WIDTH));
        fill(rows, () -> rows == in.k || rows == in.v ? uniform(random) : 0);
      }
      float[] etas = new float[CHUNK];
      float[] alphas = new float[CHUNK];
      Arrays.fill(etas, 0.2f);
      Arrays.fill(alphas, 0.9f);
      in.prepare(etas, alphas, 0, CHUNK);
    }

    @Override
    public void close() {
      slab.close();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5})
  void aStateThatIsForgottenBecomesZero(double momentum) {
    try (Chunk chunk = new Chunk(momentum)) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (Matrix weight : weights(chunk.start)) {
        fill(weight, () -> 1e-21f * uniform(random));
      }
      chunk.write.forward(chunk.start, chunk.next);
      for (Matrix weight : weights(chunk.next)) {
        assertThat(read(weight)).as("seed %d", SEED).containsOnly(0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5})
  void aGradientThatIsForgottenIsAsGoodAsZero(double momentum) {
    float[] forgotten = gradients(momentum, 1e-21f);
    assertThat(forgotten).as("seed %d", SEED).isEqualTo(gradients(momentum, 0));
    assertThat(forgotten).isNotEqualTo(gradients(momentum, 1e-17f));
  }

  // Of the start, the keys and the rates, where the elements of dNext are below size.
  private static float[] gradients(double momentum, float size) {
    try (Chunk chunk = new Chunk(momentum)) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (Matrix weight : weights(chunk.start)) {
        fill(weight, () -> uniform(random));
      }
      for (Matrix weight : weights(chunk.dNext)) {
        fill(weight, () -> size * uniform(random));
      }
      chunk.write.forward(chunk.start, null);
      chunk.write.backward(chunk.start, chunk.dNext, chunk.dStart, false);
      float[] all = chunk.in.dEta.clone();
      for (Matrix weight : weights(chunk.dStart)) {
        all = concatenated(all, read(weight));
      }
      return concatenated(all, read(chunk.in.dK));
    }
  }

  private static List<Matrix> weights(ChunkState state) {
    return state.w1.surprise() == null
        ? List.of(state.w1.value(), state.w2.value())
        : List.of(state.w1.value(), state.w2.value(), state.w1.surprise(), state.w2.surprise());
  }

  private static void fill(Matrix matrix, DoubleSupplier value) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.getAsDouble();
    }
    matrix.store(values);
  }

  private static float[] read(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.load(values);
    return values;
  }

  private static float[] concatenated(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static float uniform(SplittableRandom random) {
    return (float) random.nextDouble(-1, 1);
  }
}
