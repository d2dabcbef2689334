// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BPE by its definition: as long as a pair merges, merge the leftmost one of the lowest rank. */
final class NaiveBpe {
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<List<String>, Integer> ranks = new HashMap<>();

  /**
   * Takes ids from a tokenizer and the order of merges from its file, tokens as Latin-1 strings.
   */
  NaiveBpe(Tokenizer tokenizer, JsonNode file) {
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      ids.put(new String(tokenizer.bytes(id), ISO_8859_1), id);
    }
    for (JsonNode merge : file.at("/model/merges")) {
      ranks.put(
          List.of(latin1(merge.get(0).asText()), latin1(merge.get(1).asText())), ranks.size());
    }
  }

  List<Integer> encode(byte[] text) {
    List<Integer> encoded = new ArrayList<>();
    int at = 0;
    while (at < text.length) {
      int end = PieceSplitter.pieceEnd(text, at, text.length);
      for (String token : merge(new String(text, at, end - at, ISO_8859_1))) {
        encoded.add(ids.get(token));
      }
      at = end;
    }
    return encoded;
  }

  private List<String> merge(String piece) {
    List<String> tokens = new ArrayList<>(List.of(piece.split("")));
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < tokens.size(); i++) {
        int rank = ranks.getOrDefault(tokens.subList(i, i + 2), Integer.MAX_VALUE);
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return tokens;
      }
      tokens.set(best, tokens.get(best) + tokens.remove(best + 1));
    }
  }

  private static String latin1(String token) {
    return new String(ByteAlphabet.toBytes(token), ISO_8859_1);
  }
}
