// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * Cuts text at added tokens that are not special, before it is split into pieces, so that no rule
 * sees across them. The text of a special token is ordinary, but hides what begins inside it, as in
 * Hugging Face tokenizers with {@code encode_special_tokens}.
 */
final class AddedTokens {
  /** Takes the parts of a text in order. */
  interface Parts {
    /** Takes text between tokens, at least a byte. */
    void text(byte[] text, int from, int to);

    void token(int id);
  }

  private final List<AddedToken> tokens;
  private final int[] lengths;
  private final TextTrie trie = new TextTrie();
  private final boolean cuts;

  /**
   * @param normalized whether those that are looked for in normalized text, or the others
   * @param nfc whether their text is normalized
   */
  AddedTokens(List<AddedToken> all, boolean normalized, boolean nfc) {
    this.tokens = all.stream().filter(token -> token.normalized() == normalized).toList();
    this.lengths = new int[tokens.size()];
    Nfc normalizer = new Nfc();
    for (int i = 0; i < lengths.length; i++) {
      byte[] text = tokens.get(i).utf8();
      if (normalized && nfc && normalizer.normalize(text, 0, text.length)) {
        text = Arrays.copyOf(normalizer.bytes(), normalizer.size());
      }
      trie.put(text, i);
      lengths[i] = text.length;
    }
    this.cuts = tokens.stream().anyMatch(token -> !token.special());
  }

  /** Gives the parts of {@code text[from, to)}. */
  void cut(byte[] text, int from, int to, Parts parts) {
    int done = from;
    long found = cuts ? trie.find(text, from, to) : TextTrie.NOT_FOUND;
    while (found != TextTrie.NOT_FOUND) {
      AddedToken token = tokens.get((int) found);
      int start = (int) (found >>> 32);
      int end = start + lengths[(int) found];
      if (!token.special()) {
        int first = token.leftStrip() ? Runs.whiteSpaceStart(text, done, start) : start;
        if (first > done) {
          parts.text(text, done, first);
        }
        parts.token(token.id());
        done = token.rightStrip() ? Runs.end(UnicodeClasses.WHITE_SPACE, text, end, to) : end;
      }
      found = trie.find(text, end, to);
    }
    if (done < to) {
      parts.text(text, done, to);
    }
  }
}
