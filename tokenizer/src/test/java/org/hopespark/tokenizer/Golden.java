// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What Hugging Face tokenizers gave for our texts; written by src/test/python/golden.py. */
final class Golden {
  static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNode ROOT = parse("golden.json");

  private Golden() {}

  /** A text with the byte lengths of its pieces and its ids under {@link #tokenizer}. */
  record Case(String text, List<Integer> pieceBytes, List<Integer> ids) {
    byte[] utf8() {
      return text.getBytes(UTF_8);
    }
  }

  /** A corpus and the merges that training on it gives, in order. */
  record Training(String name, List<String> documents, int vocabularySize, List<String> merges) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : ROOT.get("cases")) {
      cases.add(
          new Case(node.get("text").asText(), ints(node.get("pieceBytes")), ints(node.get("ids"))));
    }
    return cases;
  }

  static List<Training> trainings() {
    List<Training> trainings = new ArrayList<>();
    for (JsonNode node : ROOT.get("trainings")) {
      trainings.add(
          new Training(
              node.get("name").asText(),
              strings(node.get("documents")),
              node.get("vocabularySize").asInt(),
              strings(node.get("merges"))));
    }
    return trainings;
  }

  /** The tokenizer of the cases, from the file as Hugging Face saved it. */
  static Tokenizer tokenizer() {
    return read(tokenizerJson());
  }

  /** The file's JSON, for the caller to alter. */
  static ObjectNode tokenizerJson() {
    return (ObjectNode) parse("hf-tokenizer.json");
  }

  static Tokenizer read(JsonNode json) {
    return Tokenizer.read(new ByteArrayInputStream(json.toString().getBytes(UTF_8)));
  }

  static List<Integer> list(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  static JsonNode parse(String resource) {
    try (InputStream in = Golden.class.getResourceAsStream(resource)) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Integer> ints(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.asInt()));
    return values;
  }

  private static List<String> strings(JsonNode array) {
    List<String> values = new ArrayList<>();
    array.forEach(value -> values.add(value.asText()));
    return values;
  }
}
