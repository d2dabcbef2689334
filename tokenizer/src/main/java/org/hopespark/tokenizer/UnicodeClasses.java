// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The class of every Unicode scalar value, as the splitting rule needs it.
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

  private static final String RESOURCE = "unicode-classes-1.txt";
  private static final int BLOCK_BITS = 8;
  private static final int BLOCK_SIZE = 1 << BLOCK_BITS;
  private static final int NUM_BLOCKS = (Character.MAX_CODE_POINT + 1) >> BLOCK_BITS;
  private static final byte[][] BLOCKS = shareEqualBlocks(readClasses());

  private UnicodeClasses() {}

  /** Class of a code point in [0, 0x10FFFF]; surrogates, which no UTF-8 text holds, are OTHER. */
  static byte of(int codePoint) {
    return BLOCKS[codePoint >> BLOCK_BITS][codePoint & (BLOCK_SIZE - 1)];
  }

  private static byte[] readClasses() {
    byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
    try (InputStream in = UnicodeClasses.class.getResourceAsStream(RESOURCE);
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, US_ASCII))) {
      int numRanges = 0;
      int numRangesPromised = -1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return classes;
  }

  private static byte classNamed(String name) {
    return switch (name) {
      case "L" -> LETTER;
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
      byte[] known = blocks.putIfAbsent(new String(block, US_ASCII), block);
      shared[i] = known == null ? block : known;
    }
    return shared;
  }
}
