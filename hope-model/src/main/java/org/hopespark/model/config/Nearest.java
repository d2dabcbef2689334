// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.util.Collection;
import java.util.Comparator;

/**
 * The known word that a misspelt one was most likely meant to be (Levenshtein distance, ties by
 * alphabet).
 */
public final class Nearest {
  private Nearest() {}

  /** The one of {@code known}, which is not empty, that is nearest to {@code word}. */
  public static String of(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.<String>comparingInt(k -> distance(word, k)).thenComparing(k -> k))
        .orElseThrow();
  }

  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
