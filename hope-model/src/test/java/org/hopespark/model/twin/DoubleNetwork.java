// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.twin;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.hopespark.model.config.ModelConfig;

/**
 * The product's network in double: compiled once from {@link TwinSources}, called by reflection.
 */
public final class DoubleNetwork implements AutoCloseable {
  private static final ClassLoader LOADER = MemoryCompiler.compile(TwinSources.all());

  private final Object parameters;
  private final Object gradients;
  private final Object network;
  private final int size;

  /** Takes the parameters as they lie in the product's layout. */
  public DoubleNetwork(ModelConfig model, double[] values, int sequences, int tokens) {
    size = values.length;
    Object layout = construct(load("tensor.ParameterLayout"), model);
    parameters = call(load("tensor.Slab"), "allocate", "parameters", (long) size);
    gradients = call(load("tensor.Slab"), "allocate", "gradients", (long) size);
    call(parameters, "write", 0L, values, 0, size);
    network =
        call(load("layer.BlockNetwork"), "create", model, layout, parameters, sequences, tokens);
  }

  /** Writes the loss of each target to {@code losses}. */
  public void losses(int[] ids, double[] losses) {
    call(network, "losses", ids, losses);
  }

  /** The gradient of the summed loss, laid out like the parameters. */
  public double[] gradient(int[] ids) {
    call(gradients, "clear", 0L, (long) size);
    call(network, "lossAndGradients", ids, gradients);
    double[] values = new double[size];
    call(gradients, "read", 0L, values, 0, size);
    return values;
  }

  /** Logits after token {@code position} of the only sequence. */
  public void logits(int[] ids, int position, double[] logits) {
    call(network, "logits", ids, position, logits);
  }

  private static Class<?> load(String name) {
    try {
      return LOADER.loadClass("org.hopespark.model.twin." + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object construct(Class<?> type, Object... arguments) {
    try {
      return type.getConstructors()[0].newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  // A method of an object, or a static one where the target is a class.
  private static Object call(Object target, String name, Object... arguments) {
    Class<?> type = target instanceof Class<?> statics ? statics : target.getClass();
    Method method =
        Arrays.stream(type.getMethods())
            .filter(each -> each.getName().equals(name))
            .filter(each -> each.getParameterCount() == arguments.length)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("Missing method " + type + "." + name));
    try {
      return method.invoke(target, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    call(network, "close");
    call(gradients, "close");
    call(parameters, "close");
  }
}
