// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import java.util.regex.Pattern;

/**
 * What a thread works on, told from its stack: the innermost class of the model that belongs to a
 * group decides. Helpers that several kernels call (activations, rows of length one, gates) are in
 * no group, so their time goes to the kernel that called them.
 */
enum KernelGroup {
  MEMORY_WRITE("memory write", "MemoryWrite|SelfGeneratedValues|Retention|ChunkInputs"),
  MEMORY_READ("memory read", "MemoryRead"),
  MEMORY_PROJECTIONS(
      "memory projections", "HeadMemories|ProjectionMemories|OutputMemory|HeadTokens"),
  ATTENTION("attention", "Attention|Rotary"),
  CONVOLUTION("convolution", "Convolution"),
  NORM("norm", "RmsNorm"),
  UNITS("gated units", "GatedUnit|OutputGate"),
  CROSS_ENTROPY("head and cross entropy", "CrossEntropy"),
  EMBEDDING("embedding", "Embedding"),
  LAYERS("matrices of the layers", KernelGroup.NONE),
  OPTIMIZER("sum of shards, optimizer", KernelGroup.NONE),
  OTHER("other", KernelGroup.NONE);

  /** Matches no name. */
  private static final String NONE = "(?!)";

  private static final String MODEL = "org.hopespark.model.";

  private final String label;
  private final Pattern kernels;

  /** {@code kernels} is found in the names of the group's classes in the kernel package. */
  KernelGroup(String label, String kernels) {
    this.label = label;
    this.kernels = Pattern.compile(kernels);
  }

  String label() {
    return label;
  }

  /** The group of a stack, innermost frame first. */
  static KernelGroup of(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (!frame.getClassName().startsWith(MODEL)) {
        continue;
      }
      String name = frame.getClassName().substring(MODEL.length());
      if (name.startsWith("kernel.")) {
        KernelGroup group = ofKernel(name);
        if (group != OTHER) {
          return group;
        }
      } else if (name.startsWith("layer.")) {
        return LAYERS;
      } else if (name.startsWith("optimizer.") || name.startsWith("train.")) {
        return OPTIMIZER;
      }
    }
    return OTHER;
  }

  private static KernelGroup ofKernel(String className) {
    for (KernelGroup group : values()) {
      if (group.kernels.matcher(className).find()) {
        return group;
      }
    }
    return OTHER;
  }

  /** How a thread works within its group. */
  enum Work {
    PRODUCTS,
    COPIES,
    LOOPS;

    static Work of(StackTraceElement[] stack) {
      for (StackTraceElement frame : stack) {
        String name = frame.getClassName();
        if (name.startsWith(MODEL + "tensor.Gemm")) {
          return PRODUCTS;
        }
        if (name.equals(MODEL + "tensor.Slab") || name.equals(MODEL + "tensor.Matrix")) {
          return COPIES;
        }
        if (name.startsWith(MODEL)) {
          return LOOPS;
        }
      }
      return LOOPS;
    }
  }
}
