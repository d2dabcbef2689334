// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Real tokenizers and corpora, where they are present. The digests are SHA-256 over what Hugging
 * Face tokenizers 0.23.3 gave: ids as little-endian 32-bit integers, merges as lines.
 */
class TestSharedData {
  private static final String GPT2 = "tokenizers/gpt2/tokenizer.json";
  private static final String WIKITEXT2_TEST = "wikitext/wikitext2.test.tokens.txt.gz";

  @Test
  void readsGpt2() throws IOException {
    Tokenizer gpt2 = tokenizer(GPT2);
    assertThat(gpt2.vocabularySize()).isEqualTo(50257);
    assertThat(gpt2.endOfTextId()).isEqualTo(50256);
    assertThat(gpt2.encode("Hello world".getBytes(UTF_8))).containsExactly(15496, 995);
  }

  @Test
  void writesGpt2SoThatItReadsTheSame() throws IOException {
    Tokenizer gpt2 = tokenizer(GPT2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    gpt2.write(out);
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(out.toByteArray()));
    byte[] text = bytes(WIKITEXT2_TEST);
    assertThat(again.encode(text)).isEqualTo(gpt2.encode(text));
    assertThat(again.digest()).isEqualTo(gpt2.digest());
  }

  @Test
  void encodesWikiTextAsHuggingFaceDoes() throws Exception {
    byte[] text = bytes(WIKITEXT2_TEST);
    Tokenizer gpt2 = tokenizer(GPT2);
    int[] ids = gpt2.encode(text);
    assertThat(ids).hasSize(295_877);
    assertThat(digest(ids))
        .isEqualTo("b707897cad36e76a01d81962b984f94ba225c85ada8d207f1f0ff3faedb56381");
    assertThat(gpt2.decode(ids)).isEqualTo(text);
  }

  @Test
  void encodesBulgarianAsHuggingFaceDoes() throws Exception {
    Tokenizer gpt2 = tokenizer(GPT2);
    List<int[]> ids = new ArrayList<>();
    for (String line :
        new String(bytes("corpora/redpajama_wiki_bg.sample.jsonl.gz"), UTF_8).lines().toList()) {
      ids.add(gpt2.encode(Golden.MAPPER.readTree(line).get("text").asText().getBytes(UTF_8)));
    }
    int[] all = ids.stream().flatMapToInt(IntStream::of).toArray();
    assertThat(all).hasSize(144_687);
    assertThat(digest(all))
        .isEqualTo("0f62fdb2c001bcd43c4f988f6045b441416f66e9b0e86853e8f04b83a1945260");
  }

  @Test
  void encodesNaughtyStringsAsHuggingFaceDoes() throws Exception {
    Tokenizer gpt2 = tokenizer(GPT2);
    List<int[]> ids = new ArrayList<>();
    for (JsonNode text : Golden.MAPPER.readTree(bytes("dirty/naughty-strings.json"))) {
      ids.add(gpt2.encode(text.asText().getBytes(UTF_8)));
    }
    int[] all = ids.stream().flatMapToInt(IntStream::of).toArray();
    assertThat(all).hasSize(12_238);
    assertThat(digest(all))
        .isEqualTo("ac01453b205bf12a7bfca79fe6b94f6fc9c05f82ebe92ae224efc7e107f91699");
  }

  @Test
  void learnsTheMergesOfHuggingFaceFromWikiText() throws Exception {
    PieceCounter counter = new PieceCounter();
    counter.add(bytes("wikitext/wikitext103.train-slice.tokens.txt.gz"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BpeTrainer.train(counter, 8192).write(out);
    List<String> merges = new ArrayList<>();
    Golden.MAPPER
        .readTree(out.toByteArray())
        .at("/model/merges")
        .forEach(merge -> merges.add(merge.asText()));
    assertThat(merges).hasSize(7_935);
    assertThat(sha256(String.join("\n", merges).getBytes(UTF_8)))
        .isEqualTo("e20470cf2813ebbbb00e1dd2640f6ddd8426627e9fedf112cdb3ad33e91234f4");
  }

  @Test
  void readsAndWritesGptNeox() throws IOException {
    Tokenizer neox = tokenizer("tokenizers/gpt-neox/20B_tokenizer.json");
    assertThat(neox.vocabularySize()).isEqualTo(50277);
    assertThat(neox.endOfTextId()).isZero();
    assertThat(neox.isNormalizing()).isTrue();
    // 26 blanks: the token of 24 first, then that of 2.
    assertThat(neox.encode(" ".repeat(26).getBytes(UTF_8))).containsExactly(50254, 50276);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    neox.write(out);
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(out.toByteArray()));
    byte[] text = bytes(WIKITEXT2_TEST);
    assertThat(again.encode(text)).isEqualTo(neox.encode(text));
    assertThat(again.digest()).isEqualTo(neox.digest());
  }

  @Test
  void readsGpt2FromItsOwnFilesAndWritesThem() throws IOException {
    Tokenizer gpt2;
    try (InputStream encoder = SharedData.open("tokenizers/gpt2/encoder.json");
        InputStream merges = SharedData.open("tokenizers/gpt2/vocab.bpe")) {
      gpt2 = Tokenizer.readGpt2(encoder, merges);
    }
    byte[] text = bytes(WIKITEXT2_TEST);
    assertThat(gpt2.encode(text)).isEqualTo(tokenizer(GPT2).encode(text));
    ByteArrayOutputStream encoder = new ByteArrayOutputStream();
    ByteArrayOutputStream merges = new ByteArrayOutputStream();
    gpt2.writeGpt2(encoder, merges);
    assertThat(merges.toByteArray()).isEqualTo(bytes("tokenizers/gpt2/vocab.bpe"));
    assertThat(Golden.MAPPER.readTree(encoder.toByteArray()))
        .isEqualTo(Golden.MAPPER.readTree(bytes("tokenizers/gpt2/encoder.json")));
  }

  private static Tokenizer tokenizer(String name) throws IOException {
    try (InputStream in = SharedData.open(name)) {
      return Tokenizer.read(in);
    }
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = SharedData.open(name)) {
      return in.readAllBytes();
    }
  }

  private static String digest(int[] ids) throws NoSuchAlgorithmException {
    ByteBuffer bytes =
        ByteBuffer.allocate(ids.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(ids);
    return sha256(bytes.array());
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
