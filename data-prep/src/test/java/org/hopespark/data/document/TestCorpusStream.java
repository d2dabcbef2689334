// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.CorruptDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestCorpusStream {
  private static final byte[] CONTENT = randomWords(300_000);

  @TempDir Path dir;

  @Test
  void unpacksZstandardWithConcatenatedFrames() throws IOException {
    int half = CONTENT.length / 2;
    byte[] packed =
        concatenated(
            Zstd.compress(Arrays.copyOf(CONTENT, half)),
            Zstd.compress(Arrays.copyOfRange(CONTENT, half, CONTENT.length)));
    assertThat(unpack("a.txt.zst", packed)).isEqualTo(CONTENT);
  }

  @Test
  void unpacksGzipWithConcatenatedMembers() throws IOException {
    int half = CONTENT.length / 2;
    byte[] packed =
        concatenated(
            Records.gzip(Arrays.copyOf(CONTENT, half)),
            Records.gzip(Arrays.copyOfRange(CONTENT, half, CONTENT.length)));
    assertThat(unpack("a.txt.gz", packed)).isEqualTo(CONTENT);
  }

  @Test
  void readsPlainFilesAsTheyAre() throws IOException {
    assertThat(unpack("a.txt", CONTENT)).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.00001, 0.00003, 0.001, 0.3, 0.9, 0.99999})
  void namesATruncatedZstandardFile(double share) {
    byte[] packed = Zstd.compress(CONTENT);
    byte[] cut = Arrays.copyOf(packed, (int) (share * packed.length));
    assertThatThrownBy(() -> unpack("cut.jsonl.zst", cut))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("Cannot unpack [" + dir.resolve("cut.jsonl.zst") + "]:")
        .hasMessageEndingWith("Fetch it again.");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.00003, 0.3, 0.99999})
  void namesATruncatedGzipFile(double share) throws IOException {
    byte[] packed = Records.gzip(CONTENT);
    byte[] cut = Arrays.copyOf(packed, (int) (share * packed.length));
    assertThatThrownBy(() -> unpack("cut.jsonl.gz", cut))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("[" + dir.resolve("cut.jsonl.gz") + "]");
  }

  @Test
  void namesAFileThatIsNotPackedAtAll() {
    for (String name : new String[] {"plain.gz", "plain.zst"}) {
      assertThatThrownBy(() -> unpack(name, CONTENT))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void looksAheadWithoutTaking() throws IOException {
    Path file = Files.write(dir.resolve("a.txt"), CONTENT);
    try (CorpusStream in = CorpusStream.open(new Configuration(), Records.corpusFile(file))) {
      in.readNBytes(100_001);
      byte[] ahead = in.peek();
      assertThat(ahead)
          .isEqualTo(Arrays.copyOfRange(CONTENT, 100_001, 100_001 + CorpusStream.PEEK_BYTES));
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(CONTENT, 100_001, CONTENT.length));
      assertThat(in.peek()).isEmpty();
    }
  }

  private byte[] unpack(String name, byte[] packed) throws IOException {
    Path file = Files.write(dir.resolve(name), packed);
    try (CorpusStream in = CorpusStream.open(new Configuration(), Records.corpusFile(file))) {
      return in.readAllBytes();
    }
  }

  private static byte[] concatenated(byte[] first, byte[] second) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    return both.toByteArray();
  }

  private static byte[] randomWords(int length) {
    Random random = new Random(11);
    StringBuilder words = new StringBuilder();
    while (words.length() < length) {
      words.append(Integer.toString(random.nextInt(100_000), 36)).append(' ');
    }

    return words.toString().getBytes(UTF_8);
  }
}
