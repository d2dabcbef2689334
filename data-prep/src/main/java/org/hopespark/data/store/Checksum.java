// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Both digests of a manifest entry, taken in one pass. */
public final class Checksum {
  private static final int CHUNK_BYTES = 1 << 16;

  private final MessageDigest sha256 = sha256();
  private final HashStream128 xxh3 = Hashing.xxh3_128().hashStream();
  private long bytes;

  public void update(byte[] source, int from, int length) {
    sha256.update(source, from, length);
    xxh3.putBytes(source, from, length);
    bytes += length;
  }

  /** Reads to the end of the stream. */
  public void update(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      update(chunk, 0, read);
    }
  }

  public long bytes() {
    return bytes;
  }

  public FileDigest digest(String name) {
    return new FileDigest(name, bytes, hex(sha256.digest()), hex(xxh3.get()));
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  public static String sha256(byte[] bytes) {
    return hex(sha256().digest(bytes));
  }

  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The canonical form of XXH128: high half first. */
  public static String hex(HashValue128 value) {
    HexFormat format = HexFormat.of();
    return format.toHexDigits(value.getMostSignificantBits())
        + format.toHexDigits(value.getLeastSignificantBits());
  }
}
