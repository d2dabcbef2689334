// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Combining classes, decompositions and compositions of Unicode's normalization form C, as Hugging
 * Face tokenizers has them: an older Unicode version than that of the splitting rules, and never
 * the JDK's.
 */
final class NfcTable {
  static final int NONE = -1;

  private static final String RESOURCE = "unicode-nfc-1.txt";

  /** Beyond the highest code point that the table names. */
  private static final int LIMIT = 0x30000;

  private static final int HANGUL = 0xAC00;
  private static final int LEADING = 0x1100;
  private static final int VOWELS = 0x1161;
  private static final int TRAILING = 0x11A7;
  private static final int NUM_LEADING = 19;
  private static final int NUM_VOWELS = 21;
  private static final int NUM_TRAILING = 28;
  private static final int NUM_HANGUL = NUM_LEADING * NUM_VOWELS * NUM_TRAILING;

  private static final byte[] CLASSES = new byte[LIMIT];
  private static final boolean[] MAY_CHANGE = new boolean[LIMIT];
  private static final Map<Integer, int[]> DECOMPOSITIONS = new HashMap<>();
  private static final Map<Long, Integer> COMPOSITIONS = new HashMap<>();

  static {
    for (String line : new String(UnicodeClasses.resource(RESOURCE), US_ASCII).lines().toList()) {
      if (line.startsWith("M ")) {
        readClass(line.split(" ", -1));
      }
    }
    Map<String, Integer> whole = new HashMap<>();
    for (String line : new String(UnicodeClasses.resource(RESOURCE), US_ASCII).lines().toList()) {
      if (line.startsWith("C ") || line.startsWith("D ")) {
        String[] fields = line.split(" ", 3);
        readDecomposition(Integer.parseInt(fields[1], 16), fields[2], fields[0].equals("D"));
        if (fields[0].equals("C")) {
          whole.put(fields[2], Integer.parseInt(fields[1], 16));
        }
      }
    }
    whole.forEach((parts, codePoint) -> addComposition(parts, codePoint, whole));
    Arrays.fill(MAY_CHANGE, VOWELS, VOWELS + NUM_VOWELS, true);
    Arrays.fill(MAY_CHANGE, TRAILING + 1, TRAILING + NUM_TRAILING, true);
  }

  private NfcTable() {}

  /**
   * Whether a character can be altered, moved, or joined to the one before it. The text between two
   * characters that cannot is normalized by itself.
   */
  static boolean mayChange(int codePoint) {
    return codePoint < LIMIT && MAY_CHANGE[codePoint];
  }

  /** Canonical combining class, 0 to 254. */
  static int combiningClass(int codePoint) {
    return codePoint < LIMIT ? CLASSES[codePoint] & 0xFF : 0;
  }

  /** Full canonical decomposition, or null where it is the character itself. */
  static int[] decomposition(int codePoint) {
    int syllable = codePoint - HANGUL;
    if (syllable < 0 || syllable >= NUM_HANGUL) {
      return DECOMPOSITIONS.get(codePoint);
    }

    int lead = LEADING + syllable / (NUM_VOWELS * NUM_TRAILING);
    int vowel = VOWELS + syllable / NUM_TRAILING % NUM_VOWELS;
    int trail = syllable % NUM_TRAILING;
    return trail == 0 ? new int[] {lead, vowel} : new int[] {lead, vowel, TRAILING + trail};
  }

  /** What two neighbours compose to, or NONE. */
  static int composition(int first, int second) {
    int lead = first - LEADING;
    int vowel = second - VOWELS;
    if (lead >= 0 && lead < NUM_LEADING && vowel >= 0 && vowel < NUM_VOWELS) {
      return HANGUL + (lead * NUM_VOWELS + vowel) * NUM_TRAILING;
    }

    int syllable = first - HANGUL;
    int trail = second - TRAILING;
    boolean open = syllable >= 0 && syllable < NUM_HANGUL && syllable % NUM_TRAILING == 0;
    if (open && trail > 0 && trail < NUM_TRAILING) {
      return first + trail;
    }
    return COMPOSITIONS.getOrDefault(Pairs.of(first, second), NONE);
  }

  private static void readClass(String[] fields) {
    for (int i = 2; i < fields.length; i++) {
      int codePoint = Integer.parseInt(fields[i], 16);
      CLASSES[codePoint] = (byte) Integer.parseInt(fields[1]);
      MAY_CHANGE[codePoint] = true;
    }
  }

  private static void readDecomposition(int codePoint, String parts, boolean changes) {
    int[] codePoints =
        Arrays.stream(parts.split(" ", -1)).mapToInt(part -> Integer.parseInt(part, 16)).toArray();
    DECOMPOSITIONS.put(codePoint, codePoints);
    MAY_CHANGE[codePoint] |= changes;
  }

  private static void addComposition(String parts, int codePoint, Map<String, Integer> whole) {
    int cut = parts.lastIndexOf(' ');
    String head = parts.substring(0, cut);
    int first = whole.containsKey(head) ? whole.get(head) : Integer.parseInt(head, 16);
    int second = Integer.parseInt(parts.substring(cut + 1), 16);
    COMPOSITIONS.put(Pairs.of(first, second), codePoint);
    MAY_CHANGE[second] = true;
  }
}
