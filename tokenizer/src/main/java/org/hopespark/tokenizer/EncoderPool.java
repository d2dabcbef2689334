// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;

/**
 * Lets each thread encode with an encoder of its own, the one it used last where no other thread
 * took it: no locks, no encoder in two hands, and at most {@link #NUM_PLACES} of them kept.
 *
 * <p>A document costs two writes to a flag that no other thread touches while it is at home there.
 * Flags are two cache lines apart, and are numbers: a reference stored per document would ask the
 * garbage collector's barrier for a fence, and would dirty a card that many places share.
 */
final class EncoderPool {
  static final int NUM_PLACES = 64;

  private static final int NONE = -1;
  private static final int FREE = 0;
  private static final int TAKEN = 1;

  /** Flags from one place to the next: 128 bytes, as processors fetch lines in pairs. */
  private static final int STRIDE = 32;

  /** The flag of a place; the first stride keeps the array's length, which all read, apart. */
  private final AtomicIntegerArray flags = new AtomicIntegerArray((NUM_PLACES + 1) * STRIDE);

  /** By place; read and written by whoever has taken it. */
  private final TextEncoder[] encoders = new TextEncoder[NUM_PLACES];

  private final Supplier<TextEncoder> source;

  EncoderPool(Supplier<TextEncoder> source) {
    this.source = source;
  }

  /** Appends the ids of {@code text[from, to)}. */
  void encode(byte[] text, int from, int to, IdBuffer ids) {
    int place = take();
    if (place == NONE) {
      source.get().encode(text, from, to, ids);
      return;
    }

    boolean whole = false;
    try {
      if (encoders[place] == null) {
        encoders[place] = source.get();
      }
      encoders[place].encode(text, from, to, ids);
      whole = true;
    } finally {
      if (!whole) {
        // Its scratch space may be in the middle of something.
        encoders[place] = null;
      }
      flags.setRelease(flag(place), FREE);
    }
  }

  /** Takes this thread's place, or the next that is free. */
  private int take() {
    int home = (int) (Thread.currentThread().getId() & (NUM_PLACES - 1));
    for (int i = 0; i < NUM_PLACES; i++) {
      int place = (home + i) & (NUM_PLACES - 1);
      int flag = flag(place);
      if (flags.get(flag) == FREE && flags.compareAndSet(flag, FREE, TAKEN)) {
        return place;
      }
    }
    return NONE;
  }

  private static int flag(int place) {
    return (place + 1) * STRIDE;
  }
}
