// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFileDigest {
  private final Configuration hadoop = new Configuration();

  @TempDir java.nio.file.Path dir;

  /** Expected values: Python's hashlib and xxhash (xxh3_128_hexdigest). */
  @Test
  void agreesWithOtherImplementations() {
    FileDigest small = FileDigest.write(hadoop, root(), "a/b.txt", "abc".getBytes(US_ASCII));
    assertThat(small)
        .isEqualTo(
            new FileDigest(
                "a/b.txt",
                3,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "06b05ab6733a618578af5f94892f3950"));
    byte[] large = new byte[200_000];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i % 251);
    }

    assertThat(FileDigest.write(hadoop, root(), "large", large))
        .isEqualTo(
            new FileDigest(
                "large",
                200_000,
                "e24bc62381f1224fbbb74688663f8f9743b9680b193edd666835e97b06e730eb",
                "b0b4a8995101f27bf0543157a23a8634"));
    assertThat(FileDigest.of(hadoop, root(), "large").xxh3())
        .isEqualTo("b0b4a8995101f27bf0543157a23a8634");
  }

  @Test
  void findsAnyFlippedByteAndNamesTheFile() throws IOException {
    byte[] content = "0123456789".getBytes(US_ASCII);
    FileDigest digest = FileDigest.write(hadoop, root(), "data", content);
    for (int at = 0; at < content.length; at++) {
      byte[] flipped = content.clone();
      flipped[at] ^= 1;
      Files.write(dir.resolve("data"), flipped);
      assertThatThrownBy(() -> digest.verify(hadoop, root()))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageStartingWith("Invalid file [" + dir.resolve("data") + "]: its sha256 is ");
    }

    Files.write(dir.resolve("data"), content);
    assertThatCode(() -> digest.verify(hadoop, root())).doesNotThrowAnyException();
  }

  @Test
  void saysBothSizesOfATruncatedFile() throws IOException {
    FileDigest digest = FileDigest.write(hadoop, root(), "data", new byte[10]);
    Files.write(dir.resolve("data"), new byte[9]);
    assertThatThrownBy(() -> digest.verify(hadoop, root()))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("its size in bytes is 9 and the manifest says 10");
  }

  @Test
  void namesAFileThatIsGone() {
    FileDigest digest = new FileDigest("gone", 1, "", "");
    assertThatThrownBy(() -> digest.verify(hadoop, root()))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("Missing file [" + dir.resolve("gone") + "]:");
  }

  @Test
  void leavesNoChecksumFilesBesideOurs() throws IOException {
    FileDigest.write(hadoop, root(), "data", new byte[10]);
    try (var files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("data");
    }
  }

  private Path root() {
    return Storage.qualified(hadoop, dir.toString());
  }
}
