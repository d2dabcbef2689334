// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
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

  private final Vocabulary vocabulary;
  private final StringBuilder json = new StringBuilder();

  private TokenizerJsonWriter(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  static byte[] toJson(Vocabulary vocabulary, List<Merge> merges) {
    TokenizerJsonWriter writer = new TokenizerJsonWriter(vocabulary);
    writer.appendHead();
    writer.appendVocabulary();
    writer.appendMerges(merges);
    return writer.json.toString().getBytes(UTF_8);
  }

  private void appendHead() {
    json.append("{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n");
    json.append("  \"added_tokens\": [");
    String separator = "\n";
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.isSpecial(id)) {
        json.append(separator).append(addedToken(id));
        separator = ",\n";
      }
    }
    json.append("\n  ],\n  \"normalizer\": null,\n");
    json.append("  \"pre_tokenizer\": ").append(BYTE_LEVEL);
    json.append(",\n  \"post_processor\": null,\n");
    json.append("  \"decoder\": ").append(BYTE_LEVEL).append(",\n");
  }

  private String addedToken(int id) {
    return """
        {
          "id": %d,
          "content": %s,
          "single_word": false,
          "lstrip": false,
          "rstrip": false,
          "normalized": false,
          "special": true
        }"""
        .formatted(id, quoted(text(id)))
        .indent(4)
        .stripTrailing();
  }

  private void appendVocabulary() {
    json.append("  \"model\": {\n    \"type\": \"BPE\",\n    \"dropout\": null,\n");
    json.append("    \"unk_token\": null,\n    \"continuing_subword_prefix\": null,\n");
    json.append("    \"end_of_word_suffix\": null,\n    \"fuse_unk\": false,\n");
    json.append("    \"byte_fallback\": false,\n    \"ignore_merges\": false,\n");
    json.append("    \"vocab\": {");
    for (int id = 0; id < vocabulary.size(); id++) {
      json.append(id == 0 ? "\n      " : ",\n      ");
      json.append(quoted(text(id))).append(": ").append(id);
    }
    json.append("\n    },\n");
  }

  private void appendMerges(List<Merge> merges) {
    json.append("    \"merges\": [");
    String separator = "\n      ";
    for (Merge merge : merges) {
      json.append(separator);
      json.append(quoted(text(merge.left()) + " " + text(merge.right())));
      separator = ",\n      ";
    }
    json.append(merges.isEmpty() ? "]\n  }\n}\n" : "\n    ]\n  }\n}\n");
  }

  private String text(int id) {
    byte[] bytes = vocabulary.decoded(id);
    return vocabulary.isSpecial(id) ? new String(bytes, UTF_8) : ByteAlphabet.toText(bytes);
  }

  private static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
