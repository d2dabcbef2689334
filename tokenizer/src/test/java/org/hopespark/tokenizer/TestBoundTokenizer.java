// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds of any binding; one to a real library is tested in its own module. */
class TestBoundTokenizer {
  private static final String FILE =
      """
      {
        "added_tokens": [
          {"id": 0, "content": "<unk>", "special": true, "normalized": true},
          {"id": 1, "content": "</s>", "special": true},
          {"id": 8, "content": "<added>", "special": false}
        ],
        "normalizer": {"type": "Prepend", "prepend": "\u2581"},
        "pre_tokenizer": null,
        "post_processor": {"type": "TemplateProcessing"},
        "decoder": {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
          {"type": "ByteFallback"},
          {"type": "Fuse"},
          {"type": "Strip", "content": " ", "start": 1, "stop": 0}
        ]},
        "model": {
          "type": "BPE", "unk_token": "<unk>", "byte_fallback": true,
          "vocab": {"<unk>": 0, "</s>": 1, "<0xE4>": 2, "\u2581": 3, "a": 4, "\u2581a": 5, "</": 6, "s>": 7},
          "merges": [["\u2581", "a"], ["</", "s>"], ["</s>", "a"], "a </s>"]
        }
      }
      """;

  private static ObjectNode file() {
    try {
      return (ObjectNode) Golden.MAPPER.readTree(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BoundTokenizer bound(ObjectNode file, TokenizerBinding binding) {
    return BoundTokenizer.read(file.toString().getBytes(UTF_8), file, binding);
  }

  @Test
  void givesTheBindingNoTextOfASpecialToken() throws IOException {
    List<String> given = new ArrayList<>();
    bound(
        file(),
        json -> {
          given.add(json);
          return text -> new int[0];
        });
    assertThat(given.get(0)).doesNotContain("</s>").doesNotContain("<unk>");
    JsonNode json = Golden.MAPPER.readTree(given.get(0));
    JsonNode vocabulary = json.at("/model/vocab");
    assertThat(vocabulary).hasSize(8);
    for (int id = 0; id < 2; id++) {
      JsonNode token = json.at("/added_tokens/" + id);
      assertThat(token.get("id").intValue()).isEqualTo(id);
      assertThat(token.get("special").booleanValue()).isTrue();
      assertThat(vocabulary.get(token.get("content").asText()).intValue()).isEqualTo(id);
    }
    assertThat(json.at("/model/unk_token")).isEqualTo(json.at("/added_tokens/0/content"));
    assertThat(json.at("/added_tokens/2")).isEqualTo(file().at("/added_tokens/2"));
    assertThat(json.at("/model/merges").toString()).isEqualTo("[[\"\u2581\",\"a\"]]");
    assertThat(json.get("post_processor").isNull()).isTrue();
    assertThat(json.get("normalizer")).isEqualTo(file().get("normalizer"));
    assertThat(json.get("decoder")).isEqualTo(file().get("decoder"));
  }

  @Test
  void hidesPiecesOfAUnigramModel() throws IOException {
    ObjectNode file = file();
    ObjectNode model = file.putObject("model").put("type", "Unigram").put("unk_id", 0);
    ArrayNode pieces = model.putArray("vocab");
    for (String piece : List.of("<unk>", "</s>", "\u2581", "a", "b", "c", "d", "e")) {
      pieces.addArray().add(piece).add(-1.25);
    }
    List<String> given = new ArrayList<>();
    Tokenizer tokenizer =
        bound(
            file,
            json -> {
              given.add(json);
              return text -> new int[] {3};
            });
    JsonNode hidden = Golden.MAPPER.readTree(given.get(0)).at("/model/vocab");
    assertThat(hidden.at("/1/0").asText()).isNotEqualTo("</s>").startsWith("special");
    assertThat(hidden.at("/1/1").doubleValue()).isEqualTo(-1.25);
    assertThat(hidden.get(2)).isEqualTo(pieces.get(2));
    assertThat(tokenizer.vocabularySize()).isEqualTo(9);
    assertThat(tokenizer.bytes(3)).isEqualTo("a".getBytes(UTF_8));
  }

  @Test
  void knowsTokensByTheDecoderOfTheFile() {
    List<String> texts = new ArrayList<>();
    Tokenizer tokenizer =
        bound(
            file(),
            json ->
                text -> {
                  texts.add(text);
                  return new int[] {5, 4, 2};
                });
    assertThat(tokenizer.endOfTextId()).isEqualTo(1);
    assertThat(tokenizer.vocabularySize()).isEqualTo(9);
    assertThat(new String(tokenizer.bytes(5), UTF_8)).isEqualTo(" a");
    assertThat(tokenizer.bytes(2)).containsExactly(0xE4);
    assertThat(tokenizer.byteLength(1)).isZero();
    assertThat(new String(tokenizer.bytes(8), UTF_8)).isEqualTo("<added>");
    assertThat(tokenizer.decode(new int[] {5, 5, 4, 1})).isEqualTo("a aa</s>".getBytes(UTF_8));

    byte[] text = {'x', 'a', (byte) 0xE4, 'a', 'x'};
    IdBuffer ids = new IdBuffer();
    tokenizer.encode(text, 1, 4, ids);
    assertThat(ids.toArray()).containsExactly(5, 4, 2);
    assertThat(texts).containsExactly("a\ufffda");
  }

  @Test
  void writesItsFileAndNoOther() {
    byte[] file = file().toString().getBytes(UTF_8);
    Tokenizer tokenizer = BoundTokenizer.read(file, file(), json -> text -> new int[0]);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tokenizer.write(out);
    assertThat(out.toByteArray()).isEqualTo(file);
    assertThatThrownBy(() -> tokenizer.writeTiktoken(out))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Cannot write [rank file]");
    assertThatThrownBy(() -> tokenizer.writeGpt2(out, out))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Cannot write [vocab.bpe]");
  }

  @Test
  void refusesAnIdThatTheFileHasNot() {
    Tokenizer tokenizer = bound(file(), json -> text -> new int[] {9});
    assertThatThrownBy(() -> tokenizer.encode(new byte[] {'a'}))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Invalid token id [9]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "decoder | null | decoder [null]",
        "decoder | {\"type\": \"CTC\"} | decoder [CTC]",
        "decoder | {\"type\": \"Fuse\"} | model.end_of_word_suffix [</w>]",
        "decoder | {\"type\": \"Strip\", \"content\": \"x\", \"start\": 1, \"stop\": 0} | decoder.Strip [{",
        "decoder | {\"type\": \"Replace\", \"pattern\": {\"Regex\": \"x\"}, \"content\": \"\"} | decoder.pattern [{",
        "model | {\"type\": \"WordLevel\", \"vocab\": {}} | model.vocab [absent]",
        "model | {\"type\": \"WordLevel\", \"vocab\": {\"a\": 1}} | id of token a [1]",
        "added_tokens | [{\"id\": 9, \"content\": \"</s>\", \"special\": true}] | id of added token </s> [9]",
        "added_tokens | [] | Missing special token [<|endoftext|>, "
      })
  void refusesByNameWhatNoBindingCanMakeRight(String field, String value, String named)
      throws IOException {
    ObjectNode file = file();
    file.set(field, Golden.MAPPER.readTree(value));
    if (named.contains("suffix")) {
      ((ObjectNode) file.get("model")).put("end_of_word_suffix", "</w>");
    }
    assertThatThrownBy(() -> bound(file, json -> text -> new int[0]))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining(named)
        .message()
        .matches("(Invalid|Missing) .*: .+\\. .+\\.");
  }

  @Test
  void withoutABindingTheRefusalNamesTheFieldAndTheRemedy() {
    assertThatThrownBy(
            () -> Tokenizer.read(new ByteArrayInputStream(file().toString().getBytes(UTF_8))))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Invalid tokenizer.json normalizer [Prepend]: it is not supported")
        .hasMessageContaining("add hope-tokenizer-djl to the class path")
        .hasMessageContaining("HOPE_JARS");
  }

  @Test
  void wordsWithoutADecoderStandApart() {
    ObjectNode file = file();
    file.putNull("decoder");
    ObjectNode model = file.putObject("model").put("type", "WordLevel").put("unk_token", "<unk>");
    model.putObject("vocab").put("<unk>", 0).put("</s>", 1).put("the", 2).put("hills", 3);
    ((ObjectNode) file.at("/added_tokens/2")).put("id", 4);
    Tokenizer tokenizer = bound(file, json -> text -> new int[] {2, 3});
    assertThat(new String(tokenizer.decode(tokenizer.encode(new byte[1])), UTF_8))
        .isEqualTo("the hills");
  }
}
