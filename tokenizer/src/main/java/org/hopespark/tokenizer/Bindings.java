// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the binding on the class path. */
final class Bindings {
  private Bindings() {}

  /**
   * The first binding that there is, or null. Spark loads what is added to an application by the
   * thread's class loader.
   */
  static TokenizerBinding find() {
    TokenizerBinding found = find(Thread.currentThread().getContextClassLoader());
    return found == null ? find(Bindings.class.getClassLoader()) : found;
  }

  private static TokenizerBinding find(ClassLoader loader) {
    try {
      Iterator<TokenizerBinding> bindings =
          ServiceLoader.load(TokenizerBinding.class, loader).iterator();
      return bindings.hasNext() ? bindings.next() : null;
    } catch (ServiceConfigurationError e) {
      throw new InvalidTokenizerException(
          "Cannot load a tokenizer binding [%s]: its jar is of another version or not whole. Give the jars of this version."
              .formatted(Json.oneLine(String.valueOf(e.getMessage()))),
          e);
    }
  }
}
