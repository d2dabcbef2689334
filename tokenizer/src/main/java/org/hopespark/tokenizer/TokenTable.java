// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The bytes behind every id, and which ids are special. */
class TokenTable {
  private static final byte[] NO_BYTES = {};

  private final byte[][] tokens;
  private final BitSet special;

  /**
   * @param tokens bytes by id, null for an id without a token
   */
  TokenTable(List<byte[]> tokens, BitSet special) {
    this.tokens = tokens.toArray(byte[][]::new);
    this.special = (BitSet) special.clone();
  }

  final int size() {
    return tokens.length;
  }

  final boolean isSpecial(int id) {
    return special.get(id);
  }

  /** Whether an id has a token. */
  final boolean isUsed(int id) {
    return tokens[id] != null;
  }

  /** Id of the special token that has the first of these texts that any has, or -1. */
  final int specialId(List<String> texts) {
    for (String text : texts) {
      byte[] utf8 = text.getBytes(UTF_8);
      for (int id = special.nextSetBit(0); id >= 0; id = special.nextSetBit(id + 1)) {
        if (Arrays.equals(tokens[id], utf8)) {
          return id;
        }
      }
    }
    return -1;
  }

  /** Bytes that an id decodes to; not to be altered. */
  final byte[] decoded(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new InvalidTokenizerException(
          "Invalid token id [%d]: the vocabulary has ids 0 to %d. Use the tokenizer that encoded the text."
              .formatted(id, tokens.length - 1));
    }
    return tokens[id] == null ? NO_BYTES : tokens[id];
  }

  /** Bytes of text that an id stands for; a special token stands for none. */
  final byte[] ordinary(int id) {
    byte[] bytes = decoded(id);
    return isSpecial(id) ? NO_BYTES : bytes.clone();
  }

  /** Number of bytes of {@link #ordinary}. */
  final int byteLength(int id) {
    int length = decoded(id).length;
    return isSpecial(id) ? 0 : length;
  }
}
