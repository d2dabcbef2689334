// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer.djl;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.hopespark.tokenizer.Tokenizer;

/** A tokenizer, and what the Python package gave for texts; see golden_bound.py. */
record GoldenFile(ObjectNode json, List<GoldenFile.Case> cases) {
  record Case(String text, List<Integer> ids, String decoded) {
    byte[] utf8() {
      return text.getBytes(UTF_8);
    }
  }

  static GoldenFile of(String name) {
    try (InputStream in = GoldenFile.class.getResourceAsStream(name + ".json")) {
      JsonNode root = new ObjectMapper().readTree(in);
      List<Case> cases = new ArrayList<>();
      for (JsonNode node : root.get("cases")) {
        List<Integer> ids = new ArrayList<>();
        node.get("ids").forEach(id -> ids.add(id.intValue()));
        cases.add(new Case(node.get("text").asText(), ids, node.get("decoded").asText()));
      }
      return new GoldenFile((ObjectNode) root.get("tokenizer"), cases);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] utf8() {
    return json.toString().getBytes(UTF_8);
  }

  Tokenizer tokenizer() {
    return Tokenizer.read(new ByteArrayInputStream(utf8()));
  }
}
