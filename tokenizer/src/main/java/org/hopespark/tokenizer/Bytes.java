// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** Hashing of byte ranges. */
final class Bytes {
  private Bytes() {}

  /** A hash whose low bits are well mixed (FNV-1a, then the finaliser of MurmurHash3). */
  static int hash(byte[] text, int from, int to) {
    int hash = 0x811C9DC5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (text[i] & 0xFF)) * 0x01000193;
    }
    hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
    hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
    return hash ^ (hash >>> 16);
  }
}
