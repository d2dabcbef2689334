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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code tokenizer.json}: a byte-level BPE, and other files through a {@link
 * TokenizerBinding}.
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

  /** Most ids without a token that a vocabulary may leave between and behind its tokens. */
  private static final int MAX_UNUSED = 1 << 16;

  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet special = new BitSet();
  private final BitSet added = new BitSet();
  private final List<AddedToken> addedTokens = new ArrayList<>();

  private final List<Merge> merges = new ArrayList<>();

  /** Added tokens that the model does not have. */
  private int numBesideModel;

  TokenizerJsonReader() {}

  static Tokenizer read(InputStream in) {
    byte[] file;
    try {
      file = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    JsonNode root = parse(new ByteArrayInputStream(file));
    requireNoneOf(root);
    try {
      return readByteLevel(root);
    } catch (UnsupportedFieldException e) {
      TokenizerBinding binding = Bindings.find();
      if (binding == null) {
        throw e.withoutBinding();
      }
      return BoundTokenizer.read(file, root, binding);
    }
  }

  private static Tokenizer readByteLevel(JsonNode root) {
    requireSupportedModel(root.path("model"));
    boolean nfc = PipelineReader.isNfc(root.path("normalizer"));
    SplitRule rule = PipelineReader.rule(root.path("pre_tokenizer"));
    PipelineReader.requireByteLevelDecoder(root.path("decoder"));
    String postProcessor = PipelineReader.postProcessor(root.path("post_processor"));

    JsonNode model = root.path("model");
    TokenizerJsonReader reader = new TokenizerJsonReader();
    reader.readVocabulary(model.path("vocab"));
    reader.readAddedTokens(root.path("added_tokens"));
    Vocabulary vocabulary = reader.vocabulary();
    reader.readMerges(model.path("merges"));
    boolean ignoreMerges = model.path("ignore_merges").asBoolean(false);
    return new ByteLevelTokenizer(
        vocabulary,
        reader.merges,
        Pipeline.of(rule, nfc, ignoreMerges, reader.addedTokens, postProcessor));
  }

  /** Parses one JSON object. */
  static JsonNode parse(InputStream in) {
    JsonNode root;
    try {
      root = MAPPER.readTree(in);
    } catch (JsonProcessingException e) {
      throw new InvalidTokenizerException(
          "Invalid tokenizer.json: %s. Give a Hugging Face tokenizer file."
              .formatted(Json.oneLine(e.getOriginalMessage())),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    if (root == null || !root.isObject()) {
      throw invalid("file", "empty or no JSON object", "it has to be a JSON object");
    }
    return root;
  }

  /** What no binding is asked for either: ids have to be the same each time, and of whole texts. */
  private static void requireNoneOf(JsonNode root) {
    if (!root.path("model").isObject()) {
      throw invalid("model", "absent", "it holds the tokens");
    }
    JsonNode dropout = root.path("model").path("dropout");
    if (dropout.asDouble(0) != 0) {
      throw invalid("model.dropout", dropout.asText(), "dropout is not supported");
    }
    requireAbsent(root, "truncation");
    requireAbsent(root, "padding");
  }

  private static void requireSupportedModel(JsonNode model) {
    String type = model.path("type").asText("BPE");
    if (!type.equals("BPE")) {
      throw unsupported("model.type", type, "only a byte-level BPE is supported");
    }
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(affix).asText("").isEmpty() && isPresent(model.path(affix))) {
        throw unsupported(
            "model." + affix, model.path(affix).asText(), "affixes are not supported");
      }
    }
  }

  private static void requireAbsent(JsonNode root, String name) {
    JsonNode value = root.path(name);
    if (isPresent(value)) {
      throw invalid(
          name, value.path("type").asText("present"), "it is not supported, only null is");
    }
  }

  void readVocabulary(JsonNode vocabulary) {
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

  /** The added tokens of a file, in its order. */
  static List<AddedToken> addedTokens(JsonNode list) {
    if (isPresent(list) && !list.isArray()) {
      throw invalid("added_tokens", list.getNodeType(), "it is a list");
    }

    List<AddedToken> tokens = new ArrayList<>();
    for (JsonNode node : list) {
      AddedToken token =
          new AddedToken(
              node.path("id").asInt(-1),
              node.path("content").asText(),
              node.path("single_word").asBoolean(false),
              node.path("lstrip").asBoolean(false),
              node.path("rstrip").asBoolean(false),
              node.path("normalized").asBoolean(false),
              node.path("special").asBoolean(false));
      if (token.content().isEmpty()) {
        throw invalid("added token", node, "it has a content of one character at least");
      }
      tokens.add(token);
    }
    return tokens;
  }

  private void readAddedTokens(JsonNode list) {
    for (AddedToken token : addedTokens(list)) {
      if (token.singleWord() && !token.special()) {
        throw unsupported(
            "added token " + token.content(), "single_word", "this flag is not supported");
      }

      Integer known = ids.putIfAbsent(token.content(), token.id());
      numBesideModel += known == null ? 1 : 0;
      if (token.id() < 0 || (known != null && known != token.id())) {
        throw invalid(
            "id of added token " + token.content(),
            token.id() < 0 ? "absent" : token.id(),
            "the vocabulary says " + known);
      }
      if (token.special()) {
        special.set(token.id());
      } else if (known == null || !isSpeltInItsBytes(token)) {
        added.set(token.id());
      }
      addedTokens.add(token);
    }
    addedTokens.sort(Comparator.comparingInt(AddedToken::id));
  }

  /** Whether a token of the model may have been added to be found as a whole, too. */
  private static boolean isSpeltInItsBytes(AddedToken token) {
    byte[] bytes = ByteAlphabet.toBytes(token.content());
    return bytes != null && Arrays.equals(bytes, token.utf8());
  }

  /**
   * Ids may leave some out, as cl100k's do, if the model itself tells every token's: Hugging Face
   * numbers others on from the count of the model's tokens, whatever id the file gives them.
   */
  Vocabulary vocabulary() {
    int mostIds = ids.size() + (numBesideModel == 0 ? MAX_UNUSED : 0);
    int numIds = 0;
    for (Map.Entry<String, Integer> token : ids.entrySet()) {
      if (token.getValue() < 0 || token.getValue() >= mostIds) {
        throw invalidId(token.getKey(), token.getValue());
      }
      numIds = Math.max(numIds, token.getValue() + 1);
    }

    byte[][] tokens = new byte[numIds][];
    ids.forEach(
        (text, id) -> {
          if (tokens[id] != null) {
            throw invalidId(text, id);
          }
          boolean whole = special.get(id) || added.get(id);
          tokens[id] = whole ? text.getBytes(UTF_8) : ordinaryBytes(text);
        });
    return new Vocabulary(Arrays.asList(tokens), special, added);
  }

  private InvalidTokenizerException invalidId(String token, int id) {
    return invalid(
        "id of token " + token,
        id,
        "the " + ids.size() + " tokens have the ids from 0 up, each once");
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

  private void readMerges(JsonNode array) {
    if (!array.isArray()) {
      throw invalid("model.merges", "absent", "it lists the pairs that merge");
    }

    for (JsonNode node : array) {
      addMerge(parts(node), node);
    }
  }

  /** Adds the merge of two tokens; {@code whole} is how it was written. */
  void addMerge(String[] parts, Object whole) {
    if (parts.length != 2) {
      throw invalid("merge", whole, "it is two tokens with one blank between, or a pair of tokens");
    }

    Merge merge = new Merge(idOf(parts[0]), idOf(parts[1]), idOf(parts[0] + parts[1]));
    if (isWhole(merge.left()) || isWhole(merge.right()) || isWhole(merge.result())) {
      throw invalid(
          "merge", parts[0] + " " + parts[1], "special and added tokens take no part in merges");
    }
    merges.add(merge);
  }

  List<Merge> merges() {
    return merges;
  }

  /** Takes a token of the vocabulary for a special one. */
  void addSpecial(String content, int id) {
    special.set(id);
    addedTokens.add(new AddedToken(id, content, false, false, false, false, true));
  }

  private boolean isWhole(int id) {
    return special.get(id) || added.get(id);
  }

  /** A merge is a pair of strings, or one string with a blank between its two parts. */
  static String[] parts(JsonNode node) {
    if (node.isArray() && node.size() == 2 && node.get(0).isTextual() && node.get(1).isTextual()) {
      return new String[] {node.get(0).asText(), node.get(1).asText()};
    }
    return node.isTextual() ? node.asText().split(" ", -1) : new String[0];
  }

  private int idOf(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw invalid("merge", token, "its tokens and their join have to be in the vocabulary");
    }
    return id;
  }

  static boolean isPresent(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  static InvalidTokenizerException invalid(String thing, Object value, String rule) {
    return new InvalidTokenizerException(
        refusal(thing, value, rule) + " Use a byte-level BPE file like GPT-2's.");
  }

  /** What is well-formed, and beyond a byte-level BPE. */
  static UnsupportedFieldException unsupported(String thing, Object value, String rule) {
    return new UnsupportedFieldException(refusal(thing, value, rule));
  }

  private static String refusal(String thing, Object value, String rule) {
    return "Invalid tokenizer.json %s [%s]: %s."
        .formatted(Json.oneLine(thing), Json.oneLine(value.toString()), rule);
  }
}
