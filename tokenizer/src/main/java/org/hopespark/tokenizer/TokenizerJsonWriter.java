// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Writes {@code tokenizer.json}.
 *
 * <p>The layout is laid by hand and not by a JSON library's printer, because a tokenizer's digest
 * is taken over these bytes and must not change with the library that a cluster brings. Merges are
 * in the string form, which old readers need and new ones accept; tokens hold no blank.
 */
final class TokenizerJsonWriter {
  private static final String BYTE_LEVEL =
      """
      {
          "type": "ByteLevel",
          "add_prefix_space": false,
          "trim_offsets": true,
          "use_regex": true
        }""";

  private static final String NFC =
      """
      {
          "type": "NFC"
        }""";

  private static final String SPLIT_THEN_BYTE_LEVEL =
      """
      {
          "type": "Sequence",
          "pretokenizers": [
            {
              "type": "Split",
              "pattern": {
                "Regex": %s
              },
              "behavior": "Isolated",
              "invert": false
            },
            {
              "type": "ByteLevel",
              "add_prefix_space": false,
              "trim_offsets": true,
              "use_regex": false
            }
          ]
        }""";

  private final Vocabulary vocabulary;
  private final Pipeline pipeline;
  private final StringBuilder json = new StringBuilder();

  private TokenizerJsonWriter(Vocabulary vocabulary, Pipeline pipeline) {
    this.vocabulary = vocabulary;
    this.pipeline = pipeline;
  }

  static byte[] toJson(Vocabulary vocabulary, List<Merge> merges, Pipeline pipeline) {
    TokenizerJsonWriter writer = new TokenizerJsonWriter(vocabulary, pipeline);
    writer.appendHead();
    writer.appendVocabulary();
    writer.appendMerges(merges);
    return writer.json.toString().getBytes(UTF_8);
  }

  private void appendHead() {
    json.append("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n");
    json.append("  \"added_tokens\": [");
    String separator = "\n";
    for (AddedToken token : pipeline.addedTokens()) {
      json.append(separator).append(addedToken(token));
      separator = ",\n";
    }
    json.append("\n  ],\n  \"normalizer\": ").append(pipeline.nfc() ? NFC : "null");
    json.append(",\n  \"pre_tokenizer\": ").append(preTokenizer());
    json.append(",\n  \"post_processor\": ").append(pipeline.postProcessor());
    json.append(",\n  \"decoder\": ").append(BYTE_LEVEL).append(",\n");
  }

  private String preTokenizer() {
    return pipeline.rule() == SplitRule.GPT2
        ? BYTE_LEVEL
        : SPLIT_THEN_BYTE_LEVEL.formatted(Json.quoted(pipeline.rule().expression()));
  }

  private static String addedToken(AddedToken token) {
    return """
        {
          "id": %d,
          "content": %s,
          "single_word": %s,
          "lstrip": %s,
          "rstrip": %s,
          "normalized": %s,
          "special": %s
        }"""
        .formatted(
            token.id(),
            Json.quoted(token.content()),
            token.singleWord(),
            token.leftStrip(),
            token.rightStrip(),
            token.normalized(),
            token.special())
        .indent(4)
        .stripTrailing();
  }

  private void appendVocabulary() {
    json.append("  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n");
    json.append("    \"unk_token\": null,\n    \"continuing_subword_prefix\": null,\n");
    json.append("    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n");
    json.append("    \"byte_fallback\": false,\n    \"ignore_merges\": ")
        .append(pipeline.ignoreMerges())
        .append(",\n");
    json.append("    \"vocab\": {");
    String separator = "\n      ";
    int size = sizeWithoutAddedTail();
    for (int id = 0; id < size; id++) {
      if (vocabulary.isUsed(id)) {
        json.append(separator).append(Json.quoted(text(id))).append(": ").append(id);
        separator = ",\n      ";
      }
    }
    json.append("\n    },\n");
  }

  /** Added tokens that are not special and end the vocabulary get their ids from added_tokens. */
  private int sizeWithoutAddedTail() {
    int size = vocabulary.size();
    while (!vocabulary.isOrdinary(size - 1)
        && !vocabulary.isSpecial(size - 1)
        && vocabulary.isUsed(size - 1)) {
      size--;
    }
    return size;
  }

  private void appendMerges(List<Merge> merges) {
    json.append("    \"merges\": [");
    String separator = "\n      ";
    for (Merge merge : merges) {
      json.append(separator);
      json.append(Json.quoted(text(merge.left()) + " " + text(merge.right())));
      separator = ",\n      ";
    }
    json.append(merges.isEmpty() ? "]\n  }\n}\n" : "\n    ]\n  }\n}\n");
  }

  private String text(int id) {
    byte[] bytes = vocabulary.decoded(id);
    return vocabulary.isOrdinary(id) ? ByteAlphabet.toText(bytes) : new String(bytes, UTF_8);
  }
}
