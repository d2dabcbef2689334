// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestLongHeap {
  @Test
  void popsWhatThePriorityQueueOfTheJdkPops() {
    long seed = 17;
    Random random = new Random(seed);
    LongHeap heap = new LongHeap();
    PriorityQueue<Long> expected = new PriorityQueue<>();
    for (int step = 0; step < 50_000; step++) {
      if (expected.isEmpty() || random.nextInt(5) < 3) {
        long value = random.nextInt(1000);
        heap.push(value);
        expected.add(value);
      } else {
        assertThat(heap.pop()).as("seed %d, step %d", seed, step).isEqualTo(expected.remove());
      }
    }
    while (!expected.isEmpty()) {
      assertThat(heap.pop()).isEqualTo(expected.remove());
    }
    assertThat(heap.isEmpty()).isTrue();
  }
}
