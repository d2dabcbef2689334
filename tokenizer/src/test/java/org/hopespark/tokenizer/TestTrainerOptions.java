// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of the trainer, against what Hugging Face tokenizers gave for the same ones. */
class TestTrainerOptions {
  static List<JsonNode> trainings() throws IOException {
    List<JsonNode> trainings = new ArrayList<>();
    try (InputStream in = TestTrainerOptions.class.getResourceAsStream("trainings.json")) {
      Golden.MAPPER.readTree(in).get("trainings").forEach(trainings::add);
    }
    return trainings;
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void learnsWhatHuggingFaceLearns(JsonNode golden) throws IOException {
    BpeTrainer trainer =
        new BpeTrainer(golden.get("vocabularySize").asInt())
            .specialTokens(strings(golden.get("specialTokens")))
            .minFrequency(golden.get("minFrequency").asLong());
    if (!golden.get("maxTokenLength").isNull()) {
      trainer.maxTokenLength(golden.get("maxTokenLength").asInt());
    }
    PieceCounter counter = new PieceCounter();
    strings(golden.get("documents")).forEach(text -> counter.add(text.getBytes(UTF_8)));
    counter.forEach(trainer::add);
    JsonNode model = model(trainer.train());

    assertThat(strings(model.get("merges"))).isEqualTo(strings(golden.get("merges")));
    assertThat(learntTokens(model.get("vocab"))).isEqualTo(strings(golden.get("tokens")));
  }

  @Test
  void putsSpecialTokensBeforeTheBytes() {
    Tokenizer tokenizer = new BpeTrainer(300).specialTokens(List.of("<|pad|>", "<|user|>")).train();
    assertThat(tokenizer.endOfTextId()).isZero();
    assertThat(tokenizer.decode(new int[] {0, 1, 2}))
        .isEqualTo("<|endoftext|><|pad|><|user|>".getBytes(UTF_8));
    assertThat(tokenizer.bytes(3)).containsExactly('!');
    assertThat(tokenizer.vocabularySize()).isEqualTo(259);
  }

  @Test
  void sumsAPieceThatIsAddedTwice() throws IOException {
    BpeTrainer parts = new BpeTrainer(258);
    parts.add("xy".getBytes(UTF_8), 2);
    parts.add("ab".getBytes(UTF_8), 3);
    parts.add("xy".getBytes(UTF_8), 2);
    assertThat(strings(model(parts.train()).get("merges"))).containsExactly("x y");
  }

  @Test
  void tellsTheLargestCountOfAPair() {
    BpeTrainer trainer = new BpeTrainer(260);
    trainer.add("the".getBytes(UTF_8), 3_000_000_000L);
    trainer.add("he".getBytes(UTF_8), 1_000_000_000L);
    var unused = trainer.train();
    // "h e": 3e9 times in "the" and 1e9 times alone.
    assertThat(trainer.largestPairCount()).isEqualTo(4_000_000_000L);
  }

  @Test
  void tellsOfEveryMerge() {
    List<String> told = new ArrayList<>();
    BpeTrainer trainer =
        new BpeTrainer(260)
            .listener((merges, most, count) -> told.add(merges + "/" + most + ":" + count));
    trainer.add("abcd".getBytes(UTF_8), 5);
    trainer.add("cd".getBytes(UTF_8), 2);
    var unused = trainer.train();
    assertThat(told).containsExactly("1/3:7", "2/3:5", "3/3:5");
  }

  /** Longer than the 2^18 ids of a chunk of words, between short ones. */
  @Test
  void learnsFromPiecesOfAnyLength() throws IOException {
    BpeTrainer trainer = new BpeTrainer(259);
    trainer.add("ab".getBytes(UTF_8), 7);
    trainer.add("x".repeat(600_000).getBytes(UTF_8), 1);
    trainer.add("ab".getBytes(UTF_8), 8);
    assertThat(strings(model(trainer.train()).get("merges"))).containsExactly("x x", "xx xx");
    assertThat(trainer.largestPairCount()).isEqualTo(599_999);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "\u0120", "\u00e9"})
  void refusesASpecialTokenThatIsAByte(String token) {
    assertThatThrownBy(() -> new BpeTrainer(300).specialTokens(List.of(token)))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Invalid special token [" + token + "]: one character is a byte's");
  }

  @ParameterizedTest
  @CsvSource({
    "the, true",
    "\u0120the, true",
    "###, true",
    "<|, true",
    "\u00c3\u00a9, true",
    "<|endoftext|>, false",
    "<pad>, false",
    "[SEP], false",
    "two words, false",
    "\u8bb0\u5fc6, false",
    "a1, false"
  })
  void knowsWhatMergesCanSpell(String token, boolean isSpelt) {
    assertThat(BpeTrainer.isSpeltByText(token)).isEqualTo(isSpelt);
  }

  @Test
  void refusesASpecialTokenTwice() {
    for (List<String> tokens : List.of(List.of("<a>", "<a>"), List.of("<|endoftext|>"))) {
      assertThatThrownBy(() -> new BpeTrainer(300).specialTokens(tokens))
          .isInstanceOf(InvalidTokenizerException.class)
          .hasMessageStartingWith(
              "Invalid special token [" + tokens.get(0) + "]: it is there twice");
    }
  }

  @Test
  void refusesAVocabularyWithoutRoomForTheSpecialTokens() {
    assertThatThrownBy(() -> new BpeTrainer(258).specialTokens(List.of("<a>", "<b>")).train())
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessage(
            "Invalid vocabulary size [258]: 256 bytes and <|endoftext|>, <a>, <b> need 259 ids. Give a larger size.");
  }

  private static List<String> learntTokens(JsonNode vocabulary) {
    Map<Integer, String> byId = new TreeMap<>();
    vocabulary.properties().forEach(entry -> byId.put(entry.getValue().asInt(), entry.getKey()));
    for (byte value : ByteAlphabet.bytesByCharacter()) {
      byId.values().remove(ByteAlphabet.toText(new byte[] {value}));
    }
    return List.copyOf(byId.values());
  }

  private static JsonNode model(Tokenizer tokenizer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tokenizer.write(out);
    return Golden.MAPPER.readTree(out.toByteArray()).get("model");
  }

  private static List<String> strings(JsonNode array) {
    List<String> values = new ArrayList<>();
    array.forEach(value -> values.add(value.asText()));
    return values;
  }
}
