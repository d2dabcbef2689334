// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Finds texts in a text: the leftmost, of several that start there the longest. The time per byte
 * is bounded by the longest text.
 */
final class TextTrie {
  static final long NOT_FOUND = -1;

  private static final int NO_VALUE = -1;

  private final Node root = new Node();
  private final Node[] byFirst = new Node[256];

  /** Adds a text that is not empty, with a value that is not negative. */
  void put(byte[] text, int value) {
    Node node = root;
    for (byte next : text) {
      Node child = node.child(next);
      node = child == null ? node.add(next) : child;
    }
    node.value = value;
    byFirst[text[0] & 0xFF] = root.child(text[0]);
  }

  /**
   * Place of the first find in {@code text[from, to)} in the upper half and its value in the lower.
   */
  long find(byte[] text, int from, int to) {
    for (int at = from; at < to; at++) {
      if (byFirst[text[at] & 0xFF] != null) {
        int value = longestAt(text, at, to);
        if (value != NO_VALUE) {
          return ((long) at << 32) | value;
        }
      }
    }
    return NOT_FOUND;
  }

  private int longestAt(byte[] text, int from, int to) {
    int value = NO_VALUE;
    Node node = byFirst[text[from] & 0xFF];
    int at = from + 1;
    while (node != null) {
      value = node.value == NO_VALUE ? value : node.value;
      node = at < to ? node.child(text[at++]) : null;
    }
    return value;
  }

  private static final class Node {
    private byte[] keys = {};
    private Node[] children = {};
    private int value = NO_VALUE;

    Node child(byte key) {
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] == key) {
          return children[i];
        }
      }
      return null;
    }

    Node add(byte key) {
      keys = Arrays.copyOf(keys, keys.length + 1);
      children = Arrays.copyOf(children, keys.length);
      keys[keys.length - 1] = key;
      Node child = new Node();
      children[keys.length - 1] = child;
      return child;
    }
  }
}
