// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.kernel.KeptHead;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.ShardLoss;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine in float32 against PyTorch in float64, tensor by tensor: what one forward and backward
 * pass computes, and ten steps of training with CMS levels of several periods.
 */
class TestGoldenTensors {
  // Largest difference in a tensor over its largest element. Float32 rounds at 6e-8, a value passes
  // through some hundred roundings, and 3e-6 was seen; a wrong term anywhere shows far above.
  private static final double TOLERANCE = 2e-5;

  // AdamW divides by the root of the second moment, so small gradients' roundings grow: 9e-6 seen.
  private static final double TRAINING_TOLERANCE = 1e-4;

  static List<String> architectures() {
    return List.of("hope", "hope-attention", "transformer");
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void everyActivationEqualsTheGoldenOne(String architecture) throws IOException {
    try (OneBatch run = new OneBatch(architecture)) {
      for (int block = 0; block < run.model.layers(); block++) {
        String prefix = "activations.blocks." + block + ".";
        ResidualLayer layer = run.network.layers[block * (1 + run.model.cms().size())];
        if (layer instanceof SelfModifyingTitans titans) {
          compare(run.golden, TOLERANCE, prefix + "convolution", load(titans.mixed));
          for (String name : List.of("q", "k", "v", "eta", "alpha")) {
            compare(run.golden, TOLERANCE, prefix + name, run.ofHeads(titans, name));
          }
          compare(run.golden, TOLERANCE, prefix + "memory-output", load(titans.memoryOut));
        } else if (layer instanceof SelfAttention attention) {
          if (run.model.attention().convolution() > 0) {
            compare(run.golden, TOLERANCE, prefix + "convolution", load(attention.mixed));
          }
          compare(run.golden, TOLERANCE, prefix + "attended", load(attention.attended));
        }
        compare(run.golden, TOLERANCE, prefix + "stream", load(run.streamAfter(block)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void everyLogitEqualsTheGoldenOne(String architecture) throws IOException {
    try (OneBatch run = new OneBatch(architecture)) {
      int vocabulary = run.model.vocabularySize();
      float[] all = new float[run.sequences * run.tokens * vocabulary];
      float[] row = new float[vocabulary];
      for (int position = 0; position < run.sequences * run.tokens; position++) {
        run.network.logits(position, row);
        System.arraycopy(row, 0, all, position * vocabulary, vocabulary);
      }
      compare(run.golden, TOLERANCE, "activations.logits", all);
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void theLossOfEveryTargetEqualsTheGoldenOne(String architecture) throws IOException {
    try (OneBatch run = new OneBatch(architecture)) {
      double[] losses = new double[run.sequences * run.tokens];
      assertThat(run.network.losses(run.golden.row("tokens", 0), losses)).isEqualTo(run.loss);
      compare(run.golden, TOLERANCE, "losses", toFloats(losses));
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void everyGradientEqualsTheGoldenOne(String architecture) throws IOException {
    try (OneBatch run = new OneBatch(architecture)) {
      for (TensorSpec tensor : run.layout.tensors()) {
        float[] values = new float[Math.toIntExact(tensor.size())];
        run.gradients.read(tensor.offset(), values, 0, values.length);
        compare(run.golden, TOLERANCE, "gradients." + tensor.name(), values);
      }
    }
  }

  /** Eq. 71 with periods 1, 1, 2 and 4, clipping per level, decay, warm-up and cosine. */
  @ParameterizedTest
  @MethodSource("architectures")
  void tenStepsOfTrainingGiveTheGoldenLosses(String architecture) throws Exception {
    GoldenFile golden = GoldenFile.read(architecture);
    RunConfig config = golden.config();
    long steps = config.training().steps();
    double[] losses = new double[(int) steps];
    Map<String, List<Double>> norms = new HashMap<>();
    try (Replica replica = Replica.create(config, 1, 1)) {
      golden.copyParameters(new ParameterLayout(config.model()), replica.parameters());
      for (long step = 1; step <= steps; step++) {
        int[] ids = golden.row("tokens", (int) step - 1);
        ShardLoss shard = replica.accumulate(new int[][] {ids}).get(0);
        losses[(int) step - 1] = shard.lossSum() / shard.tokens();
        for (Level level : replica.levels()) {
          if (LevelSchedule.due(level, step, steps)) {
            replica.sumOfShards(level);
            long gathered = step - LevelSchedule.intervalStart(level, step);
            double norm = replica.apply(level, step, gathered * shard.tokens());
            norms.computeIfAbsent(level.name(), name -> new ArrayList<>()).add(norm);
          }
        }
      }
    }
    compare(golden, TRAINING_TOLERANCE, "training.losses", toFloats(losses));
    norms.forEach(
        (level, values) ->
            compare(
                golden,
                TRAINING_TOLERANCE,
                "training.norms." + level,
                toFloats(values.stream().mapToDouble(Double::doubleValue).toArray())));
  }

  /** One forward and backward pass over the first golden batch. */
  private static final class OneBatch implements AutoCloseable {
    final GoldenFile golden;
    final ModelConfig model;
    final ParameterLayout layout;
    final int sequences;
    final int tokens;
    final Slab parameters;
    final Slab gradients;
    final BlockNetwork network;
    final double loss;

    OneBatch(String architecture) throws IOException {
      golden = GoldenFile.read(architecture);
      RunConfig config = golden.config();
      model = config.model();
      assertThat(model.architecture()).isEqualTo(architecture);
      layout = new ParameterLayout(model);
      sequences = config.training().batchSize();
      tokens = config.training().sequenceLength();
      parameters = Slab.allocate("parameters", layout.size());
      gradients = Slab.allocate("gradients", layout.size());
      golden.copyParameters(layout, parameters);
      network = BlockNetwork.create(model, layout, parameters, sequences, tokens);
      loss = network.lossAndGradients(golden.row("tokens", 0), gradients);
    }

    // What the first layer of the next block has kept.
    Matrix streamAfter(int block) {
      int next = (block + 1) * (1 + model.cms().size());
      if (next == network.layers.length) {
        return network.stream;
      }
      return network.layers[next] instanceof SelfModifyingTitans titans
          ? titans.in
          : ((SelfAttention) network.layers[next]).in;
    }

    // Sequences, then heads, as the golden tensors lie.
    float[] ofHeads(SelfModifyingTitans titans, String name) {
      List<float[]> parts = new ArrayList<>();
      for (int sequence = 0; sequence < sequences; sequence++) {
        for (int head = 0; head < model.heads(); head++) {
          long at = titans.cache(sequence, head);
          parts.add(new KeptHead(model, tokens, titans.in.slab(), at).read(name));
        }
      }
      return concatenate(parts);
    }

    @Override
    public void close() {
      network.close();
      gradients.close();
      parameters.close();
    }
  }

  private static void compare(GoldenFile golden, double tolerance, String name, float[] actual) {
    float[] expected = golden.floats(name);
    assertThat(actual).as(name).hasSize(expected.length);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
    }
    System.out.printf("%-70s %.1e%n", golden.name() + " " + name, difference / largest);
    assertThat(largest).as("largest element of %s", name).isPositive();
    // Written so that NaN fails.
    assertThat(difference / largest)
        .as("largest difference in %s over its largest element", name)
        .isLessThanOrEqualTo(tolerance);
  }

  private static float[] load(Matrix window) {
    float[] values = new float[window.rows() * window.columns()];
    window.load(values);
    return values;
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static float[] concatenate(List<float[]> parts) {
    int length = parts.stream().mapToInt(part -> part.length).sum();
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
