// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.SplitRule;
import org.hopespark.tokenizer.Tokenizer;

/** A tokenizer and the kind of file it was read from. */
record TokenizerSource(TokenizerKind kind, Tokenizer tokenizer) {
  private static final List<String> VOCABULARIES = List.of("encoder.json", "vocab.json");

  /**
   * @param vocabulary file of GPT-2's vocabulary, null for the one beside the input
   * @param splitRule name of a rank file's rule, null where none was given
   * @param special special tokens of a rank file, each {@code NAME=ID}
   * @throws InvalidUsageException if the options do not fit the kind of file
   */
  static TokenizerSource read(
      Inputs inputs, String input, String vocabulary, String splitRule, List<String> special)
      throws IOException {
    byte[] file = bytes(inputs, input);
    TokenizerKind kind =
        TokenizerKind.of(file)
            .orElseThrow(
                () ->
                    new InvalidUsageException(
                        "Invalid --input [%s]: it starts like none of tokenizer.json, vocab.bpe and a rank file of tiktoken. Give one of these."
                            .formatted(input)));
    if (kind != TokenizerKind.GPT2 && vocabulary != null) {
      throw misplaced("--vocabulary", TokenizerKind.GPT2, input, kind);
    }
    if (kind != TokenizerKind.TIKTOKEN && (splitRule != null || !special.isEmpty())) {
      throw misplaced(
          splitRule != null ? "--split-rule" : "--special", TokenizerKind.TIKTOKEN, input, kind);
    }

    InputStream in = new ByteArrayInputStream(file);
    Tokenizer tokenizer =
        switch (kind) {
          case JSON -> Tokenizer.read(in);
          case GPT2 -> {
            String path = vocabulary == null ? beside(inputs, input) : vocabulary;
            yield Tokenizer.readGpt2(new ByteArrayInputStream(bytes(inputs, path)), in);
          }
          case TIKTOKEN -> Tokenizer.readTiktoken(in, rule(splitRule), specialTokens(special));
        };
    return new TokenizerSource(kind, tokenizer);
  }

  /** The vocabulary beside a vocab.bpe, where there is exactly one. */
  private static String beside(Inputs inputs, String input) throws IOException {
    String found = null;
    for (String name : VOCABULARIES) {
      Path parent = new Path(input).getParent();
      String path = (parent == null ? new Path(name) : new Path(parent, name)).toString();
      if (inputs.exists(path)) {
        if (found != null) {
          throw new InvalidUsageException(
              "Missing option [--vocabulary]: %s has both encoder.json and vocab.json beside it. Give the one that belongs to it."
                  .formatted(input));
        }
        found = path;
      }
    }
    if (found == null) {
      throw new InvalidUsageException(
          "Missing option [--vocabulary]: %s has neither encoder.json nor vocab.json beside it. Give the file of its ids."
              .formatted(input));
    }
    return found;
  }

  private static SplitRule rule(String name) {
    if (name == null) {
      throw new InvalidUsageException(
          "Missing option [--split-rule]: a rank file does not tell how text is split. Give gpt2, cl100k, qwen2 or o200k.");
    }
    return SplitRule.named(name);
  }

  private static Map<String, Integer> specialTokens(List<String> given) {
    if (given.isEmpty()) {
      throw new InvalidUsageException(
          "Missing option [--special]: a rank file holds no special tokens, and one has to end documents. Give one, as '<|endoftext|>=100257' is cl100k's.");
    }
    Map<String, Integer> tokens = new LinkedHashMap<>();
    for (String token : given) {
      int equals = token.lastIndexOf('=');
      String id = token.substring(equals + 1);
      if (equals < 1 || !id.matches("[0-9]{1,9}")) {
        throw new InvalidUsageException(
            "Invalid --special [%s]: it is a name, an equals sign and an id. Give one, as '<|endoftext|>=100257'."
                .formatted(token));
      }
      if (tokens.put(token.substring(0, equals), Integer.valueOf(id)) != null) {
        throw new InvalidUsageException(
            "Invalid --special [%s]: this token was given twice. Give it once.".formatted(token));
      }
    }
    return tokens;
  }

  private static InvalidUsageException misplaced(
      String option, TokenizerKind owner, String input, TokenizerKind kind) {
    return new InvalidUsageException(
        "Invalid option [%s]: it belongs to files of kind %s, and %s is of kind %s. Leave it out."
            .formatted(option, owner, input, kind));
  }

  private static byte[] bytes(Inputs inputs, String path) throws IOException {
    try (InputStream in = inputs.open(path)) {
      return in.readAllBytes();
    }
  }
}
