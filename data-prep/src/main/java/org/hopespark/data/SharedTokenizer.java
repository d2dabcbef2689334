// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.io.ByteArrayInputStream;
import java.io.Serializable;
import org.hopespark.tokenizer.Tokenizer;

/** A tokenizer that travels to executors as its file and is read there once, however many tasks. */
final class SharedTokenizer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] json;
  private transient volatile Tokenizer tokenizer;

  SharedTokenizer(byte[] json) {
    this.json = json;
  }

  Tokenizer value() {
    Tokenizer read = tokenizer;
    if (read == null) {
      synchronized (this) {
        read = tokenizer;
        if (read == null) {
          read = Tokenizer.read(new ByteArrayInputStream(json));
          tokenizer = read;
        }
      }
    }

    return read;
  }
}
