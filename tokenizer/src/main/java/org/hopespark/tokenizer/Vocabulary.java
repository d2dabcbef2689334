// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The bytes behind every id, and which ids are special. */
final class Vocabulary {
  static final String END_OF_TEXT = "<|endoftext|>";

  private static final byte[] NO_BYTES = {};

  private final byte[][] tokens;
  private final BitSet special;
  private final int[] byteIds;
  private final int endOfTextId;

  /**
   * @param tokens bytes by id; the UTF-8 of its text for a special token
   * @throws InvalidTokenizerException if a single byte or the end-of-text token is missing
   */
  Vocabulary(List<byte[]> tokens, BitSet special) {
    this.tokens = tokens.toArray(byte[][]::new);
    this.special = (BitSet) special.clone();
    this.byteIds = findByteIds();
    this.endOfTextId = findEndOfText();
  }

  int size() {
    return tokens.length;
  }

  boolean isSpecial(int id) {
    return special.get(id);
  }

  /** Whether an id stands for bytes of ordinary text. */
  boolean isOrdinary(int id) {
    return !special.get(id);
  }

  /** Id of the token that is this one byte. */
  int byteId(byte value) {
    return byteIds[value & 0xFF];
  }

  int endOfTextId() {
    return endOfTextId;
  }

  /** Bytes that an id decodes to; not to be altered. */
  byte[] decoded(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new InvalidTokenizerException(
          "Invalid token id [%d]: the vocabulary has ids 0 to %d. Use the tokenizer that encoded the text."
              .formatted(id, tokens.length - 1));
    }
    return tokens[id];
  }

  /** Bytes of text that an id stands for; a special token stands for none. */
  byte[] ordinary(int id) {
    byte[] bytes = decoded(id);
    return isSpecial(id) ? NO_BYTES : bytes.clone();
  }

  private int[] findByteIds() {
    int[] ids = new int[ByteAlphabet.SIZE];
    Arrays.fill(ids, -1);
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id].length == 1 && !isSpecial(id)) {
        ids[tokens[id][0] & 0xFF] = id;
      }
    }

    for (int value = 0; value < ids.length; value++) {
      if (ids[value] < 0) {
        throw new InvalidTokenizerException(
            "Missing token of byte [0x%02X]: a byte-level vocabulary holds all 256 bytes. Train it with the full byte alphabet."
                .formatted(value));
      }
    }
    return ids;
  }

  private int findEndOfText() {
    byte[] text = END_OF_TEXT.getBytes(UTF_8);
    for (int id = special.nextSetBit(0); id >= 0; id = special.nextSetBit(id + 1)) {
      if (Arrays.equals(tokens[id], text)) {
        return id;
      }
    }
    throw new InvalidTokenizerException(
        "Missing special token [%s]: it ends every document. Add it to the file's added_tokens."
            .formatted(END_OF_TEXT));
  }
}
