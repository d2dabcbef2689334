// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.train.MemoryPlan.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestMemoryPlan {
  private static RunConfig config(String... settings) {
    return RunConfig.read(InputStream.nullInputStream(), List.of(settings));
  }

  private static long bytes(MemoryPlan plan, String part) {
    return plan.perThread().stream()
        .filter(p -> p.name().equals(part))
        .mapToLong(Part::bytes)
        .sum();
  }

  @Test
  void countsEveryArrayOfATransformer() {
    RunConfig config =
        config(
            "model.architecture=transformer",
            "model.vocab-size=300",
            "model.dim=16",
            "model.layers=2",
            "model.heads=2",
            "model.cms=[{name: mlp, hidden-ratio: 2}]",
            "training.batch-size=3",
            "training.sequence-length=8");

    MemoryPlan plan = MemoryPlan.of(config, 4, 2);

    // Embedding and last norm; per layer two norms, q k v and output, up (twice) and down.
    long parameters = 300 * 16 + 16 + 2 * (2 * 16 + 4 * 16 * 16 + 3 * 16 * 32);
    assertThat(plan.shared())
        .extracting(Part::name, Part::count, Part::bytes)
        .containsExactly(
            tuple("parameters", 1, 4 * parameters),
            tuple("first moments", 1, 4 * parameters),
            tuple("second moments", 1, 4 * parameters),
            tuple("gradients", 4, 4 * parameters));
    long rows = 3 * 8;
    // Stream and last norm with their gradients; in, norm, q k v, attended; in, norm, up, gated and
    // its gradient; logits of all rows.
    assertThat(bytes(plan, "stream")).isEqualTo(4 * rows * 4 * 16);
    assertThat(bytes(plan, "attention")).isEqualTo(4 * 2 * rows * 6 * 16);
    assertThat(bytes(plan, "cms")).isEqualTo(4 * 2 * rows * (2 * 16 + 4 * 32));
    assertThat(bytes(plan, "logits")).isEqualTo(4 * rows * 300);
    assertThat(plan.threads()).isEqualTo(2);
    assertThat(plan.nativeBytes()).isEqualTo(7 * 4 * parameters + 2 * plan.bytesPerThread());
  }

  @Test
  void countsTheStatesAtChunkStarts() {
    RunConfig config =
        config(
            "model.dim=16",
            "model.heads=2",
            "model.layers=3",
            "model.memory.chunk=8",
            "model.memory.projection-chunk=16",
            "training.batch-size=5",
            "training.sequence-length=32");

    // Per head and sequence: M_memory at 4 chunks, the four others at 2; W1 and W2 of 8 x 8 each.
    assertThat(bytes(MemoryPlan.of(config, 1, 1), "memory states"))
        .isEqualTo(4L * 3 * 5 * 2 * (4 + 4 * 2) * 2 * 8 * 8);
  }

  @Test
  void countsTheInitialStatesOfNestedLevelsAndTheSurpriseOfMomentum() {
    RunConfig plain = config("model.dim=16", "model.heads=2", "model.layers=3");
    RunConfig switched =
        config(
            "model.dim=16",
            "model.heads=2",
            "model.layers=3",
            "model.cms-variant=nested",
            "model.memory.momentum=0.5");
    MemoryPlan before = MemoryPlan.of(plain, 1, 1);
    MemoryPlan after = MemoryPlan.of(switched, 1, 1);

    // Of fast, mid and slow the first two start again: per layer a norm, up (twice) and down.
    long states = 4L * 2 * 3 * (16 + 3 * 16 * 16);
    assertThat(after.shared()).contains(new Part("initial states", 1, states, "model.dim"));
    assertThat(bytes(after, "memory states")).isEqualTo(2 * bytes(before, "memory states"));
  }

  /** Levels of 3 layers, each a norm, up (twice) and down. */
  @Test
  void countsTheStateOfTheOwnSliceAndMuonsScratch() {
    String[] settings = {"model.dim=64", "model.heads=2", "model.layers=3", "model.vocab-size=300"};
    long parameters = 4 * new ParameterLayout(config(settings).model()).size();
    MemoryPlan whole = MemoryPlan.of(config(settings), 2, 2);
    assertThat(shared(whole, "first moments")).isEqualTo(parameters);
    assertThat(shared(whole, "second moments")).isEqualTo(parameters);

    MemoryPlan quarter = MemoryPlan.of(config(settings), 2, 2, Ownership.slice(0, 4));
    // Every level may be half a block of 1024 more than a quarter.
    assertThat(shared(quarter, "first moments"))
        .isBetween(parameters / 4, parameters / 4 + 4 * 4 * 512);
    assertThat(shared(quarter, "second moments")).isEqualTo(shared(quarter, "first moments"));
    assertThat(shared(quarter, "parameters")).isEqualTo(parameters);

    long slow = 4L * 3 * (64 + 3 * 64 * 64);
    Ownership allButSlow = new Ownership(0, 2, level -> !level.name().equals("slow"));
    assertThat(shared(MemoryPlan.of(config(settings), 2, 2, allButSlow), "first moments"))
        .isCloseTo((parameters - slow) / 2 + slow, within(4 * 4 * 512L));

    String[] sgd = Arrays.copyOf(settings, 5);
    sgd[4] = "optimizer.name=sgd";
    assertThat(shared(MemoryPlan.of(config(sgd), 2, 2), "first moments")).isEqualTo(parameters);
    assertThat(shared(MemoryPlan.of(config(sgd), 2, 2), "second moments")).isZero();

    String[] muon = Arrays.copyOf(settings, 5);
    muon[4] = "optimizer.name=muon";
    // The largest matrix, 128 x 64, and as much beside it; two squares of the shorter side; twice.
    assertThat(shared(MemoryPlan.of(config(muon), 2, 2), "optimizer scratch"))
        .isEqualTo(2 * 4 * (2 * 128 * 64 + 2 * 64 * 64));
    assertThat(shared(MemoryPlan.of(config(muon), 2, 2), "second moments"))
        .isLessThan(parameters / 4);
  }

  /**
   * Parameters, two moments, and twice the gradient of what is inside an interval after 4 steps.
   */
  @Test
  void countsTheCopyOfACheckpointThatIsWrittenInTheBackground() {
    String[] settings = {
      "model.dim=16",
      "model.heads=2",
      "model.layers=3",
      "model.cms=[{name: fast, period: 2}, {name: slow, period: 8}]",
      "checkpoint.every-steps=4",
      "checkpoint.asynchronous=true"
    };
    long parameters = new ParameterLayout(config(settings).model()).size();
    // Per layer a norm, up (twice) and down.
    long slow = 3 * (16 + 3 * 16 * 16);
    MemoryPlan plan = MemoryPlan.of(config(settings), 2, 1);
    assertThat(shared(plan, "checkpoint copy")).isEqualTo(4 * (3 * parameters + 2 * slow));

    settings[4] = "checkpoint.every-steps=16";
    assertThat(shared(MemoryPlan.of(config(settings), 2, 1), "checkpoint copy"))
        .isEqualTo(4 * 3 * parameters);
    settings[5] = "checkpoint.asynchronous=false";
    assertThat(shared(MemoryPlan.of(config(settings), 2, 1), "checkpoint copy")).isZero();
  }

  private static long shared(MemoryPlan plan, String part) {
    return plan.shared().stream().filter(p -> p.name().equals(part)).mapToLong(Part::total).sum();
  }

  @Test
  void tilesOnTheHeapGrowWithTheSequence() {
    long shorter = MemoryPlan.of(config("training.sequence-length=64"), 1, 1).heapBytes();
    long longer = MemoryPlan.of(config("training.sequence-length=1024"), 1, 1).heapBytes();

    assertThat(shorter).isBetween(100_000L, 10_000_000L);
    assertThat(longer).isGreaterThan(shorter);
  }

  @Test
  void describesItselfInOneLine() {
    assertThat(MemoryPlan.of(config(), 2, 2).describe())
        .matches(
            "parameters [\\d.]+ MB, first moments [\\d.]+ MB, second moments [\\d.]+ MB, gradients 2 x [\\d.]+ MB, activations 2 x \\(stream [^\n]+\\) = [\\d.]+ MB; of the Java heap [\\d.]+ MB")
        .contains(", titans ", ", memory states ", ", cms ", ", logits ", ", scratch ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.batch-size=24|Lower training.batch-size.",
        "training.batch-size=1 training.sequence-length=4096|Lower training.sequence-length.",
        "model.vocab-size=200000 training.virtual-shards=4|Lower training.virtual-shards.",
        "model.vocab-size=200000 training.virtual-shards=1 sync.workers=1|Lower model.dim.",
        "model.vocab-size=200000 training.virtual-shards=1 sync.workers=1 checkpoint.asynchronous=true|Set checkpoint.asynchronous to false."
      })
  void namesTheKeyOfTheLargestPart(String settings, String remedy) {
    RunConfig config = config(settings.split(" ", -1));
    MemoryPlan plan = MemoryPlan.of(config, config.training().virtualShards(), 2);

    plan.requireFits(2, 2 * plan.nativeBytes());
    assertThatThrownBy(() -> plan.requireFits(2, 2 * plan.nativeBytes() - 1))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("Cannot train with ")
        .hasMessageEndingWith(remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "training.batch-size=65536, training.sequence-length=65536, activations, training.batch-size",
    "training.batch-size=1024, model.dim=1024, activations, training.batch-size",
    "training.batch-size=1, training.sequence-length=65536, activations, training.sequence-length",
    "model.dim=16384, model.layers=64, parameters, model.dim"
  })
  void refusesArraysLargerThanOneCanBe(String first, String second, String what, String key) {
    assertThatThrownBy(() -> MemoryPlan.of(config(first, second), 2, 2))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("Cannot allocate " + what + " [")
        .hasMessageEndingWith("one array holds at most 8,589.9 MB. Lower " + key + ".");
  }

  /** Some hundred megabytes each, so that what the process grows by for other reasons is little. */
  @ParameterizedTest
  @CsvSource({"hope, 2, adamw", "transformer, 5, adamw", "transformer, 4, muon"})
  void peakOfAProcessIsThePlanWithinTenPercent(String architecture, int batch, String optimizer)
      throws IOException, InterruptedException {
    assumeThat(ProcessMemory.residentBytes()).as("needs /proc/self/status").isPositive();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryOfAProcess.class.getName(),
            "2",
            "2",
            "model.architecture=" + architecture,
            "optimizer.name=" + optimizer,
            "training.sequence-length=256",
            "training.batch-size=" + batch);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    long planned = figure("planned", output);
    long grown = figure("grown", output);
    System.out.printf("%s: planned %,d bytes, grown by %,d%n", architecture, planned, grown);
    assertThat(planned).isGreaterThan(300_000_000L);
    assertThat(grown).isCloseTo(planned, withinPercentage(10));
  }

  private static long figure(String name, String output) {
    Matcher matcher = Pattern.compile(name + " (-?\\d+)").matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
