// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TestEncoderPool {
  private final AtomicInteger numMade = new AtomicInteger();
  private final EncoderPool pool = new EncoderPool(this::make);

  @Test
  void usesOneEncoderForAllTextsOfAThread() {
    for (int i = 0; i < 100; i++) {
      assertThat(encode("text")).containsExactly('t', 'e', 'x', 't');
    }
    assertThat(numMade).hasValue(1);
  }

  @Test
  void dropsAnEncoderThatFailed() {
    byte[] text = "text".getBytes(UTF_8);
    for (int i = 0; i < 3 * EncoderPool.NUM_PLACES; i++) {
      assertThatThrownBy(() -> pool.encode(text, 0, text.length, null))
          .isInstanceOf(NullPointerException.class);
    }
    assertThat(numMade).hasValue(3 * EncoderPool.NUM_PLACES);

    // Its place is free again: one more encoder serves all texts that follow.
    for (int i = 0; i < 100; i++) {
      assertThat(encode("text")).hasSize(4);
    }
    assertThat(numMade).hasValue(3 * EncoderPool.NUM_PLACES + 1);
  }

  @Test
  void servesMoreThreadsThanItHasPlaces() throws InterruptedException, ExecutionException {
    int numThreads = 2 * EncoderPool.NUM_PLACES;
    ExecutorService threads = Executors.newFixedThreadPool(numThreads);
    try {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int thread = 0; thread < numThreads; thread++) {
        // Thousands of bytes that are a letter and its own: whoever shares scratch space mixes it.
        int letter = 'a' + thread % 26;
        String text = Character.toString(letter).repeat(5_000);
        int[] expected = text.chars().toArray();
        all.add(
            threads.submit(
                () -> {
                  boolean same = true;
                  for (int i = 0; i < 50; i++) {
                    same &= Arrays.equals(encode(text), expected);
                  }
                  return same;
                }));
      }
      for (Future<Boolean> same : all) {
        assertThat(same.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private int[] encode(String text) {
    IdBuffer ids = new IdBuffer();
    byte[] utf8 = text.getBytes(UTF_8);
    pool.encode(utf8, 0, utf8.length, ids);
    return ids.toArray();
  }

  /** An encoder whose ids are the bytes. */
  private TextEncoder make() {
    numMade.incrementAndGet();
    List<byte[]> tokens = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      tokens.add(new byte[] {(byte) value});
    }
    tokens.add("<|endoftext|>".getBytes(UTF_8));
    BitSet special = new BitSet();
    special.set(256);
    Vocabulary vocabulary = new Vocabulary(tokens, special);
    MergeTable merges = new MergeTable(List.of());
    WholePieces whole = new WholePieces(vocabulary, merges, false);
    return new TextEncoder(
        Pipeline.gpt2(vocabulary),
        vocabulary,
        new PieceEncoder(SplitRule.GPT2, vocabulary, merges, whole));
  }
}
