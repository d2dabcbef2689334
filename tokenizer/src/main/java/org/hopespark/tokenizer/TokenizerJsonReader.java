// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code tokenizer.json}: a byte-level BPE whose added tokens are all special.
 *
 * <p>Whatever in the file could change an id of ordinary text and is not supported is refused by
 * its name; {@code unk_token}, {@code fuse_unk} and {@code byte_fallback} cannot, because every
 * byte has a token.
 */
final class TokenizerJsonReader {
  /**
   * Jackson's own limit on names is 50,000 characters; a corpus of long runs trains longer tokens.
   */
  private static final StreamReadConstraints LONG_TOKENS =
      StreamReadConstraints.builder()
          .maxNameLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .build();

  private static final ObjectMapper MAPPER =
      new ObjectMapper(JsonFactory.builder().streamReadConstraints(LONG_TOKENS).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);

  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet special = new BitSet();

  private TokenizerJsonReader() {}

  static Tokenizer read(InputStream in) {
    JsonNode root = parse(in);
    refuseUnsupported(root);
    JsonNode model = root.path("model");
    TokenizerJsonReader reader = new TokenizerJsonReader();
    reader.readVocabulary(model.path("vocab"));
    reader.readAddedTokens(root.path("added_tokens"));
    Vocabulary vocabulary = reader.vocabulary();
    return new Tokenizer(vocabulary, reader.merges(model.path("merges")));
  }

  private static JsonNode parse(InputStream in) {
    JsonNode root;
    try {
      root = MAPPER.readTree(in);
    } catch (JsonProcessingException e) {
      throw new InvalidTokenizerException(
          "Invalid tokenizer.json: %s. Give a Hugging Face tokenizer file."
              .formatted(e.getOriginalMessage().lines().findFirst().orElse("not JSON")),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    if (root == null || !root.isObject()) {
      throw invalid("file", "empty or no JSON object", "it has to be a JSON object");
    }
    return root;
  }

  private static void refuseUnsupported(JsonNode root) {
    requireAbsent(root, "truncation");
    requireAbsent(root, "padding");
    requireAbsent(root, "normalizer");
    requireByteLevel(root, "pre_tokenizer");
    requireByteLevel(root, "decoder");
    if (isPresent(root.path("post_processor"))) {
      requireByteLevel(root, "post_processor");
    }

    JsonNode preTokenizer = root.path("pre_tokenizer");
    if (preTokenizer.path("add_prefix_space").asBoolean(true)) {
      throw invalid("pre_tokenizer.add_prefix_space", "true", "only false is supported");
    }
    if (!preTokenizer.path("use_regex").asBoolean(true)) {
      throw invalid("pre_tokenizer.use_regex", "false", "only true is supported");
    }

    JsonNode model = root.path("model");
    if (!model.path("type").asText("BPE").equals("BPE")) {
      throw invalid("model.type", model.path("type").asText(), "only BPE is supported");
    }
    if (model.path("dropout").asDouble(0) != 0) {
      throw invalid("model.dropout", model.path("dropout").asText(), "dropout is not supported");
    }
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(affix).asText("").isEmpty() && isPresent(model.path(affix))) {
        throw invalid("model." + affix, model.path(affix).asText(), "affixes are not supported");
      }
    }
    if (model.path("ignore_merges").asBoolean(false)) {
      throw invalid("model.ignore_merges", "true", "only false is supported");
    }
  }

  private static void requireAbsent(JsonNode root, String name) {
    JsonNode value = root.path(name);
    if (isPresent(value)) {
      throw invalid(
          name, value.path("type").asText("present"), "it is not supported, only null is");
    }
  }

  private static void requireByteLevel(JsonNode root, String name) {
    String type = root.path(name).path("type").asText("null");
    if (!type.equals("ByteLevel")) {
      throw invalid(name, type, "only ByteLevel is supported");
    }
  }

  private void readVocabulary(JsonNode vocabulary) {
    if (!vocabulary.isObject()) {
      throw invalid("model.vocab", "absent", "it maps each token to its id");
    }

    for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
      if (!entry.getValue().canConvertToInt() || !entry.getValue().isIntegralNumber()) {
        throw invalid(
            "id of token " + entry.getKey(), entry.getValue().asText(), "ids are integers");
      }
      ids.put(entry.getKey(), entry.getValue().intValue());
    }
  }

  private void readAddedTokens(JsonNode addedTokens) {
    for (JsonNode token : addedTokens) {
      String content = token.path("content").asText();
      for (String flag : List.of("single_word", "lstrip", "rstrip")) {
        if (token.path(flag).asBoolean(false)) {
          throw invalid("added token " + content, flag, "this flag is not supported");
        }
      }
      if (!token.path("special").asBoolean(false)) {
        throw invalid(
            "added token", content, "added tokens that are not special are not supported");
      }

      int id = token.path("id").asInt(-1);
      Integer known = ids.putIfAbsent(content, id);
      if (id < 0 || (known != null && known != id)) {
        throw invalid(
            "id of added token " + content,
            token.path("id").asText("absent"),
            "the vocabulary says " + known);
      }
      special.set(id);
    }
  }

  private Vocabulary vocabulary() {
    byte[][] tokens = new byte[ids.size()][];
    ids.forEach(
        (text, id) -> {
          if (id < 0 || id >= tokens.length || tokens[id] != null) {
            throw invalid(
                "id of token " + text,
                id,
                "the " + tokens.length + " tokens have the ids from 0 up, each once");
          }
          tokens[id] = special.get(id) ? text.getBytes(UTF_8) : ordinaryBytes(text);
        });
    return new Vocabulary(Arrays.asList(tokens), special);
  }

  private static byte[] ordinaryBytes(String text) {
    byte[] bytes = ByteAlphabet.toBytes(text);
    if (bytes == null || bytes.length == 0) {
      throw invalid(
          "token",
          text,
          "a byte-level token is written in the 256 characters that stand for bytes");
    }
    return bytes;
  }

  private List<Merge> merges(JsonNode array) {
    if (!array.isArray()) {
      throw invalid("model.merges", "absent", "it lists the pairs that merge");
    }

    List<Merge> merges = new ArrayList<>(array.size());
    for (JsonNode node : array) {
      String[] parts = parts(node);
      Merge merge = new Merge(idOf(parts[0]), idOf(parts[1]), idOf(parts[0] + parts[1]));
      if (special.get(merge.left()) || special.get(merge.right()) || special.get(merge.result())) {
        throw invalid("merge", parts[0] + " " + parts[1], "special tokens take no part in merges");
      }
      merges.add(merge);
    }
    return merges;
  }

  /** A merge is a pair of strings, or one string with a blank between its two parts. */
  private static String[] parts(JsonNode node) {
    if (node.isArray() && node.size() == 2) {
      return new String[] {node.get(0).asText(), node.get(1).asText()};
    }

    String[] parts = node.asText().split(" ", -1);
    if (!node.isTextual() || parts.length != 2) {
      throw invalid("merge", node, "it is two tokens with one blank between, or a pair of tokens");
    }
    return parts;
  }

  private int idOf(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw invalid("merge", token, "its tokens and their join have to be in the vocabulary");
    }
    return id;
  }

  private static boolean isPresent(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  private static InvalidTokenizerException invalid(String thing, Object value, String rule) {
    return new InvalidTokenizerException(
        "Invalid tokenizer.json %s [%s]: %s. Use a byte-level BPE file like GPT-2's."
            .formatted(thing, value, rule));
  }
}
