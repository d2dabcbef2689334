// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hopespark.tokenizer.TokenizerJsonReader.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that a token of a file stands for, by the file's decoder: blanks that are written
 * otherwise, pieces that continue a word, and tokens of single bytes.
 */
final class TokenSpelling {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-F]{2})>");

  private final List<UnaryOperator<String>> steps = new ArrayList<>();
  private boolean bytesFallBack;
  private boolean byteLevel;
  private boolean fused;
  private boolean putsBlankFirst;
  private boolean joinsWords;

  private TokenSpelling() {}

  /** Reads the decoder of a file, and refuses by name what is not known. */
  static TokenSpelling read(JsonNode root) {
    TokenSpelling spelling = new TokenSpelling();
    List<JsonNode> decoders = PipelineReader.steps("decoder", root.path("decoder"), "decoders");
    for (JsonNode decoder : decoders) {
      spelling.add(decoder);
    }
    if (decoders.isEmpty() && root.path("model").path("type").asText().equals("WordLevel")) {
      // Without a decoder a library puts a blank between any two tokens.
      spelling.addWords("");
      return spelling;
    }
    if (decoders.isEmpty() || (spelling.byteLevel && decoders.size() > 1)) {
      throw invalid(
          "decoder",
          decoders.isEmpty() ? "null" : "Sequence",
          "it has to say what tokens stand for, ByteLevel alone");
    }
    requireAffix(root, decoders, "continuing_subword_prefix", "WordPiece", "prefix");
    requireAffix(root, decoders, "end_of_word_suffix", "BPEDecoder", "suffix");
    return spelling;
  }

  /** Whether every text starts with a blank that it did not have. */
  boolean putsBlankFirst() {
    return putsBlankFirst;
  }

  byte[] bytes(String token) {
    Matcher single = BYTE.matcher(token);
    if (bytesFallBack && single.matches()) {
      return new byte[] {(byte) Integer.parseInt(single.group(1), 16)};
    }

    byte[] spelt = byteLevel ? ByteAlphabet.toBytes(token) : null;
    if (spelt != null) {
      return spelt;
    }
    String text = token;
    for (UnaryOperator<String> step : steps) {
      text = step.apply(text);
    }
    return text.getBytes(UTF_8);
  }

  /** Of an added token, which is a word where tokens are words, and else its text. */
  byte[] bytesOfAdded(String text) {
    return (joinsWords ? " " + text : text).getBytes(UTF_8);
  }

  private void add(JsonNode decoder) {
    String type = decoder.path("type").asText("null");
    switch (type) {
      case "ByteLevel" -> byteLevel = true;
      case "ByteFallback" -> bytesFallBack = true;
      case "Fuse" -> fused = true;
      case "Replace" -> addReplace(decoder);
      case "Strip" -> addStrip(decoder);
      case "Metaspace" -> {
        String blank = decoder.path("replacement").asText();
        steps.add(token -> token.replace(blank, " "));
        boolean prefix = decoder.path("add_prefix_space").asBoolean(true);
        String scheme = decoder.path("prepend_scheme").asText(prefix ? "always" : "never");
        putsBlankFirst |= !scheme.equals("never");
      }
      case "WordPiece" -> addWords(decoder.path("prefix").asText());
      case "BPEDecoder" -> {
        String suffix = decoder.path("suffix").asText();
        steps.add(token -> token.replace(suffix, " "));
      }
      default ->
          throw invalid(
              "decoder",
              type,
              "only ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, WordPiece and BPEDecoder are supported");
    }
  }

  /** Words by blanks; a token with the prefix, unless that is empty, continues one. */
  private void addWords(String prefix) {
    steps.add(
        token ->
            !prefix.isEmpty() && token.startsWith(prefix)
                ? token.substring(prefix.length())
                : " " + token);
    putsBlankFirst = true;
    joinsWords = true;
  }

  private void addReplace(JsonNode replace) {
    JsonNode from = replace.path("pattern").path("String");
    if (!from.isTextual() || from.asText().isEmpty() || fused) {
      throw invalid(
          "decoder.pattern",
          replace.path("pattern"),
          "a Replace of a String, before any Fuse, is supported");
    }
    steps.add(token -> token.replace(from.asText(), replace.path("content").asText()));
  }

  private void addStrip(JsonNode strip) {
    boolean firstBlank =
        strip.path("content").asText().equals(" ")
            && strip.path("start").asInt() == 1
            && strip.path("stop").asInt() == 0;
    if (!firstBlank || !fused) {
      throw invalid(
          "decoder.Strip", strip, "only a Strip of the first blank, behind a Fuse, is supported");
    }
    putsBlankFirst = true;
  }

  /** An affix that the decoder does not take away would stand in every text. */
  private static void requireAffix(
      JsonNode root, List<JsonNode> decoders, String name, String type, String field) {
    String affix = root.path("model").path(name).asText("");
    boolean isTaken =
        decoders.stream()
            .anyMatch(
                decoder ->
                    decoder.path("type").asText().equals(type)
                        && decoder.path(field).asText().equals(affix));
    if (TokenizerJsonReader.isPresent(root.path("model").path(name))
        && !affix.isEmpty()
        && !isTaken) {
      throw invalid("model." + name, affix, "the decoder has to be " + type + " with this affix");
    }
  }
}
