// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Encodes a file of records for {@code ci/check_tokenizer_parity.py}: {@code EncodeRecords
 * TOKENIZER_JSON RECORDS IDS}. A record is its length as a big-endian 32-bit integer and its bytes;
 * for each, the number of its ids and the ids are written, as such integers. Fails where decoding
 * does not give the bytes back, unless the tokenizer normalizes.
 */
public final class EncodeRecords {
  private EncodeRecords() {}

  public static void main(String[] arguments) throws IOException {
    Tokenizer tokenizer;
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      tokenizer = Tokenizer.read(in);
    }

    IdBuffer ids = new IdBuffer();
    try (DataInputStream in = open(Path.of(arguments[1]));
        DataOutputStream out =
            new DataOutputStream(
                new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2]))))) {
      while (true) {
        int length;
        try {
          length = in.readInt();
        } catch (EOFException e) {
          break;
        }

        byte[] record = new byte[length];
        in.readFully(record);
        ids.clear();
        tokenizer.encode(record, 0, length, ids);
        out.writeInt(ids.size());
        for (int i = 0; i < ids.size(); i++) {
          out.writeInt(ids.get(i));
        }
        boolean same = Arrays.equals(tokenizer.decode(ids.toArray()), record);
        if (!same && !tokenizer.isNormalizing()) {
          throw new IllegalStateException(
              "decoding does not give back " + HexFormat.of().formatHex(record));
        }
      }
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
  }
}
