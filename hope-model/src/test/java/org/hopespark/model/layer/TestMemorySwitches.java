// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.hopespark.model.twin.DoubleNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every switch of the memories, alone and with others, against the independent token loop in
 * float64: the loss, and along a direction inside every tensor the gradient as a central
 * difference.
 */
class TestMemorySwitches {
  private static final long SEED = 20261122;

  /**
   * Keys under model.memory; every switch alone, then combinations that touch the same code. Rates
   * are lower where a switch gives up stability, and rounding would grow from write to write.
   */
  static List<String> combinations() {
    return List.of(
        "",
        "read=chunk-start",
        "w1=frozen eta-max=1",
        "dgd=false",
        "unit-values=false eta-max=1",
        "stop-gradient-values=true",
        "retention=false",
        "own-inputs=false",
        "gate=false",
        "momentum=0.6 eta-max=1",
        "adaptive=[]",
        "adaptive=[memory]",
        "adaptive=[v,eta,alpha,memory]",
        "adaptive=[k,eta,alpha,memory]",
        "adaptive=[k,v,q,eta,alpha,memory]",
        "read=chunk-start w1=frozen dgd=false eta-max=1",
        "read=chunk-start momentum=0.6 chunk=3 eta-max=1",
        "w1=frozen momentum=0.6 eta-max=1 chunk=3",
        "dgd=false momentum=0.6 eta-max=1",
        "retention=false momentum=0.9 eta-max=0.3",
        "w1=frozen dgd=false momentum=0.3 retention=false eta-max=0.5",
        "unit-values=false stop-gradient-values=true w1=frozen eta-max=0.5",
        "own-inputs=false gate=false retention=false dgd=false",
        "adaptive=[k,q,memory] momentum=0.6 own-inputs=false chunk=2 projection-chunk=5 eta-max=1",
        "adaptive=[k,v,q,eta,alpha,memory] momentum=0.6 read=chunk-start chunk=5 eta-max=1",
        "momentum=0.6 chunk=1 projection-chunk=1 eta-max=1",
        "momentum=0.6 chunk=64 projection-chunk=64 eta-max=1",
        "momentum=0.6 chunk=4 projection-chunk=64 w1=frozen eta-max=1",
        "w1=frozen dgd=false chunk=1 projection-chunk=1 eta-max=1",
        "w1=frozen read=chunk-start chunk=4 projection-chunk=4 retention=false eta-max=1",
        "chunk=64 projection-chunk=3 dgd=false",
        "chunk=3 projection-chunk=64 read=chunk-start",
        "chunk=4 projection-chunk=4 adaptive=[memory]");
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void lossAndGradientsInFloat64EqualThoseOfTheTokenLoop(String combination) {
    try (SmallModel model = model(combination);
        DoubleNetwork network =
            new DoubleNetwork(
                model.config.model(), model.values, SmallModel.SEQUENCES, SmallModel.TOKENS)) {
      double[] losses = new double[SmallModel.SEQUENCES * SmallModel.TOKENS];
      network.losses(model.ids, losses);
      double expected = model.referenceLoss(model.values);
      assertThat(Arrays.stream(losses).sum()).isCloseTo(expected, within(1e-12 * expected));
      double[] gradient = network.gradient(model.ids);
      double[] exact = model.referenceGradient(model.values);
      for (TensorSpec tensor : model.layout.tensors()) {
        compare(tensor, gradient, exact);
      }
    }
  }

  private static void compare(TensorSpec tensor, double[] actual, double[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < tensor.size(); i++) {
      int at = (int) tensor.offset() + i;
      largest = Math.max(largest, Math.abs(expected[at]));
      difference = Math.max(difference, Math.abs(actual[at] - expected[at]));
    }
    // Double rounds at 1e-16; the writes of eleven tokens amplify it.
    assertThat(difference)
        .as("%s: largest difference, where the largest element is %s", tensor.name(), largest)
        .isLessThanOrEqualTo(1e-11 * largest);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void lossInFloat32EqualsThatOfTheTokenLoop(String combination) {
    try (SmallModel model = model(combination);
        BlockNetwork network = model.network()) {
      double expected = model.referenceLoss(model.values);
      assertThat(network.loss(model.ids)).isCloseTo(expected, within(2e-5 * expected));
    }
  }

  /** What a switch takes out of the function has a gradient of exactly zero, and nothing else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retention=false|memories.alpha",
        "stop-gradient-values=true|memories.v inputs.v",
        "adaptive=[]|memories.k memories.v memories.eta memories.alpha inputs.x inputs.k inputs.v",
        "eta-max=0|memories.k memories.v memories.eta inputs.k inputs.v"
      })
  void whatASwitchTakesOutHasNoGradient(String combination, String names) {
    try (SmallModel model = model(combination);
        Slab slab = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      network.lossAndGradients(model.ids, slab);
      for (TensorSpec tensor : model.layout.tensors()) {
        boolean out = words(names).anyMatch(name -> tensor.name().contains("titans." + name + "."));
        double squares = 0;
        for (long i = 0; i < tensor.size(); i++) {
          float gradient = slab.read(tensor.offset() + i);
          squares += (double) gradient * gradient;
        }
        assertThat(squares == 0).as(tensor.name()).isEqualTo(out);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"own-inputs=false", "gate=false", "adaptive=[q,memory]"})
  void theLayoutHoldsWhatTheSwitchesNeed(String switches) {
    try (SmallModel model = model(switches)) {
      List<String> names = model.layout.tensors().stream().map(TensorSpec::name).toList();
      String titans = "blocks.0.titans.";
      boolean ownInputs = !switches.startsWith("own-inputs");
      assertThat(names.contains(titans + "inputs.k.weight")).isEqualTo(ownInputs);
      assertThat(names.contains(titans + "inputs.v.weight")).isEqualTo(ownInputs);
      assertThat(names.contains(titans + "inputs.gate.weight"))
          .isEqualTo(!switches.startsWith("gate"));
      assertThat(names.contains(titans + "memories.q.w1")).isEqualTo(switches.contains("[q"));
    }
  }

  private static SmallModel model(String combination) {
    return new SmallModel(
        SEED,
        Stream.concat(
                Stream.of("model.layers=1"), words(combination).map(each -> "model.memory." + each))
            .toArray(String[]::new));
  }

  private static Stream<String> words(String text) {
    return Pattern.compile(" ").splitAsStream(text).filter(word -> !word.isEmpty());
  }
}
