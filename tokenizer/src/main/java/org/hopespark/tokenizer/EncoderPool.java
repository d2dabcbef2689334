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

  private final AtomicReferenceArray<PieceEncoder> places = new AtomicReferenceArray<>(NUM_PLACES);
  private final Supplier<PieceEncoder> source;

  EncoderPool(Supplier<PieceEncoder> source) {
    this.source = source;
  }

  PieceEncoder take() {
    PieceEncoder encoder = places.getAndSet(place(), null);
    return encoder == null ? source.get() : encoder;
  }

  void giveBack(PieceEncoder encoder) {
    places.set(place(), encoder);
  }

  private static int place() {
    return (int) (Thread.currentThread().getId() & (NUM_PLACES - 1));
  }
}
