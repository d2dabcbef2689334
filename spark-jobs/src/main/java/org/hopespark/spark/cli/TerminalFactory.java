// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands: those whose constructor asks for the terminal get it. */
final class TerminalFactory implements IFactory {
  private final Terminal terminal;

  TerminalFactory(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() == 1
          && constructor.getParameterTypes()[0] == Terminal.class) {
        return type.cast(constructor.newInstance(terminal));
      }
    }

    return CommandLine.defaultFactory().create(type);
  }
}
