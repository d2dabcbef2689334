// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer.djl;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import org.hopespark.tokenizer.InvalidTokenizerException;
import org.hopespark.tokenizer.TokenizerBinding;

/**
 * Files of Hugging Face tokenizers through the native library that DJL brings.
 *
 * <p>The native methods are called directly: DJL's own class around them fetches a string and a
 * span per token that nobody would read here, and on EC2 reports its use over the network.
 */
public final class DjlBinding implements TokenizerBinding {
  /** For {@link java.util.ServiceLoader}. */
  public DjlBinding() {}

  @Override
  public Encoder open(String tokenizerJson) {
    NativeLibrary.load();
    long handle;
    try {
      handle = TokenizersLibrary.LIB.createTokenizerFromString(tokenizerJson);
    } catch (RuntimeException e) {
      throw new InvalidTokenizerException(
          "Invalid tokenizer.json [%s]: Hugging Face tokenizers does not accept it. Check it with the version that wrote it."
              .formatted(NativeLibrary.oneLine(e)),
          e);
    }
    return new NativeEncoder(handle);
  }
}
