// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.CrossEntropy;
import org.hopespark.model.kernel.Embedding;
import org.hopespark.model.kernel.RmsNorm;
import org.hopespark.model.kernel.WeightedRows;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.ParameterWindows;
import org.hopespark.model.tensor.Slab;

/**
 * A language model over B sequences of T tokens, on one thread: {@code embedding, blocks of
 * [Titans, CMS chain], norm, tied head}. Losses are sums in nats over the B T targets.
 */
public final class BlockNetwork implements AutoCloseable {
  // Logits that exist at once: a product over 512 rows of a table of 8192 is a fifth faster than
  // one
  // over 128, and 16 MB a thread can be had. Not below 32 rows however large the vocabulary.
  private static final int LOGITS = 1 << 22;
  private static final int MIN_LOGIT_ROWS = 32;

  private final ModelConfig model;
  private final int sequences;
  private final int tokens;
  private final Slab memory;
  private final ParameterWindows parameters;
  private final Gemm gemm = new Gemm();
  final ResidualLayer[] layers;
  private final Embedding embedding;
  private final RmsNorm finalNorm;
  private final CrossEntropy crossEntropy;
  private final Matrix table;
  private final Matrix dTable;
  private final Matrix norm;
  private final Matrix dNorm;
  final Matrix stream;
  private final Matrix normed;
  private final Matrix dStream;
  private final Matrix dNormed;
  private final int[] inputs;
  private final int[] targets;

  private BlockNetwork(
      ModelConfig model,
      ParameterLayout layout,
      Slab parameterSlab,
      int sequences,
      int tokens,
      Arena arena) {
    this.model = model;
    this.sequences = sequences;
    this.tokens = tokens;
    this.memory = arena.slab();
    this.parameters = new ParameterWindows(layout, parameterSlab);
    int rows = sequences * tokens;
    int dim = model.dim();
    arena.part(Arena.Part.STREAM);
    stream = arena.matrix(rows, dim);
    normed = arena.matrix(rows, dim);
    dStream = arena.matrix(rows, dim);
    dNormed = arena.matrix(rows, dim);
    embedding = new Embedding(dim);
    finalNorm = new RmsNorm(dim);
    int logitRows = Math.min(rows, Math.max(MIN_LOGIT_ROWS, LOGITS / model.vocabularySize()));
    long logits = arena.part(Arena.Part.LOGITS).reserve((long) logitRows * model.vocabularySize());
    crossEntropy = new CrossEntropy(gemm, memory, logits, logitRows, model.vocabularySize());
    table = parameters.weight("embedding.weight", model.vocabularySize(), dim);
    dTable = parameters.gradient("embedding.weight", model.vocabularySize(), dim);
    norm = parameters.weight("norm.weight", 1, dim);
    dNorm = parameters.gradient("norm.weight", 1, dim);
    layers = layers(rows, arena);
    inputs = new int[rows];
    targets = new int[rows];
  }

  private ResidualLayer[] layers(int rows, Arena arena) {
    // Free again once the last norm has been passed backwards.
    Matrix scratch = dNormed;
    IntFunction<ResidualLayer> mixers =
        model.attends() ? attention(scratch, arena) : titans(scratch, arena);
    arena.part(Arena.Part.SCRATCH);
    Matrix dOut = model.independentCms() ? arena.matrix(rows, model.dim()) : null;
    WeightedRows weightedRows =
        new WeightedRows(model.cms().stream().mapToInt(c -> c.hidden(model.dim())).max().orElse(0));
    List<ResidualLayer> chain = new ArrayList<>();
    for (int block = 0; block < model.layers(); block++) {
      chain.add(mixers.apply(block));
      CmsMlp[] mlps = new CmsMlp[model.cms().size()];
      for (int level = 0; level < mlps.length; level++) {
        CmsLevelConfig config = model.cms().get(level);
        mlps[level] = new CmsMlp(model, config, block, rows, gemm, scratch, parameters, arena);
      }
      if (model.independentCms()) {
        chain.add(new CmsSum(model, block, mlps, weightedRows, dOut, parameters, arena));
        continue;
      }
      for (CmsMlp mlp : mlps) {
        chain.add(new CmsLayer(mlp, rows, model.dim(), arena));
      }
    }
    return chain.toArray(ResidualLayer[]::new);
  }

  private IntFunction<ResidualLayer> titans(Matrix scratch, Arena arena) {
    TitansKernels kernels = new TitansKernels(model, sequences, tokens, gemm, scratch, arena);
    return block ->
        new SelfModifyingTitans(model, block, sequences, tokens, kernels, parameters, arena);
  }

  private IntFunction<ResidualLayer> attention(Matrix scratch, Arena arena) {
    AttentionKernels kernels = new AttentionKernels(model, sequences, tokens, gemm, scratch, arena);
    return block -> new SelfAttention(model, block, sequences, tokens, kernels, parameters, arena);
  }

  /**
   * Allocates the activations for B = {@code sequences} of T = {@code tokens} on top of shared
   * parameters.
   */
  public static BlockNetwork create(
      ModelConfig model, ParameterLayout layout, Slab parameters, int sequences, int tokens) {
    Slab memory = Slab.allocate("activations", activations(model, layout, sequences, tokens));
    return new BlockNetwork(model, layout, parameters, sequences, tokens, Arena.on(memory));
  }

  /** Number of floats that {@link #create} allocates. */
  public static long activations(
      ModelConfig model, ParameterLayout layout, int sequences, int tokens) {
    return measure(model, layout, sequences, tokens).size();
  }

  /** As {@link #activations}, by what they are for. */
  public static Map<Arena.Part, Long> activationParts(
      ModelConfig model, ParameterLayout layout, int sequences, int tokens) {
    return measure(model, layout, sequences, tokens).sizes();
  }

  private static Arena measure(
      ModelConfig model, ParameterLayout layout, int sequences, int tokens) {
    Arena arena = Arena.measuring();
    BlockNetwork unused = new BlockNetwork(model, layout, null, sequences, tokens, arena);
    assert unused.memory == null;
    return arena;
  }

  /**
   * Loss without gradients.
   *
   * @param ids B x (T + 1) ids, row-major; token t predicts t + 1
   * @return sum of the B T losses, in nats
   */
  public double loss(int[] ids) {
    return losses(ids, new double[targets.length]);
  }

  /** As {@link #loss}, and writes the loss of each of the B T targets to {@code losses}. */
  public double losses(int[] ids, double[] losses) {
    split(ids);
    run();
    return crossEntropy.forward(normed, table, targets, 0, losses);
  }

  /**
   * As {@link #loss}, and adds the gradient of the sum to {@code gradients}, laid out like the
   * parameters.
   */
  public double lossAndGradients(int[] ids, Slab gradients) {
    return lossAndGradients(ids, gradients, stage -> {});
  }

  /**
   * As {@link #lossAndGradients(int[], Slab)}, and tells how far it is.
   *
   * @param finished takes every stage of {@link org.hopespark.model.tensor.BackwardOrder} when its
   *     gradients are final
   */
  public double lossAndGradients(int[] ids, Slab gradients, IntConsumer finished) {
    split(ids);
    return lossAndGradients(gradients, finished);
  }

  /**
   * As {@link #lossAndGradients(int[], Slab)}, for targets that are not simply the next tokens.
   *
   * @param inputs B x T ids, row-major
   * @param targets B x T ids; {@link CrossEntropy#NO_TARGET} where a token predicts nothing
   */
  public double lossAndGradients(int[] inputs, int[] targets, Slab gradients) {
    System.arraycopy(inputs, 0, this.inputs, 0, this.inputs.length);
    System.arraycopy(targets, 0, this.targets, 0, this.targets.length);
    return lossAndGradients(gradients, stage -> {});
  }

  private double lossAndGradients(Slab gradients, IntConsumer finished) {
    parameters.accumulateInto(gradients);
    run();
    double loss = crossEntropy.backward(normed, table, targets, 0, dTable, dNormed);
    dStream.slab().clear(dStream.offset(), (long) dStream.rows() * model.dim());
    finalNorm.backward(stream, norm, dNormed, dNorm, dStream);
    for (int layer = layers.length - 1; layer >= 0; layer--) {
      layers[layer].backward(dStream);
      finished.accept(layers.length - 1 - layer);
    }
    embedding.backward(inputs, 0, dStream, dTable);
    finished.accept(layers.length);
    return loss;
  }

  /**
   * Logits after the token at {@code position} of the B x T ids.
   *
   * @param ids B x T ids, row-major; those after {@code position} have no influence
   * @param logits V values, overwritten
   */
  public void logits(int[] ids, int position, float[] logits) {
    System.arraycopy(ids, 0, inputs, 0, inputs.length);
    run();
    logits(position, logits);
  }

  /** As {@link #logits(int[], int, float[])}, after another token of the ids that it read last. */
  public void logits(int position, float[] logits) {
    crossEntropy.logits(normed, position, table, logits);
  }

  /** Multiplications, each with its addition, of all products since the network was made. */
  public long multiplyAdds() {
    return gemm.multiplyAdds();
  }

  private void split(int[] ids) {
    for (int b = 0; b < sequences; b++) {
      System.arraycopy(ids, b * (tokens + 1), inputs, b * tokens, tokens);
      System.arraycopy(ids, b * (tokens + 1) + 1, targets, b * tokens, tokens);
    }
  }

  private void run() {
    embedding.forward(inputs, 0, table, stream);
    for (ResidualLayer layer : layers) {
      layer.forward(stream);
    }
    finalNorm.forward(stream, norm, normed);
  }

  @Override
  public void close() {
    memory.close();
  }
}
