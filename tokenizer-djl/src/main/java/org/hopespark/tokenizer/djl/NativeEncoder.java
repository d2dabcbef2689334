// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer.djl;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import org.hopespark.tokenizer.TokenizerBinding;

/**
 * A tokenizer in native memory, freed when this is no longer reachable: a {@link
 * org.hopespark.tokenizer.Tokenizer} is shared by tasks, and none of them knows when it is the
 * last. The library only reads it, so threads need no locks.
 */
final class NativeEncoder implements TokenizerBinding.Encoder {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

  private final long handle;

  NativeEncoder(long handle) {
    this.handle = handle;
    var unused = CLEANER.register(this, new Deletion(handle));
  }

  @Override
  public int[] encode(String text) {
    try {
      long encoding = LIBRARY.encode(handle, text, /* addSpecialTokens= */ false);
      try {
        return toInts(LIBRARY.getTokenIds(encoding));
      } finally {
        LIBRARY.deleteEncoding(encoding);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static int[] toInts(long[] ids) {
    int[] ints = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ints[i] = Math.toIntExact(ids[i]);
    }
    return ints;
  }

  /** Refers to the memory and not to its owner, which it would keep reachable. */
  private record Deletion(long handle) implements Runnable {
    @Override
    public void run() {
      LIBRARY.deleteTokenizer(handle);
    }
  }
}
