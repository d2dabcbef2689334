// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.hopespark.spark.InvalidUsageException;

/** The kinds of files that hold a byte-level BPE, told by their first line. */
enum TokenizerKind {
  JSON("tokenizer.json"),
  GPT2("gpt2"),
  TIKTOKEN("tiktoken");

  private static final int HEAD_BYTES = 4096;

  private final String label;

  TokenizerKind(String label) {
    this.label = label;
  }

  /**
   * @throws InvalidUsageException if there is no kind of that name
   */
  static TokenizerKind named(String label) {
    return Stream.of(values())
        .filter(kind -> kind.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidUsageException(
                    "Invalid --to [%s]: there is no such kind of file. Give tokenizer.json, gpt2 or tiktoken."
                        .formatted(label)));
  }

  /** The kind that a file is of: a JSON object, a token and its rank, or a merge comes first. */
  static Optional<TokenizerKind> of(byte[] file) {
    String head = new String(file, 0, Math.min(file.length, HEAD_BYTES), UTF_8).stripLeading();
    String line = head.lines().findFirst().orElse("");
    String[] fields = line.split(" ", -1);
    if (line.startsWith("{")) {
      return Optional.of(JSON);
    }
    if (fields.length == 2 && isBase64(fields[0]) && fields[1].matches("[0-9]{1,9}")) {
      return Optional.of(TIKTOKEN);
    }
    boolean merge = fields.length == 2 && isOneCharacter(fields[0]) && isOneCharacter(fields[1]);
    return line.startsWith("#version") || merge ? Optional.of(GPT2) : Optional.empty();
  }

  /** Whole groups of four, which the one character of a first merge is not. */
  private static boolean isBase64(String field) {
    if (field.isEmpty() || field.length() % 4 != 0) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(field).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The first merge joins two bytes, each of which is written as one character. */
  private static boolean isOneCharacter(String field) {
    return field.length() == 1 && field.charAt(0) > ' ' && field.charAt(0) != '\uFFFD';
  }

  @Override
  public String toString() {
    return label;
  }
}
