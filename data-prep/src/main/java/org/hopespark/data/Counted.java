// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * What the rows of {@link PieceCounts} count. One column holds all of them, so that one sum by name
 * over the whole corpus is enough, and is as exact as Spark's shuffle where tasks run twice.
 */
enum Counted {
  /** Occurrences of a piece, under its bytes. */
  PIECE('p'),
  /** Documents of a domain that are learnt from, under its name. */
  DOCUMENTS('d'),
  /** UTF-8 bytes of these documents, under the domain's name. */
  BYTES('b'),
  /** Pieces that were left out because of their length, under the empty name. */
  LONG_PIECES('l'),
  /** Bytes of these pieces, under the empty name. */
  LONG_PIECE_BYTES('m');

  private static final Counted[] ALL = values();

  private final byte tag;

  Counted(char tag) {
    this.tag = (byte) tag;
  }

  static Counted of(byte[] key) {
    for (Counted counted : ALL) {
      if (counted.tag == key[0]) {
        return counted;
      }
    }
    throw new IllegalArgumentException("Nothing is counted under [" + key[0] + "]");
  }

  static byte[] name(byte[] key) {
    return Arrays.copyOfRange(key, 1, key.length);
  }

  /** The name behind one byte that says of what it is the name. */
  byte[] key(byte[] name) {
    byte[] key = new byte[1 + name.length];
    key[0] = tag;
    System.arraycopy(name, 0, key, 1, name.length);
    return key;
  }

  byte[] key(String name) {
    return key(name.getBytes(UTF_8));
  }
}
