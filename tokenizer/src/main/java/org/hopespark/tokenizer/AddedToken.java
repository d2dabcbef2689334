// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A token that stands beside the model: one whose text is found in a document as a whole, or a
 * special one, which is never found there.
 *
 * @param singleWord whether it is found only where no letter, number or mark touches it; kept for
 *     special tokens, refused for others
 * @param leftStrip whether it takes the white space before it
 * @param rightStrip whether it takes the white space behind it
 * @param normalized whether it is looked for in normalized text
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalized,
    boolean special) {

  byte[] utf8() {
    return content.getBytes(UTF_8);
  }
}
