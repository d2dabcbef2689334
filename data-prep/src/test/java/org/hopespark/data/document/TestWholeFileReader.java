// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestWholeFileReader {
  @TempDir Path dir;

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "a.txt, text",
    "README, text",
    "README.md, text",
    "Main.java, code",
    "pom.xml, code",
    "a.json, code",
    "a.TXT, text",
    "a.py.gz, code",
    "a.b.txt, text"
  })
  void tellsTheDomainFromTheName(String name, String domain) throws IOException {
    byte[] content = "content".getBytes(ISO_8859_1);
    byte[] stored = name.endsWith(".gz") ? Records.gzip(content) : content;
    assertThat(Records.read(dir, name, stored))
        .containsExactly(new SourceRecord(domain, "content", null, false));
  }

  @Test
  void keepsTheTextAsItStands() {
    String text = "  line\r\n\r\n\tline\n\n";
    assertThat(Records.texts(Records.read(dir, "a.txt", text))).containsExactly(text);
  }

  @Test
  void skipsAByteOrderMark() {
    assertThat(Records.texts(Records.read(dir, "a.txt", "\uFEFFtext"))).containsExactly("text");
  }

  @Test
  void dropsBinaryFiles() {
    byte[] content = "x".repeat(9000).getBytes(ISO_8859_1);
    content[8191] = 0;
    assertThat(Records.read(dir, "a.bin", content))
        .containsExactly(SourceRecord.dropped("code", DropReason.BINARY));
  }

  @Test
  void looksForNulBytesInTheFirstEightKibibytesOnly() {
    byte[] content = "x".repeat(9000).getBytes(ISO_8859_1);
    content[8192] = 0;
    assertThat(Records.read(dir, "a.bin", content))
        .extracting(SourceRecord::reason)
        .containsExactly((DropReason) null);
  }

  @Test
  void dropsEmptyAndBlankFiles() {
    assertThat(Records.read(dir, "a.txt", ""))
        .containsExactly(SourceRecord.dropped("text", DropReason.EMPTY_TEXT));
    assertThat(Records.read(dir, "b.txt", " \n\u3000\n"))
        .containsExactly(SourceRecord.dropped("text", DropReason.EMPTY_TEXT));
  }

  @Test
  void repairsOtherEncodings() {
    assertThat(Records.read(dir, "a.txt", "caf\u00E9 noir".getBytes(ISO_8859_1)))
        .containsExactly(new SourceRecord("text", "caf\uFFFD noir", null, true));
  }
}
