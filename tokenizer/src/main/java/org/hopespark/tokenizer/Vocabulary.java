// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The bytes behind every id, and which ids are special. */
final class Vocabulary {
  static final String END_OF_TEXT = "<|endoftext|>";

  /** What ends a document, by the first of these names that a vocabulary has. */
  private static final List<String> ENDS_OF_TEXT = List.of(END_OF_TEXT, "<|end_of_text|>");

  private static final byte[] NO_BYTES = {};

  private final byte[][] tokens;
  private final BitSet special;
  private final BitSet added;
  private final int[] byteIds;
  private final boolean lacksBytes;
  private final int endOfTextId;

  /** A vocabulary without added tokens that are not special. */
  Vocabulary(List<byte[]> tokens, BitSet special) {
    this(tokens, special, new BitSet());
  }

  /**
   * @param tokens bytes by id, null for an id without a token; the UTF-8 of its text for a special
   *     or added token
   * @throws InvalidTokenizerException if a single byte or the end-of-text token is missing
   */
  Vocabulary(List<byte[]> tokens, BitSet special, BitSet added) {
    this.tokens = tokens.toArray(byte[][]::new);
    this.special = (BitSet) special.clone();
    this.added = (BitSet) added.clone();
    this.byteIds = findByteIds();
    this.lacksBytes = Arrays.stream(byteIds).anyMatch(id -> id < 0);
    this.endOfTextId = findEndOfText();
  }

  int size() {
    return tokens.length;
  }

  boolean isSpecial(int id) {
    return special.get(id);
  }

  /** Whether an id has a token. */
  boolean isUsed(int id) {
    return tokens[id] != null;
  }

  /** Whether an id is one that merging bytes may give: no special and no added token. */
  boolean isOrdinary(int id) {
    return isUsed(id) && !special.get(id) && !added.get(id);
  }

  /** Id of the token that is this one byte. */
  int byteId(byte value) {
    return byteIds[value & 0xFF];
  }

  boolean hasByte(byte value) {
    return byteIds[value & 0xFF] >= 0;
  }

  /** Whether each byte of {@code text[from, to)} has a token. */
  boolean canSpell(byte[] text, int from, int to) {
    if (!lacksBytes) {
      return true;
    }
    for (int at = from; at < to; at++) {
      if (byteIds[text[at] & 0xFF] < 0) {
        return false;
      }
    }
    return true;
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
    return tokens[id] == null ? NO_BYTES : tokens[id];
  }

  /** Bytes of text that an id stands for; a special token stands for none. */
  byte[] ordinary(int id) {
    byte[] bytes = decoded(id);
    return isSpecial(id) ? NO_BYTES : bytes.clone();
  }

  /** Number of bytes of {@link #ordinary}. */
  int byteLength(int id) {
    int length = decoded(id).length;
    return isSpecial(id) ? 0 : length;
  }

  private int[] findByteIds() {
    int[] ids = new int[ByteAlphabet.SIZE];
    Arrays.fill(ids, -1);
    for (int id = 0; id < tokens.length; id++) {
      if (isOrdinary(id) && tokens[id].length == 1) {
        ids[tokens[id][0] & 0xFF] = id;
      }
    }

    for (int value = 0; value < ids.length; value++) {
      if (ids[value] < 0 && isOfUtf8(value)) {
        throw new InvalidTokenizerException(
            "Missing token of byte [0x%02X]: a byte-level vocabulary holds all bytes of UTF-8. Train it with the full byte alphabet."
                .formatted(value));
      }
    }
    return ids;
  }

  /** Whether well-formed UTF-8 can hold a byte. */
  private static boolean isOfUtf8(int value) {
    return value < 0xC0 || (value > 0xC1 && value < 0xF5);
  }

  private int findEndOfText() {
    for (String name : ENDS_OF_TEXT) {
      byte[] text = name.getBytes(UTF_8);
      for (int id = special.nextSetBit(0); id >= 0; id = special.nextSetBit(id + 1)) {
        if (Arrays.equals(tokens[id], text)) {
          return id;
        }
      }
    }
    throw new InvalidTokenizerException(
        "Missing special token [%s]: it ends every document. Add it to the file's added_tokens."
            .formatted(END_OF_TEXT));
  }
}
