// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Decodes ids as they come. Every call gives the bytes up to the last whole character: one whose
 * bytes are spread over several tokens is held back until it is complete. Belongs to one thread.
 */
public final class StreamingDecoder {
  private static final byte[] NOTHING = {};

  private final Tokenizer tokenizer;
  private byte[] held = NOTHING;

  StreamingDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Bytes that are complete with these ids; bytes that no further one can complete are given as
   * they are.
   *
   * @throws InvalidTokenizerException if an id is not in the vocabulary; then nothing was taken
   */
  public byte[] decode(int... ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(held);
    for (int id : ids) {
      bytes.writeBytes(tokenizer.decoded(id));
    }

    byte[] all = bytes.toByteArray();
    int complete = all.length - Utf8.incompleteAtEnd(all);
    held = Arrays.copyOfRange(all, complete, all.length);
    return Arrays.copyOf(all, complete);
  }

  /** Bytes still held back, at most three, when no more ids come. */
  public byte[] finish() {
    byte[] rest = held;
    held = NOTHING;
    return rest;
  }
}
