// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BPE training that counts all pairs anew for every merge; tokens are Latin-1 strings. */
final class NaiveTrainer {
  private final List<List<String>> words = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<List<String>> merges = new ArrayList<>();

  NaiveTrainer(PieceCounter pieces, int vocabularySize) {
    pieces.forEach(
        (piece, count) -> {
          words.add(new ArrayList<>(List.of(new String(piece, ISO_8859_1).split(""))));
          counts.add(count);
        });
    for (byte value : ByteAlphabet.bytesByCharacter()) {
      ids.put(new String(new byte[] {value}, ISO_8859_1), ids.size() + 1);
    }
    while (ids.size() + 1 < vocabularySize) {
      List<String> best = mostFrequentPair();
      if (best == null) {
        break;
      }
      merges.add(best);
      ids.put(best.get(0) + best.get(1), ids.size() + 1);
      words.forEach(word -> merge(word, best));
    }
  }

  /** Merges in order, each as two byte strings. */
  List<List<String>> merges() {
    return merges;
  }

  private List<String> mostFrequentPair() {
    Map<List<String>, Long> pairs = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      List<String> word = words.get(i);
      for (int at = 0; at + 1 < word.size(); at++) {
        pairs.merge(List.of(word.get(at), word.get(at + 1)), counts.get(i), Long::sum);
      }
    }
    Comparator<Map.Entry<List<String>, Long>> order =
        Comparator.<Map.Entry<List<String>, Long>>comparingLong(entry -> -entry.getValue())
            .thenComparing(entry -> ids.get(entry.getKey().get(0)))
            .thenComparing(entry -> ids.get(entry.getKey().get(1)));
    return pairs.entrySet().stream().min(order).map(Map.Entry::getKey).orElse(null);
  }

  private static void merge(List<String> word, List<String> pair) {
    for (int at = 0; at + 1 < word.size(); at++) {
      if (word.get(at).equals(pair.get(0)) && word.get(at + 1).equals(pair.get(1))) {
        word.set(at, word.get(at) + word.remove(at + 1));
      }
    }
  }
}
