// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.List;

/** Counts the texts of special tokens in ordinary text. */
final class SpecialTexts {
  private final TextTrie trie = new TextTrie();

  SpecialTexts(List<AddedToken> tokens) {
    for (AddedToken token : tokens) {
      if (token.special()) {
        byte[] text = token.utf8();
        trie.put(text, text.length);
      }
    }
  }

  /** Finds that do not overlap, in {@code text[from, to)}. */
  long count(byte[] text, int from, int to) {
    long count = 0;
    long found = trie.find(text, from, to);
    while (found != TextTrie.NOT_FOUND) {
      count++;
      found = trie.find(text, (int) (found >>> 32) + (int) found, to);
    }
    return count;
  }
}
