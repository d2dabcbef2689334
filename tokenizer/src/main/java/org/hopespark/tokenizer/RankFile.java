// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rank files of tiktoken: the bytes of each token in base64, and its rank.
 *
 * <p>There, two neighbours merge by the rank of their joined bytes. As pairs: every way to cut a
 * token in two tokens is a merge, in the order of the ranks of the whole, then of the parts, which
 * is how Hugging Face converts these files.
 */
final class RankFile {
  private static final int MAX_UNUSED = 1 << 16;

  private RankFile() {}

  static Tokenizer read(InputStream in, SplitRule rule, Map<String, Integer> specialTokens) {
    List<byte[]> tokens = new ArrayList<>(tokens(in));
    List<Merge> merges = merges(tokens);
    BitSet special = new BitSet();
    List<AddedToken> added = new ArrayList<>();
    int numRanks = tokens.size();
    specialTokens.forEach(
        (text, id) -> {
          boolean free = id >= numRanks && id < numRanks + MAX_UNUSED && !special.get(id);
          if (!free || text.isEmpty()) {
            throw new InvalidTokenizerException(
                "Invalid id of special token %s [%d]: it has to be of its own, and between %d and %d. Give another id."
                    .formatted(Json.oneLine(text), id, numRanks, numRanks + MAX_UNUSED - 1));
          }
          while (tokens.size() <= id) {
            tokens.add(null);
          }
          tokens.set(id, text.getBytes(UTF_8));
          special.set(id);
          added.add(new AddedToken(id, text, false, false, false, false, true));
        });
    added.sort(Comparator.comparingInt(AddedToken::id));
    return new ByteLevelTokenizer(
        new Vocabulary(tokens, special),
        merges,
        Pipeline.of(rule, false, true, added, Pipeline.NO_POST_PROCESSOR));
  }

  static void write(
      Vocabulary vocabulary, List<Merge> merges, Pipeline pipeline, OutputStream out) {
    List<byte[]> tokens = new ArrayList<>();
    boolean ordinaryFirst = true;
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.isOrdinary(id)) {
        ordinaryFirst &= tokens.size() == id;
        tokens.add(vocabulary.decoded(id));
      }
    }
    if (!ordinaryFirst || !pipeline.ignoreMerges() || !merges(tokens).equals(merges)) {
      throw new InvalidTokenizerException(
          "Cannot write [rank file]: its merges follow from tokens in the order of their ranks, and these do not. Write tokenizer.json.");
    }

    StringBuilder lines = new StringBuilder();
    for (int rank = 0; rank < tokens.size(); rank++) {
      lines.append(Base64.getEncoder().encodeToString(tokens.get(rank)));
      lines.append(' ').append(rank).append('\n');
    }
    try {
      out.write(lines.toString().getBytes(US_ASCII));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> tokens(InputStream in) {
    List<String> lines;
    try {
      lines = new String(in.readAllBytes(), ISO_8859_1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    byte[][] tokens = new byte[(int) lines.stream().filter(line -> !line.isEmpty()).count()][];
    int number = 0;
    for (String line : lines) {
      number++;
      if (!line.isEmpty()) {
        readLine(line, number, tokens);
      }
    }
    return Arrays.asList(tokens);
  }

  private static void readLine(String line, int number, byte[][] tokens) {
    String[] fields = line.split(" ", -1);
    byte[] bytes = {};
    int rank = -1;
    try {
      bytes = Base64.getDecoder().decode(fields[0]);
      rank = Integer.parseInt(fields[fields.length - 1]);
    } catch (IllegalArgumentException e) {
      throw invalid(number, line, e);
    }
    boolean free = rank >= 0 && rank < tokens.length && tokens[rank] == null;
    if (fields.length != 2 || bytes.length == 0 || !free) {
      throw invalid(number, line, null);
    }
    tokens[rank] = bytes;
  }

  private static InvalidTokenizerException invalid(int number, String line, Exception cause) {
    return new InvalidTokenizerException(
        "Invalid rank file line %d [%s]: a line is a token in base64, a blank and its rank, and ranks go from 0 up, each once. Give a file like cl100k_base.tiktoken."
            .formatted(number, Json.oneLine(line)),
        cause);
  }

  private static List<Merge> merges(List<byte[]> tokens) {
    Map<String, Integer> ranks = new HashMap<>();
    for (int rank = 0; rank < tokens.size(); rank++) {
      Integer known = ranks.putIfAbsent(new String(tokens.get(rank), ISO_8859_1), rank);
      if (known != null) {
        throw new InvalidTokenizerException(
            "Invalid rank [%d]: its token has rank %d as well. Give each token once."
                .formatted(rank, known));
      }
    }

    List<Merge> merges = new ArrayList<>();
    for (int rank = 0; rank < tokens.size(); rank++) {
      String token = new String(tokens.get(rank), ISO_8859_1);
      List<Merge> cuts = new ArrayList<>();
      for (int cut = 1; cut < token.length(); cut++) {
        Integer left = ranks.get(token.substring(0, cut));
        Integer right = ranks.get(token.substring(cut));
        if (left != null && right != null) {
          cuts.add(new Merge(left, right, rank));
        }
      }
      cuts.sort(Comparator.comparingInt(Merge::left).thenComparingInt(Merge::right));
      merges.addAll(cuts);
    }
    return merges;
  }
}
