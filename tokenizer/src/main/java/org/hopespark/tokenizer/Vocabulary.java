// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The tokens of a byte-level BPE, which spell every byte of UTF-8. */
final class Vocabulary extends TokenTable {
  static final String END_OF_TEXT = "<|endoftext|>";

  /** What ends a document, by the first of these names that a vocabulary has. */
  private static final List<String> ENDS_OF_TEXT = List.of(END_OF_TEXT, "<|end_of_text|>");

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
    super(tokens, special);
    this.added = (BitSet) added.clone();
    this.byteIds = findByteIds();
    this.lacksBytes = Arrays.stream(byteIds).anyMatch(id -> id < 0);
    this.endOfTextId = specialId(ENDS_OF_TEXT);
    if (endOfTextId < 0) {
      throw new InvalidTokenizerException(
          "Missing special token [%s]: it ends every document. Add it to the file's added_tokens."
              .formatted(END_OF_TEXT));
    }
  }

  /** Whether an id is one that merging bytes may give: no special and no added token. */
  boolean isOrdinary(int id) {
    return isUsed(id) && !isSpecial(id) && !added.get(id);
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

  private int[] findByteIds() {
    int[] ids = new int[ByteAlphabet.SIZE];
    Arrays.fill(ids, -1);
    for (int id = 0; id < size(); id++) {
      if (isOrdinary(id) && decoded(id).length == 1) {
        ids[decoded(id)[0] & 0xFF] = id;
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
}
