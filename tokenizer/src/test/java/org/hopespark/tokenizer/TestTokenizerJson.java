// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TestTokenizerJson {
  private static final Tokenizer TOKENIZER = Golden.tokenizer();

  @Test
  void writesWhatItReads() {
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written(TOKENIZER)));
    assertThat(written(again)).isEqualTo(written(TOKENIZER));
    assertThat(again.vocabularySize()).isEqualTo(TOKENIZER.vocabularySize());
    for (Golden.Case golden : Golden.cases()) {
      assertThat(Golden.list(again.encode(golden.utf8()))).isEqualTo(golden.ids());
    }
  }

  @Test
  void writesTheModelThatHuggingFaceSaved() throws IOException {
    ObjectNode expected = Golden.tokenizerJson();
    mergesAsStrings(expected);
    JsonNode actual = Golden.MAPPER.readTree(written(TOKENIZER));
    for (String section :
        new String[] {"version", "truncation", "padding", "added_tokens", "normalizer", "model"}) {
      assertThat(actual.get(section)).as(section).isEqualTo(expected.get(section));
    }
    assertThat(actual.at("/pre_tokenizer")).isEqualTo(expected.at("/pre_tokenizer"));
    assertThat(actual.at("/decoder/type").asText()).isEqualTo("ByteLevel");
  }

  @Test
  void readsMergesAsStringsAndAsPairs() {
    ObjectNode strings = Golden.tokenizerJson();
    mergesAsStrings(strings);
    assertThat(Golden.tokenizerJson().at("/model/merges/0").isArray()).isTrue();
    assertThat(Golden.read(strings).digest()).isEqualTo(TOKENIZER.digest());
  }

  @Test
  void writesMergesAsStrings() throws IOException {
    assertThat(Golden.MAPPER.readTree(written(TOKENIZER)).at("/model/merges"))
        .hasSize(600 - 257)
        .allMatch(merge -> merge.asText().matches("[^ ]+ [^ ]+"));
  }

  @Test
  void readsFilesWithTheOlderSetOfKeys() {
    ObjectNode older = Golden.tokenizerJson();
    model(older).remove("ignore_merges");
    model(older).remove("byte_fallback");
    model(older).remove("type");
    ((ObjectNode) older.get("pre_tokenizer")).remove("use_regex");
    model(older).put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    assertThat(Golden.read(older).digest()).isEqualTo(TOKENIZER.digest());
  }

  @Test
  void readsAnUnknownTokenWhichNoByteCanNeed() {
    ObjectNode json = Golden.tokenizerJson();
    model(json).put("unk_token", "<|endoftext|>").put("byte_fallback", true).put("fuse_unk", true);
    assertThat(Golden.read(json).digest()).isEqualTo(TOKENIZER.digest());
  }

  @Test
  void readsAddedTokensBehindTheVocabulary() {
    ObjectNode json = Golden.tokenizerJson();
    addToken(json, 600, "<pad me>", true);
    Tokenizer tokenizer = Golden.read(json);
    assertThat(tokenizer.vocabularySize()).isEqualTo(601);
    assertThat(new String(tokenizer.decode(new int[] {600}), UTF_8)).isEqualTo("<pad me>");
    assertThat(tokenizer.bytes(600)).isEmpty();
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written(tokenizer)));
    assertThat(again.digest()).isEqualTo(tokenizer.digest());
  }

  @Test
  void escapesTheTextOfSpecialTokens() {
    ObjectNode json = Golden.tokenizerJson();
    addToken(json, 600, "\"quoted\\\n\u00e9\u0001", true);
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written(Golden.read(json))));
    assertThat(new String(again.decode(new int[] {600}), UTF_8))
        .isEqualTo("\"quoted\\\n\u00e9\u0001");
  }

  @Test
  void readsTheLongTokensThatRunsTrain() {
    PieceCounter counter = new PieceCounter();
    counter.add("=".repeat(1 << 18).getBytes(UTF_8));
    Tokenizer tokenizer = BpeTrainer.train(counter, 257 + 18);
    assertThat(tokenizer.bytes(257 + 17)).hasSize(1 << 18);
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written(tokenizer)));
    assertThat(again.digest()).isEqualTo(tokenizer.digest());
  }

  @Test
  void leavesTheStreamOpen() {
    boolean[] closed = {false};
    InputStream in =
        new ByteArrayInputStream(written(TOKENIZER)) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    Tokenizer.read(in);
    assertThat(closed[0]).isFalse();
  }

  @Test
  void keepsTheCauseOfAFailedStream() {
    IOException failure = new IOException("disk on fire");
    InputStream in =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw failure;
          }
        };
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw failure;
          }
        };
    assertThatThrownBy(() -> Tokenizer.read(in))
        .isInstanceOf(UncheckedIOException.class)
        .hasCause(failure);
    assertThatThrownBy(() -> TOKENIZER.write(out))
        .isInstanceOf(UncheckedIOException.class)
        .hasCause(failure);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''",
        "'   '",
        "null",
        "[]",
        "3",
        "'{'",
        "'{} {}'",
        "not json",
        "'{\"a\": 1, \"a\": 2}'",
        "'{}'"
      })
  void refusesWhatIsNoTokenizerFile(String text) {
    assertRefused(text, "Invalid tokenizer.json");
  }

  static Stream<Arguments> unsupported() {
    return Stream.of(
        refusal("[NFC]", root -> root.putObject("normalizer").put("type", "NFC")),
        refusal(
            "normalizer [Sequence]", root -> root.putObject("normalizer").put("type", "Sequence")),
        refusal("truncation [present]", root -> root.putObject("truncation").put("max_length", 4)),
        refusal("padding [present]", root -> root.putObject("padding").put("pad_id", 4)),
        refusal(
            "pre_tokenizer [Split]", root -> section(root, "pre_tokenizer").put("type", "Split")),
        refusal("pre_tokenizer [null]", root -> root.putNull("pre_tokenizer")),
        refusal(
            "pre_tokenizer.add_prefix_space [true]",
            root -> section(root, "pre_tokenizer").put("add_prefix_space", true)),
        refusal(
            "pre_tokenizer.add_prefix_space [true]",
            root -> section(root, "pre_tokenizer").remove("add_prefix_space")),
        refusal(
            "pre_tokenizer.use_regex [false]",
            root -> section(root, "pre_tokenizer").put("use_regex", false)),
        refusal("decoder [Metaspace]", root -> section(root, "decoder").put("type", "Metaspace")),
        refusal("decoder [null]", root -> root.remove("decoder")),
        refusal(
            "post_processor [TemplateProcessing]",
            root -> root.putObject("post_processor").put("type", "TemplateProcessing")),
        refusal("model.type [Unigram]", root -> model(root).put("type", "Unigram")),
        refusal("model.dropout [0.1]", root -> model(root).put("dropout", 0.1)),
        refusal("model.ignore_merges [true]", root -> model(root).put("ignore_merges", true)),
        refusal(
            "model.continuing_subword_prefix [##]",
            root -> model(root).put("continuing_subword_prefix", "##")),
        refusal(
            "model.end_of_word_suffix [</w>]",
            root -> model(root).put("end_of_word_suffix", "</w>")),
        refusal("model.vocab [absent]", root -> model(root).remove("vocab")),
        refusal("model.merges [absent]", root -> model(root).remove("merges")),
        refusal("added token [  ]", root -> addToken(root, 600, "  ", false)),
        refusal(
            "added token <x> [lstrip]",
            root -> addToken(root, 600, "<x>", true).put("lstrip", true)),
        refusal(
            "added token <x> [rstrip]",
            root -> addToken(root, 600, "<x>", true).put("rstrip", true)),
        refusal(
            "added token <x> [single_word]",
            root -> addToken(root, 600, "<x>", true).put("single_word", true)));
  }

  static Stream<Arguments> damaged() {
    return Stream.of(
        refusal(
            "id of added token <|endoftext|> [7]",
            root -> ((ObjectNode) root.at("/added_tokens/0")).put("id", 7)),
        refusal("id of token <x> [601]", root -> addToken(root, 601, "<x>", true)),
        refusal("id of token", root -> vocabulary(root).put("new", 599)),
        refusal("id of token new [-1]", root -> vocabulary(root).put("new", -1)),
        refusal("id of token new [1.5]", root -> vocabulary(root).put("new", 1.5)),
        refusal("id of token new [text]", root -> vocabulary(root).put("new", "text")),
        refusal("token [two words]", root -> vocabulary(root).put("two words", 600)),
        refusal("token []", root -> vocabulary(root).put("", 600)),
        refusal("merge [zq]", root -> merges(root).add("zq zq")),
        refusal("merge [zt]", root -> merges(root).add("z t")),
        refusal("merge [\"t\"]", root -> merges(root).add("t")),
        refusal("merge [\"t h e\"]", root -> merges(root).add("t h e")),
        refusal("merge [17]", root -> merges(root).add(17)),
        refusal("merge [[\"t\"]]", root -> merges(root).addArray().add("t")));
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void refusesWhatItDoesNotSupportByName(String named, Consumer<ObjectNode> change) {
    ObjectNode root = Golden.tokenizerJson();
    change.accept(root);
    assertRefused(root.toString(), named);
  }

  @ParameterizedTest
  @MethodSource("damaged")
  void refusesDamagedFilesByThePlaceOfTheDamage(String named, Consumer<ObjectNode> change) {
    ObjectNode root = Golden.tokenizerJson();
    change.accept(root);
    assertRefused(root.toString(), named);
  }

  @Test
  void refusesAVocabularyWithoutAByte() {
    ObjectNode root = Golden.tokenizerJson();
    int id = vocabulary(root).remove("!").asInt();
    vocabulary(root).put("!!!!!", id);
    assertRefused(root.toString(), "Missing token of byte [0x21]");
  }

  @Test
  void refusesAFileWithoutTheEndOfTextToken() {
    ObjectNode root = Golden.tokenizerJson();
    vocabulary(root).remove("<|endoftext|>");
    vocabulary(root).put("<eos>", 0);
    ((ObjectNode) root.at("/added_tokens/0")).put("content", "<eos>");
    assertRefused(root.toString(), "Missing special token [<|endoftext|>]");
  }

  @Test
  void refusesMergesThatSpellASpecialToken() {
    ObjectNode root = Golden.tokenizerJson();
    addToken(root, model(root).get("vocab").get("th").asInt(), "th", true);
    assertRefused(root.toString(), "merge [t h]");
  }

  private static void assertRefused(String json, String named) {
    InputStream in = new ByteArrayInputStream(json.getBytes(UTF_8));
    assertThatThrownBy(() -> Tokenizer.read(in))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining(named)
        .message()
        .matches("(Invalid|Missing) .*: .+\\. .+\\.")
        .doesNotContain("\n");
  }

  private static Arguments refusal(String named, Consumer<ObjectNode> change) {
    return arguments(named, change);
  }

  private static ObjectNode section(ObjectNode root, String name) {
    return (ObjectNode) root.get(name);
  }

  private static ObjectNode model(ObjectNode root) {
    return section(root, "model");
  }

  private static ObjectNode vocabulary(ObjectNode root) {
    return section(model(root), "vocab");
  }

  private static ArrayNode merges(ObjectNode root) {
    return (ArrayNode) model(root).get("merges");
  }

  private static ObjectNode addToken(ObjectNode root, int id, String content, boolean special) {
    return ((ArrayNode) root.get("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("special", special);
  }

  private static void mergesAsStrings(ObjectNode root) {
    ArrayNode strings = Golden.MAPPER.createArrayNode();
    for (JsonNode pair : merges(root)) {
      strings.add(pair.get(0).asText() + " " + pair.get(1).asText());
    }
    model(root).set("merges", strings);
  }

  private static byte[] written(Tokenizer tokenizer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tokenizer.write(out);
    return out.toByteArray();
  }
}
