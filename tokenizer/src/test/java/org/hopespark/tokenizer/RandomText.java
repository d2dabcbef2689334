// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Random;

/** Random input that is rich in what the splitting rule turns on. */
final class RandomText {
  private static final String[] PARTS = {
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\u00a0",
    "\u2028",
    "\u3000",
    "\u0085",
    "\u001c",
    "'",
    "'s",
    "'re",
    "'LL",
    "'v",
    "a",
    "the",
    "Word",
    "\u00e9",
    "e\u0301",
    "\u0436",
    "\u6f22",
    "\ud801\udc00",
    "7",
    "42",
    "\u0663",
    "\u00bd",
    "\u2167",
    "!",
    "...",
    "_",
    "\ud83d\ude00",
    "\u200d",
    "<|endoftext|>",
    "\u0000"
  };

  private RandomText() {}

  static String text(Random random, int numParts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < numParts; i++) {
      text.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return text.toString();
  }

  /** Bytes of every kind: mostly UTF-8 text, with bytes overwritten here and there. */
  static byte[] brokenUtf8(Random random, int numParts) {
    byte[] text = text(random, numParts).getBytes(UTF_8);
    for (int i = 0; i < text.length; i++) {
      if (random.nextInt(8) == 0) {
        text[i] = (byte) random.nextInt(256);
      }
    }
    return text;
  }
}
