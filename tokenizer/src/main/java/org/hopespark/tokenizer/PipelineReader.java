// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.TokenizerJsonReader.invalid;
import static org.hopespark.tokenizer.TokenizerJsonReader.isPresent;
import static org.hopespark.tokenizer.TokenizerJsonReader.unsupported;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the steps around the model of a {@code tokenizer.json}, or refuses them by name. */
final class PipelineReader {
  private PipelineReader() {}

  /** Whether the normalizer is NFC; no other one is known. */
  static boolean isNfc(JsonNode normalizer) {
    List<JsonNode> steps = steps("normalizer", normalizer, "normalizers");
    for (JsonNode step : steps) {
      if (!type(step).equals("NFC")) {
        throw unsupported(
            "normalizer",
            type(step),
            "it is not supported, only null, NFC and Sequences of NFC are");
      }
    }
    return !steps.isEmpty();
  }

  static SplitRule rule(JsonNode preTokenizer) {
    List<JsonNode> steps = steps("pre_tokenizer", preTokenizer, "pretokenizers");
    if (steps.isEmpty()) {
      throw unsupportedSteps("null");
    }

    SplitRule rule = null;
    for (int i = 0; i < steps.size(); i++) {
      JsonNode step = steps.get(i);
      boolean last = i == steps.size() - 1;
      String expected = last ? "ByteLevel" : "Split";
      if (!type(step).equals(expected) || steps.size() > 2) {
        throw unsupportedSteps(type(step));
      }

      rule = last ? byteLevelRule(step, rule) : splitRule(step);
    }
    return rule;
  }

  static void requireByteLevelDecoder(JsonNode decoder) {
    List<JsonNode> steps = steps("decoder", decoder, "decoders");
    for (JsonNode step : steps) {
      if (!type(step).equals("ByteLevel")) {
        throw unsupported("decoder", type(step), "only ByteLevel is supported");
      }
    }
    if (steps.isEmpty()) {
      throw unsupported("decoder", "null", "only ByteLevel is supported");
    }
  }

  /** JSON of the step that adds special tokens, which the caller of encode does. */
  static String postProcessor(JsonNode postProcessor) {
    for (JsonNode step : steps("post_processor", postProcessor, "processors")) {
      String type = type(step);
      if (!type.equals("ByteLevel") && !type.equals("TemplateProcessing")) {
        throw unsupported(
            "post_processor",
            type,
            "it is not supported, only ByteLevel, TemplateProcessing and Sequences of them are");
      }
    }
    return isPresent(postProcessor) ? Json.canonical(postProcessor) : Pipeline.NO_POST_PROCESSOR;
  }

  private static SplitRule splitRule(JsonNode split) {
    JsonNode expression = split.path("pattern").path("Regex");
    SplitRule rule = SplitRule.ofExpression(expression.asText());
    if (rule == null) {
      throw unsupported(
          "pre_tokenizer.pattern",
          expression.isTextual() ? expression.asText() : split.path("pattern"),
          "only the published expressions of these rules are supported: " + SplitRule.labels());
    }

    // The expressions leave nothing between matches: to remove all else is to isolate them.
    String behavior = split.path("behavior").asText();
    boolean inverted = split.path("invert").asBoolean(false);
    if (!behavior.equals(inverted ? "Removed" : "Isolated")) {
      throw unsupported(
          "pre_tokenizer.behavior",
          behavior + (inverted ? " inverted" : ""),
          "only Isolated, and Removed with invert, are supported");
    }
    return rule;
  }

  private static SplitRule byteLevelRule(JsonNode byteLevel, SplitRule before) {
    if (byteLevel.path("add_prefix_space").asBoolean(true)) {
      throw unsupported("pre_tokenizer.add_prefix_space", "true", "only false is supported");
    }

    boolean splits = byteLevel.path("use_regex").asBoolean(true);
    if (splits == (before != null)) {
      throw unsupported(
          "pre_tokenizer.use_regex",
          splits,
          "either ByteLevel splits, by the GPT-2 rule, or a Split before it does");
    }
    return splits ? SplitRule.GPT2 : before;
  }

  private static UnsupportedFieldException unsupportedSteps(String type) {
    return unsupported(
        "pre_tokenizer",
        type,
        "only ByteLevel, and a Sequence of Split and ByteLevel, are supported");
  }

  /** The steps of a Sequence, one step, or none. */
  static List<JsonNode> steps(String name, JsonNode node, String list) {
    if (!isPresent(node)) {
      return List.of();
    }
    if (!type(node).equals("Sequence")) {
      return List.of(node);
    }

    JsonNode children = node.path(list);
    if (!children.isArray()) {
      throw invalid(name, "Sequence", "a Sequence lists its " + list);
    }
    List<JsonNode> steps = new ArrayList<>();
    for (JsonNode child : children) {
      steps.addAll(steps(name, child, list));
    }
    return steps;
  }

  private static String type(JsonNode step) {
    return step.path("type").asText("null");
  }
}
