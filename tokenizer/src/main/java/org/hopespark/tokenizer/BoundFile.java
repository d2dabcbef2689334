// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.TokenizerJsonReader.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The tokens of a file of any model, and the file as a binding may have it. */
final class BoundFile {
  private final JsonNode root;
  private final List<AddedToken> addedTokens;
  private final TokenSpelling spelling;
  private final TokenTable tokens;

  private BoundFile(JsonNode root) {
    this.root = root;
    this.addedTokens = TokenizerJsonReader.addedTokens(root.path("added_tokens"));
    this.spelling = TokenSpelling.read(root);
    this.tokens = readTokens();
  }

  static BoundFile read(JsonNode root) {
    return new BoundFile(root);
  }

  List<AddedToken> addedTokens() {
    return addedTokens;
  }

  TokenSpelling spelling() {
    return spelling;
  }

  TokenTable tokens() {
    return tokens;
  }

  /** Id of the special token that has the first of these texts that any has, or -1. */
  int specialId(List<String> texts) {
    for (String text : texts) {
      for (AddedToken token : addedTokens) {
        if (token.special() && token.content().equals(text)) {
          return token.id();
        }
      }
    }
    return -1;
  }

  /**
   * The file, with other texts for special tokens: in the added tokens, where a library would look
   * for them in documents, and in the model, whose pieces may spell them, too. The texts are drawn
   * anew each time, so no document can hold them. Ids stay as they are.
   */
  String withoutSpecialTexts() {
    Map<String, String> hidden = new HashMap<>();
    String drawn = UUID.randomUUID().toString().replace("-", "");
    for (AddedToken token : addedTokens) {
      if (token.special()) {
        hidden.put(token.content(), "special" + drawn + "x" + token.id());
      }
    }

    ObjectNode copy = root.deepCopy();
    for (JsonNode token : copy.path("added_tokens")) {
      String other = hidden.get(token.path("content").asText());
      if (other != null) {
        ((ObjectNode) token).put("content", other).put("normalized", false);
      }
    }
    hideInModel((ObjectNode) copy.path("model"), hidden);
    copy.putNull("post_processor");
    return copy.toString();
  }

  private static void hideInModel(ObjectNode model, Map<String, String> hidden) {
    JsonNode vocabulary = model.path("vocab");
    if (vocabulary instanceof ArrayNode pieces) {
      for (JsonNode piece : pieces) {
        String other = hidden.get(piece.path(0).asText());
        if (other != null) {
          ((ArrayNode) piece).set(0, other);
        }
      }
    } else {
      hidden.forEach(
          (text, other) -> {
            JsonNode id = ((ObjectNode) vocabulary).remove(text);
            if (id != null) {
              ((ObjectNode) vocabulary).set(other, id);
            }
          });
    }

    String unknown = hidden.get(model.path("unk_token").asText());
    if (unknown != null) {
      model.put("unk_token", unknown);
    }
    if (model.path("merges") instanceof ArrayNode merges) {
      String prefix = model.path("continuing_subword_prefix").asText("");
      model.set("merges", withoutSpecial(merges, prefix, hidden));
    }
  }

  /** The merges, in their order, that neither make nor take a special token. */
  private static ArrayNode withoutSpecial(
      ArrayNode merges, String prefix, Map<String, String> hidden) {
    ArrayNode kept = merges.arrayNode(merges.size());
    for (JsonNode merge : merges) {
      String[] parts = TokenizerJsonReader.parts(merge);
      if (parts.length != 2) {
        throw invalid("merge", merge, "it is two tokens with one blank between, or a pair");
      }
      String right = parts[1].startsWith(prefix) ? parts[1].substring(prefix.length()) : parts[1];
      boolean special =
          hidden.containsKey(parts[0])
              || hidden.containsKey(parts[1])
              || hidden.containsKey(parts[0] + right);
      if (!special) {
        kept.add(merge);
      }
    }
    return kept;
  }

  private TokenTable readTokens() {
    List<String> texts = modelTokens();
    Map<String, Integer> ids = new HashMap<>();
    for (String text : texts) {
      ids.put(text, ids.size());
    }

    BitSet special = new BitSet();
    Map<Integer, byte[]> whole = new HashMap<>();
    for (AddedToken token : addedTokens) {
      // A library gives an added token that is not in the model the next free id, whatever the file
      // says.
      Integer expected = ids.putIfAbsent(token.content(), ids.size());
      int id = expected == null ? ids.size() - 1 : expected;
      if (token.id() != id) {
        throw invalid(
            "id of added token " + token.content(),
            token.id(),
            "its place among the tokens says " + id);
      }
      special.set(id, token.special());
      whole.put(id, spelling.bytesOfAdded(token.content()));
    }

    List<byte[]> bytes = new ArrayList<>();
    for (int id = 0; id < ids.size(); id++) {
      byte[] added = whole.get(id);
      bytes.add(added == null ? spelling.bytes(texts.get(id)) : added);
    }
    return new TokenTable(bytes, special);
  }

  /** Texts of the model's tokens by id. */
  private List<String> modelTokens() {
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isEmpty()) {
      throw invalid("model.vocab", "absent", "it lists the tokens");
    }

    String[] texts = new String[vocabulary.size()];
    if (vocabulary.isArray()) {
      for (int id = 0; id < texts.length; id++) {
        texts[id] = vocabulary.path(id).path(0).asText();
      }
    } else {
      vocabulary
          .properties()
          .forEach(
              entry -> {
                int id = entry.getValue().asInt(-1);
                if (id < 0 || id >= texts.length || texts[id] != null) {
                  throw invalid(
                      "id of token " + entry.getKey(),
                      entry.getValue(),
                      "the " + texts.length + " tokens have the ids from 0 up, each once");
                }
                texts[id] = entry.getKey();
              });
    }
    if (Arrays.stream(texts).distinct().count() != texts.length) {
      throw invalid("model.vocab", texts.length + " tokens", "each text stands in it once");
    }
    return List.of(texts);
  }
}
