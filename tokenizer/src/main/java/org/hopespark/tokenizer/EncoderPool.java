// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Lends each thread an encoder, the one that it gave back last where no other thread took it: no
 * locks, no encoder in two hands, and at most {@link #NUM_PLACES} of them kept.
 */
final class EncoderPool {
  private static final int NUM_PLACES = 64;

  private final AtomicReferenceArray<TextEncoder> places = new AtomicReferenceArray<>(NUM_PLACES);
  private final Supplier<TextEncoder> source;

  EncoderPool(Supplier<TextEncoder> source) {
    this.source = source;
  }

  TextEncoder take() {
    TextEncoder encoder = places.getAndSet(place(), null);
    return encoder == null ? source.get() : encoder;
  }

  void giveBack(TextEncoder encoder) {
    places.set(place(), encoder);
  }

  private static int place() {
    return (int) (Thread.currentThread().getId() & (NUM_PLACES - 1));
  }
}
