// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.checkpoint.SafetensorsReader;
import org.hopespark.model.checkpoint.TensorSource;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.tensor.BlasThreads;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/** A trained model that scores and writes text; forward only, on one thread. */
public final class LanguageModel implements AutoCloseable {
  private final RunConfig config;
  private final ParameterLayout layout;
  private final Slab parameters;
  private final BlockNetwork network;

  private LanguageModel(RunConfig config, ParameterLayout layout, Slab parameters) {
    this.config = config;
    this.layout = layout;
    this.parameters = parameters;
    network =
        BlockNetwork.create(
            config.model(), layout, parameters, 1, config.training().sequenceLength());
  }

  /**
   * Reads the parameters of a checkpoint.
   *
   * @param config the configuration stored beside them
   * @throws CorruptCheckpointException if names or shapes are not those of {@code config}, or the
   *     file is damaged
   */
  public static LanguageModel read(RunConfig config, InputStream safetensors) throws IOException {
    return read(config, tensors -> SafetensorsReader.read(safetensors, tensors));
  }

  /** As {@link #read(RunConfig, InputStream)}, from one file or several. */
  public static LanguageModel read(RunConfig config, TensorSource source) throws IOException {
    BlasThreads.useOne();
    ParameterLayout layout = new ParameterLayout(config.model());
    Slab parameters = Slab.allocate("parameters", layout.size());
    List<TensorView> views = new ArrayList<>();
    for (TensorSpec tensor : layout.tensors()) {
      views.add(new TensorView(tensor.name(), tensor.shape(), parameters, tensor.offset()));
    }
    try {
      source.read(views);
    } catch (IOException | RuntimeException e) {
      parameters.close();
      throw e;
    }
    return new LanguageModel(config, layout, parameters);
  }

  public long numParameters() {
    return layout.size();
  }

  /** Number of targets of one {@link #lossSum}: the sequence length of training. */
  public int sequenceLength() {
    return config.training().sequenceLength();
  }

  /**
   * Loss of one sequence.
   *
   * @param tokens sequence length + 1 ids; each predicts the next
   * @return sum over the targets, in nats
   */
  public double lossSum(int[] tokens) {
    return network.loss(tokens);
  }

  /**
   * As {@link #lossSum}, and writes the loss of each target to {@code losses}.
   *
   * @param losses sequence length values, overwritten
   */
  public double losses(int[] tokens, double[] losses) {
    return network.losses(tokens, losses);
  }

  /**
   * Continues a prompt; the model sees at most the last {@link #sequenceLength} ids.
   *
   * @param prompt at least one id
   * @param temperature 0 picks the likeliest token, 1 samples the model's distribution
   * @param topK sample among so many of the likeliest, at least 1
   * @param stopId ends the text when it is drawn, and is not part of it
   * @return at most {@code maxTokens} new ids
   */
  public int[] generate(
      int[] prompt, int maxTokens, double temperature, int topK, long seed, int stopId) {
    int window = sequenceLength();
    int[] text = new int[prompt.length + maxTokens];
    System.arraycopy(prompt, 0, text, 0, prompt.length);
    int[] ids = new int[window];
    float[] logits = new float[config.model().vocabularySize()];
    SplittableRandom random = new SplittableRandom(seed);
    int length = prompt.length;
    while (length < text.length) {
      int from = Math.max(0, length - window);
      System.arraycopy(text, from, ids, 0, length - from);
      network.logits(ids, length - from - 1, logits);
      int token = Sampling.draw(logits, temperature, topK, random);
      if (token == stopId) {
        break;
      }
      text[length++] = token;
    }
    return Arrays.copyOfRange(text, prompt.length, length);
  }

  @Override
  public void close() {
    network.close();
    parameters.close();
  }
}
