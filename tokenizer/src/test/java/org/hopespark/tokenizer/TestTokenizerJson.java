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
import org.junit.jupiter.params.provider.EnumSource;
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
        refusal("normalizer [NFKC]", root -> root.putObject("normalizer").put("type", "NFKC")),
        refusal(
            "normalizer [Lowercase]",
            root -> sequence(root, "normalizer", "normalizers", "NFC", "Lowercase")),
        refusal(
            "normalizer [Sequence]", root -> root.putObject("normalizer").put("type", "Sequence")),
        refusal("truncation [present]", root -> root.putObject("truncation").put("max_length", 4)),
        refusal("padding [present]", root -> root.putObject("padding").put("pad_id", 4)),
        refusal(
            "pre_tokenizer [Split]", root -> section(root, "pre_tokenizer").put("type", "Split")),
        refusal("pre_tokenizer [null]", root -> root.putNull("pre_tokenizer")),
        refusal(
            "pre_tokenizer [Digits]",
            root -> sequence(root, "pre_tokenizer", "pretokenizers", "Digits", "ByteLevel")),
        refusal(
            "pre_tokenizer.pattern [\\w+]", root -> split(root, "\\w+", "Isolated", false, false)),
        refusal(
            "pre_tokenizer.behavior [Removed]",
            root -> split(root, SplitRule.QWEN2.expression(), "Removed", false, false)),
        refusal(
            "pre_tokenizer.use_regex [true]",
            root -> split(root, SplitRule.QWEN2.expression(), "Isolated", false, true)),
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
            "post_processor [BertProcessing]",
            root -> root.putObject("post_processor").put("type", "BertProcessing")),
        refusal(
            "decoder [Fuse]", root -> sequence(root, "decoder", "decoders", "ByteLevel", "Fuse")),
        refusal("model.type [Unigram]", root -> model(root).put("type", "Unigram")),
        refusal("model.dropout [0.1]", root -> model(root).put("dropout", 0.1)),
        refusal(
            "model.continuing_subword_prefix [##]",
            root -> model(root).put("continuing_subword_prefix", "##")),
        refusal(
            "model.end_of_word_suffix [</w>]",
            root -> model(root).put("end_of_word_suffix", "</w>")),
        refusal("model.vocab [absent]", root -> model(root).remove("vocab")),
        refusal("model.merges [absent]", root -> model(root).remove("merges")),
        refusal(
            "added token <x> [single_word]",
            root -> addToken(root, 600, "<x>", false).put("single_word", true)));
  }

  static Stream<Arguments> damaged() {
    return Stream.of(
        refusal(
            "id of added token <|endoftext|> [7]",
            root -> ((ObjectNode) root.at("/added_tokens/0")).put("id", 7)),
        refusal("added token [{", root -> addToken(root, 600, "", true)),
        refusal("added_tokens [STRING]", root -> root.put("added_tokens", "none")),
        refusal("id of token <x> [601]", root -> addToken(root, 601, "<x>", true)),
        refusal("id of token", root -> vocabulary(root).put("new", 599)),
        refusal("id of token new [70000]", root -> vocabulary(root).put("new", 70_000)),
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
  void replacesABrokenByteThatTheVocabularyLacks() {
    ObjectNode root = Golden.tokenizerJson();
    String text = ByteAlphabet.toText(new byte[] {(byte) 0xF5});
    vocabulary(root).put(text.repeat(5), vocabulary(root).remove(text).asInt());
    byte[] broken = {'a', (byte) 0xF5, (byte) 0xFF, 'b'};
    byte[] replaced = {'a', (byte) 0xEF, (byte) 0xBF, (byte) 0xBD, (byte) 0xFF, 'b'};
    Tokenizer lacking = Golden.read(root);
    assertThat(lacking.encode(broken)).isEqualTo(TOKENIZER.encode(replaced));
    assertThat(lacking.decode(lacking.encode(broken))).isEqualTo(replaced);
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

  @Test
  void namesWhatBreaksLinesOnOneLine() {
    ObjectNode root = Golden.tokenizerJson();
    vocabulary(root).put("two\nlines\u2028" + "x".repeat(500), 600);
    assertRefused(root.toString(), "token [two\\u000Alines\\u2028xxx");
  }

  @Test
  void keepsThePostProcessorAndAddsNoTokensByIt() {
    ObjectNode root = Golden.tokenizerJson();
    ObjectNode template = root.putObject("post_processor").put("type", "TemplateProcessing");
    template.putArray("single").addObject().putObject("SpecialToken").put("id", "<|endoftext|>");
    template.putObject("special_tokens").put("\"", 1.5).putNull("x");
    Tokenizer tokenizer = Golden.read(root);
    assertThat(tokenizer.encode("the".getBytes(UTF_8)))
        .isEqualTo(TOKENIZER.encode("the".getBytes(UTF_8)));
    assertThat(parsed(tokenizer).get("post_processor")).isEqualTo(template);
    assertThat(tokenizer.digest()).isNotEqualTo(TOKENIZER.digest());
  }

  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void readsAndWritesEveryRule(SplitRule rule) {
    ObjectNode root = Golden.tokenizerJson();
    split(root, rule.expression(), "Isolated", false, false);
    Tokenizer tokenizer = Golden.read(root);
    assertThat(tokenizer.splitRule()).isEqualTo(rule);
    if (rule != SplitRule.GPT2) {
      assertThat(
              parsed(tokenizer).get("pre_tokenizer").at("/pretokenizers/0/pattern/Regex").asText())
          .isEqualTo(rule.expression());
    }
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written(tokenizer)));
    assertThat(again.splitRule()).isEqualTo(rule);
    assertThat(again.digest()).isEqualTo(tokenizer.digest());
    split(root, rule.expression(), "Removed", true, false);
    assertThat(Golden.read(root).splitRule()).isEqualTo(rule);
  }

  @Test
  void normalizesWhereTheFileSaysSo() {
    ObjectNode root = Golden.tokenizerJson();
    root.putObject("normalizer").put("type", "NFC");
    Tokenizer tokenizer = Golden.read(root);
    byte[] apart = "cafe\u0301 the".getBytes(UTF_8);
    byte[] composed = "caf\u00e9 the".getBytes(UTF_8);
    assertThat(tokenizer.isNormalizing()).isTrue();
    assertThat(tokenizer.encode(apart)).isEqualTo(TOKENIZER.encode(composed));
    assertThat(tokenizer.decode(tokenizer.encode(apart))).isEqualTo(composed);
    assertThat(parsed(tokenizer).at("/normalizer/type").asText()).isEqualTo("NFC");
    sequence(root, "normalizer", "normalizers", "NFC");
    assertThat(Golden.read(root).digest()).isEqualTo(tokenizer.digest());
    root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    assertThat(Golden.read(root).isNormalizing()).isFalse();
  }

  @Test
  void aPieceThatIsATokenNeedsNoMergesWhereTheyAreIgnored() {
    ObjectNode root = Golden.tokenizerJson();
    vocabulary(root).put("zqzq", 600);
    assertThat(Golden.read(root).encode("zqzq".getBytes(UTF_8))).doesNotContain(600);
    model(root).put("ignore_merges", true);
    Tokenizer ignoring = Golden.read(root);
    assertThat(ignoring.encode("zqzq".getBytes(UTF_8))).containsExactly(600);
    assertThat(ignoring.encode("zqzqz".getBytes(UTF_8))).doesNotContain(600);
    assertThat(parsed(ignoring).at("/model/ignore_merges").asBoolean()).isTrue();
  }

  @Test
  void findsAddedTokensThatAreNotSpecialAsHuggingFaceDoes() {
    // Ids by hand: the longest of those that start first; and no rule sees across.
    ObjectNode root = Golden.tokenizerJson();
    addToken(root, 600, "  ", false);
    addToken(root, 601, "    ", false);
    addToken(root, 602, "<x>", false).put("lstrip", true).put("rstrip", true);
    addToken(root, 603, "<special>", true);
    Tokenizer tokenizer = Golden.read(root);
    int a = TOKENIZER.encode(new byte[] {'a'})[0];
    int blank = TOKENIZER.encode(new byte[] {' '})[0];
    assertThat(tokenizer.encode("a     a".getBytes(UTF_8)))
        .startsWith(a, 601)
        .endsWith(TOKENIZER.encode(" a".getBytes(UTF_8)));
    assertThat(tokenizer.encode("a   ".getBytes(UTF_8))).containsExactly(a, 600, blank);
    assertThat(tokenizer.encode("a \u3000<x>\n a".getBytes(UTF_8))).containsExactly(a, 602, a);
    assertThat(tokenizer.encode("<special>".getBytes(UTF_8)))
        .isEqualTo(TOKENIZER.encode("<special>".getBytes(UTF_8)));
    assertThat(tokenizer.bytes(601)).hasSize(4);
    assertThat(tokenizer.byteLength(603)).isZero();
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(written(tokenizer)));
    assertThat(again.digest()).isEqualTo(tokenizer.digest());
    assertThat(parsed(tokenizer).at("/added_tokens/3/lstrip").asBoolean()).isTrue();
  }

  private static JsonNode parsed(Tokenizer tokenizer) {
    try {
      return Golden.MAPPER.readTree(written(tokenizer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sequence(ObjectNode root, String name, String list, String... types) {
    ArrayNode steps = root.putObject(name).put("type", "Sequence").putArray(list);
    for (String type : types) {
      steps.addObject().put("type", type).put("add_prefix_space", false);
    }
  }

  private static void split(
      ObjectNode root, String expression, String behavior, boolean invert, boolean useRegex) {
    sequence(root, "pre_tokenizer", "pretokenizers", "Split", "ByteLevel");
    ObjectNode split = (ObjectNode) root.at("/pre_tokenizer/pretokenizers/0");
    split.putObject("pattern").put("Regex", expression);
    split.put("behavior", behavior).put("invert", invert);
    ((ObjectNode) root.at("/pre_tokenizer/pretokenizers/1")).put("use_regex", useRegex);
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
