// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.hopespark.model.bench.KernelGroup.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestKernelGroup {
  @ParameterizedTest
  @CsvSource({
    "MEMORY_WRITE, kernel.Retention kernel.MemoryWrite kernel.HeadMemories layer.Layer",
    "MEMORY_WRITE, kernel.Gelu kernel.SelfGeneratedValues kernel.MemoryWrite",
    "MEMORY_READ, kernel.MemoryRead kernel.HeadMemories layer.Layer",
    "MEMORY_PROJECTIONS, kernel.UnitRows kernel.HeadMemories layer.Layer train.Replica",
    "NORM, tensor.Slab tensor.Matrix kernel.RmsNorm layer.Layer train.Replica",
    "CROSS_ENTROPY, tensor.Gemm$Cursor tensor.Gemm kernel.CrossEntropy layer.HopeNetwork",
    "LAYERS, tensor.Gemm layer.CmsLayer layer.HopeNetwork train.Replica",
    "LAYERS, kernel.Unheard layer.CmsLayer train.Replica",
    "OPTIMIZER, tensor.Slab optimizer.GradientNorm optimizer.AdamW train.Replica",
    "OPTIMIZER, tensor.Slab train.Replica",
    "OTHER, tensor.Slab"
  })
  void innermostKernelOfAStackDecides(KernelGroup group, String classes) {
    assertThat(KernelGroup.of(stack(classes))).isEqualTo(group);
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCTS, tensor.Gemm kernel.MemoryWrite",
    "PRODUCTS, tensor.Gemm$Cursor tensor.Gemm kernel.MemoryWrite",
    "COPIES, tensor.Slab tensor.Matrix kernel.MemoryWrite",
    "COPIES, tensor.Matrix kernel.MemoryWrite",
    "LOOPS, kernel.Gelu kernel.MemoryWrite"
  })
  void innermostClassOfTheModelSaysWhatKindOfWorkItIs(Work work, String classes) {
    assertThat(Work.of(stack(classes))).isEqualTo(work);
  }

  @Test
  void stacksWithoutAModelAreOther() {
    StackTraceElement[] stack = {new StackTraceElement("java.lang.Thread", "run", null, 1)};

    assertThat(KernelGroup.of(stack)).isEqualTo(KernelGroup.OTHER);
  }

  /** Frames as a thread has them: natives and the library above and below those of the model. */
  private static StackTraceElement[] stack(String classes) {
    Stream<String> model = Stream.of(classes.split(" ", -1)).map(c -> "org.hopespark.model." + c);
    return Stream.concat(
            Stream.concat(Stream.of("java.nio.FloatBuffer"), model), Stream.of("java.lang.Thread"))
        .map(name -> new StackTraceElement(name, "method", null, 1))
        .toArray(StackTraceElement[]::new);
  }
}
