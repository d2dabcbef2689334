// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * GPT-2's own files: {@code encoder.json}, a JSON object of ids by token, and {@code vocab.bpe}, a
 * line per merge. They are the same as the model of a {@code tokenizer.json}, and read as one.
 */
final class Gpt2Files {
  private static final String VERSION = "#version: 0.2";

  private Gpt2Files() {}

  static Tokenizer read(InputStream encoderJson, InputStream vocabBpe) {
    JsonNode encoder = TokenizerJsonReader.parse(encoderJson);
    List<String> lines;
    try {
      lines = new String(vocabBpe.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    TokenizerJsonReader reader = new TokenizerJsonReader();
    reader.readVocabulary(encoder);
    JsonNode endOfText = encoder.path(Vocabulary.END_OF_TEXT);
    if (endOfText.canConvertToInt()) {
      reader.addSpecial(Vocabulary.END_OF_TEXT, endOfText.intValue());
    }
    Vocabulary vocabulary = reader.vocabulary();
    for (String line : lines) {
      if (!line.startsWith("#version") && !line.isEmpty()) {
        reader.addMerge(line.split(" ", -1), line);
      }
    }
    return new ByteLevelTokenizer(vocabulary, reader.merges());
  }

  static void write(
      Vocabulary vocabulary,
      List<Merge> merges,
      Pipeline pipeline,
      OutputStream encoderJson,
      OutputStream vocabBpe) {
    boolean only = pipeline.addedTokens().stream().allMatch(AddedToken::special);
    if (pipeline.rule() != SplitRule.GPT2 || pipeline.nfc() || pipeline.ignoreMerges() || !only) {
      throw new InvalidTokenizerException(
          "Cannot write [vocab.bpe]: it holds the GPT-2 rule, no normalizer, no ignore_merges and no added tokens but special ones. Write tokenizer.json.");
    }

    StringBuilder encoder = new StringBuilder();
    String separator = "{";
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.isUsed(id)) {
        encoder.append(separator).append(Json.quoted(text(vocabulary, id))).append(": ").append(id);
        separator = ", ";
      }
    }
    StringBuilder lines = new StringBuilder(VERSION).append('\n');
    for (Merge merge : merges) {
      lines.append(text(vocabulary, merge.left())).append(' ');
      lines.append(text(vocabulary, merge.right())).append('\n');
    }
    try {
      encoderJson.write(encoder.append('}').toString().getBytes(UTF_8));
      vocabBpe.write(lines.toString().getBytes(UTF_8));
      encoderJson.flush();
      vocabBpe.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Vocabulary vocabulary, int id) {
    byte[] bytes = vocabulary.decoded(id);
    return vocabulary.isOrdinary(id) ? ByteAlphabet.toText(bytes) : new String(bytes, UTF_8);
  }
}
