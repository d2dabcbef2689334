// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The class of every Unicode scalar value, as the splitting rules need it.
 *
 * <p>The table is a resource of ours and not the JDK's: ids would otherwise change with the Unicode
 * version of the JDK that happens to run. It is held in two stages, blocks of 256 values of which
 * equal ones are shared.
 */
final class UnicodeClasses {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte WHITE_SPACE = 3;

  /** Of {@link #caseOf}: upper case, title case, or of no case (a modifier, a mark, other). */
  static final int NOT_LOWER = 4;

  /** Of {@link #caseOf}: lower case, or of no case. */
  static final int NOT_UPPER = 8;

  private static final int CLASS_MASK = 3;
  private static final String RESOURCE = "unicode-classes-2.txt";
  private static final int BLOCK_BITS = 8;
  private static final int BLOCK_SIZE = 1 << BLOCK_BITS;
  private static final int NUM_BLOCKS = (Character.MAX_CODE_POINT + 1) >> BLOCK_BITS;

  private static final String SHA256;
  private static final byte[][] BLOCKS;

  static {
    byte[] resource = resource(RESOURCE);
    SHA256 = Bytes.sha256(resource);
    BLOCKS = shareEqualBlocks(readClasses(resource));
  }

  private UnicodeClasses() {}

  /** Class of a code point in [0, 0x10FFFF]; surrogates, which no UTF-8 text holds, are OTHER. */
  static byte of(int codePoint) {
    return (byte) (BLOCKS[codePoint >> BLOCK_BITS][codePoint & (BLOCK_SIZE - 1)] & CLASS_MASK);
  }

  /** NOT_LOWER, NOT_UPPER or both for letters and marks, which are of class OTHER; 0 for others. */
  static int caseOf(int codePoint) {
    return BLOCKS[codePoint >> BLOCK_BITS][codePoint & (BLOCK_SIZE - 1)] & ~CLASS_MASK;
  }

  /** SHA-256, in hexadecimal, of the table. */
  static String sha256() {
    return SHA256;
  }

  static byte[] resource(String name) {
    try (InputStream in = UnicodeClasses.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] readClasses(byte[] resource) {
    byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
    int numRanges = 0;
    int numRangesPromised = -1;
    for (String line : new String(resource, US_ASCII).lines().toList()) {
      if (line.startsWith("#")) {
        continue;
      }

      if (line.startsWith("table ")) {
        numRangesPromised = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
        continue;
      }

      String[] fields = line.split(" ", -1);
      int first = Integer.parseInt(fields[1], 16);
      int last = Integer.parseInt(fields[fields.length - 1], 16);
      Arrays.fill(classes, first, last + 1, classNamed(fields[0]));
      numRanges++;
    }

    if (numRanges != numRangesPromised) {
      throw new IllegalStateException(
          "Invalid resource [%s]: %d ranges where its head says %d. Build the jar anew."
              .formatted(RESOURCE, numRanges, numRangesPromised));
    }
    return classes;
  }

  private static byte classNamed(String name) {
    return switch (name) {
      case "Lu", "Lt" -> LETTER | NOT_LOWER;
      case "Ll" -> LETTER | NOT_UPPER;
      case "Lm", "Lo" -> LETTER | NOT_LOWER | NOT_UPPER;
      case "M" -> OTHER | NOT_LOWER | NOT_UPPER;
      case "N" -> NUMBER;
      case "W" -> WHITE_SPACE;
      default ->
          throw new IllegalStateException("Invalid class name [" + name + "] in " + RESOURCE);
    };
  }

  private static byte[][] shareEqualBlocks(byte[] classes) {
    Map<String, byte[]> blocks = new HashMap<>();
    byte[][] shared = new byte[NUM_BLOCKS][];
    for (int i = 0; i < NUM_BLOCKS; i++) {
      byte[] block = Arrays.copyOfRange(classes, i << BLOCK_BITS, (i + 1) << BLOCK_BITS);
      byte[] known = blocks.putIfAbsent(new String(block, ISO_8859_1), block);
      shared[i] = known == null ? block : known;
    }
    return shared;
  }
}
