// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer.djl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hopespark.tokenizer.EncodingCounts;
import org.hopespark.tokenizer.IdBuffer;
import org.hopespark.tokenizer.InvalidTokenizerException;
import org.hopespark.tokenizer.StreamingDecoder;
import org.hopespark.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestDjlBinding {
  @ParameterizedTest
  @ValueSource(strings = {"llama2", "unigram", "word-piece"})
  void givesTheIdsOfHuggingFace(String name) {
    GoldenFile golden = GoldenFile.of(name);
    Tokenizer tokenizer = golden.tokenizer();
    assertThat(golden.cases()).hasSizeGreaterThan(20);
    for (GoldenFile.Case text : golden.cases()) {
      assertThat(tokenizer.encode(text.utf8()))
          .as("%s: %s", name, text.text())
          .containsExactly(text.ids().stream().mapToInt(Integer::intValue).toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama2", "unigram", "word-piece"})
  void decodesAsHuggingFaceDoes(String name) {
    GoldenFile golden = GoldenFile.of(name);
    Tokenizer tokenizer = golden.tokenizer();
    for (GoldenFile.Case text : golden.cases()) {
      assertThat(new String(tokenizer.decode(tokenizer.encode(text.utf8())), UTF_8))
          .as("%s: %s", name, text.text())
          .isEqualTo(text.decoded());
    }
  }

  @ParameterizedTest
  @CsvSource({"llama2, </s>", "unigram, </s>", "word-piece, [SEP]"})
  void specialTextsAreOrdinaryAndCounted(String name, String ends) {
    Tokenizer tokenizer = GoldenFile.of(name).tokenizer();
    int end = tokenizer.endOfTextId();
    assertThat(new String(tokenizer.decode(new int[] {end}), UTF_8)).isEqualTo(ends);
    assertThat(tokenizer.bytes(end)).isEmpty();
    assertThat(tokenizer.byteLength(end)).isZero();

    byte[] text = ("the hills" + ends + " and" + ends + ends + "\n").getBytes(UTF_8);
    EncodingCounts counts = new EncodingCounts();
    IdBuffer ids = new IdBuffer();
    tokenizer.encode(text, 0, text.length, ids, counts);
    assertThat(ids.toArray()).isNotEmpty().doesNotContain(end).isEqualTo(tokenizer.encode(text));
    assertThat(counts.specialTexts()).isEqualTo(3);
    assertThat(counts.invalidSequences()).isZero();
  }

  @Test
  void replacesWhatIsNotUtf8AndCountsIt() {
    Tokenizer tokenizer = GoldenFile.of("llama2").tokenizer();
    byte[] broken = {'a', (byte) 0xFF, 'b', (byte) 0xE2, (byte) 0x96, 'c'};
    EncodingCounts counts = new EncodingCounts();
    IdBuffer ids = new IdBuffer();
    tokenizer.encode(broken, 0, broken.length, ids, counts);
    assertThat(counts.invalidSequences()).isEqualTo(2);
    assertThat(new String(tokenizer.decode(ids.toArray()), UTF_8)).isEqualTo("a\ufffdb\ufffdc");
    assertThat(tokenizer.isNormalizing()).isTrue();
  }

  @Test
  void bytesOfLlama2AreThoseOfTheTextAndTheBlankBeforeIt() {
    GoldenFile golden = GoldenFile.of("llama2");
    Tokenizer tokenizer = golden.tokenizer();
    int checked = 0;
    for (GoldenFile.Case text : golden.cases()) {
      boolean exact = !text.text().contains("\u2581") && !text.text().contains("<added>");
      if (exact && !text.text().isEmpty()) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int length = 0;
        for (int id : tokenizer.encode(text.utf8())) {
          bytes.writeBytes(tokenizer.bytes(id));
          length += tokenizer.byteLength(id);
        }
        assertThat(bytes.toString(UTF_8)).isEqualTo(" " + text.text());
        assertThat(length).isEqualTo(1 + text.utf8().length);
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(15);
  }

  @Test
  void aContinuationKeepsItsBlank() {
    Tokenizer tokenizer = GoldenFile.of("llama2").tokenizer();
    int[] ids = tokenizer.encode("The hills \ud83d\ude00".getBytes(UTF_8));
    StreamingDecoder decoder = tokenizer.streamingDecoder();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int id : ids) {
      text.writeBytes(decoder.decode(id));
    }
    text.writeBytes(decoder.finish());
    assertThat(text.toString(UTF_8)).isEqualTo(" The hills \ud83d\ude00");
  }

  @Test
  void writesTheFileThatItRead() {
    GoldenFile golden = GoldenFile.of("unigram");
    Tokenizer tokenizer = golden.tokenizer();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tokenizer.write(out);
    assertThat(out.toByteArray()).isEqualTo(golden.utf8());
    assertThat(tokenizer.digest()).isEqualTo(golden.tokenizer().digest());
    assertThat(tokenizer.vocabularySize())
        .isEqualTo(golden.json().at("/model/vocab").size() + 1); // and <added>
  }

  @Test
  void threadsShareATokenizer() throws Exception {
    GoldenFile golden = GoldenFile.of("unigram");
    Tokenizer tokenizer = golden.tokenizer();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int task = 0; task < 4; task++) {
        tasks.add(
            () -> {
              int wrong = 0;
              for (int round = 0; round < 50; round++) {
                for (GoldenFile.Case text : golden.cases()) {
                  List<Integer> ids = new ArrayList<>();
                  for (int id : tokenizer.encode(text.utf8())) {
                    ids.add(id);
                  }
                  wrong += ids.equals(text.ids()) ? 0 : 1;
                }
              }
              return wrong;
            });
      }
      for (Future<Integer> wrong : threads.invokeAll(tasks)) {
        assertThat(wrong.get()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Ids of the last file that is still in use are right after many others were freed. */
  @Test
  void freesTokenizersThatNothingRefersTo() {
    GoldenFile golden = GoldenFile.of("llama2");
    Tokenizer kept = golden.tokenizer();
    for (int i = 0; i < 20; i++) {
      assertThat(golden.tokenizer().encode("The hills".getBytes(UTF_8))).isNotEmpty();
    }
    System.gc();
    GoldenFile.Case text = golden.cases().get(3);
    assertThat(kept.encode(text.utf8()))
        .containsExactly(text.ids().stream().mapToInt(Integer::intValue).toArray());
  }

  @Test
  void encodesALongLineWithoutAnyBlank() {
    Tokenizer tokenizer = GoldenFile.of("llama2").tokenizer();
    byte[] text = "stones".repeat(50_000).getBytes(UTF_8);
    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
  }

  @Test
  void aByteLevelFileStaysOurs() {
    GoldenFile golden = GoldenFile.of("llama2");
    ObjectNode json = golden.json();
    json.putNull("normalizer");
    ObjectNode byteLevel = json.putObject("pre_tokenizer").put("type", "ByteLevel");
    byteLevel.put("add_prefix_space", false);
    json.putObject("decoder").put("type", "ByteLevel");
    // Ours says what a byte-level vocabulary lacks; the library would accept the file.
    assertThatThrownBy(golden::tokenizer)
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("token");
  }

  @Test
  void saysWhatTheLibraryDoesNotAccept() {
    GoldenFile golden = GoldenFile.of("word-piece");
    ((ObjectNode) golden.json().get("pre_tokenizer")).put("type", "NoSuchThing");
    assertThatThrownBy(golden::tokenizer)
        .isInstanceOf(InvalidTokenizerException.class)
        .message()
        .matches("Invalid tokenizer.json \\[.+]: .+\\. .+\\.")
        .doesNotContain("\n");
  }

  @Test
  void saysWhichSpecialTokensMayEndADocument() {
    GoldenFile golden = GoldenFile.of("word-piece");
    for (JsonNode token : (ArrayNode) golden.json().get("added_tokens")) {
      ((ObjectNode) token).put("special", false);
    }
    assertThatThrownBy(golden::tokenizer)
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Missing special token [<|endoftext|>, <|end_of_text|>, </s>,");
  }

  @Test
  void saysInOneLineThatTheLibraryCannotBeUnpacked() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-DENGINE_CACHE_DIR=" + Path.of("pom.xml").toAbsolutePath() + File.separator + "x",
                "-cp",
                System.getProperty("java.class.path"),
                LoadWithoutFolder.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output.lines().filter(line -> !line.startsWith("SLF4J")).toList())
        .singleElement()
        .asString()
        .contains("Cannot load the native library of Hugging Face tokenizers [")
        .contains("set ENGINE_CACHE_DIR to a folder that can be written");
  }
}
