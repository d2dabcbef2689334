// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.hopespark.model.InvalidConfigException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A contiguous off-heap float32 array, owned by an ND4J {@link INDArray}. Long-lived: made once,
 * zeroed, closed once.
 *
 * <p>Reads and writes of disjoint ranges from different threads are safe; offsets and lengths count
 * elements.
 */
public final class Slab implements AutoCloseable {
  /**
   * A direct buffer has at most 2^31 - 1 bytes on this Java, and views of a slab are direct
   * buffers.
   */
  public static final long MAX_ELEMENTS = Integer.MAX_VALUE / Float.BYTES;

  private static final float[] ZEROS = new float[16_384];

  private final INDArray array;
  private final FloatPointer pointer;
  private final ByteBuffer bytes;
  private final FloatBuffer floats;

  private Slab(INDArray array) {
    this.array = array;
    this.pointer = (FloatPointer) array.data().pointer();
    this.bytes = pointer.asByteBuffer().order(ByteOrder.nativeOrder());
    this.floats = bytes.asFloatBuffer();
  }

  /**
   * Allocates a zeroed slab.
   *
   * @param purpose what the memory is for, named if it cannot be had
   * @throws InvalidConfigException if {@code elements} exceeds {@link #MAX_ELEMENTS}
   */
  public static Slab allocate(String purpose, long elements) {
    if (elements < 1 || elements > MAX_ELEMENTS) {
      throw new InvalidConfigException(
          "Cannot allocate %s [%d floats]: one array holds 1 to %d. Lower model.dim, model.vocab-size, training.batch-size or training.sequence-length."
              .formatted(purpose, elements, MAX_ELEMENTS));
    }
    return new Slab(Nd4j.zeros(DataType.FLOAT, elements));
  }

  public long size() {
    return floats.capacity();
  }

  /** The ND4J array that owns the memory; shape [size]. */
  public INDArray array() {
    return array;
  }

  /** A direct view of {@code length} elements, in native byte order; valid until {@link #close}. */
  public ByteBuffer bytes(long offset, long length) {
    return bytes
        .slice(Math.toIntExact(offset * Float.BYTES), Math.toIntExact(length * Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  /** Copies {@code n} elements from {@code offset} to {@code destination[at..]}. */
  public void read(long offset, float[] destination, int at, int n) {
    floats.get((int) offset, destination, at, n);
  }

  /** Copies {@code source[at..at + n)} to {@code offset}. */
  public void write(long offset, float[] source, int at, int n) {
    floats.put((int) offset, source, at, n);
  }

  public float read(long offset) {
    return floats.get((int) offset);
  }

  public void write(long offset, float value) {
    floats.put((int) offset, value);
  }

  /** Copies {@code n} elements of {@code source} here; the ranges must not overlap. */
  public void copy(Slab source, long sourceOffset, long offset, long n) {
    bytes.put(
        Math.toIntExact(offset * Float.BYTES),
        source.bytes,
        Math.toIntExact(sourceOffset * Float.BYTES),
        Math.toIntExact(n * Float.BYTES));
  }

  /** Sets {@code n} elements to zero. */
  public void clear(long offset, long n) {
    for (long done = 0; done < n; done += ZEROS.length) {
      write(offset + done, ZEROS, 0, (int) Math.min(ZEROS.length, n - done));
    }
  }

  long address() {
    return pointer.address();
  }

  @Override
  public void close() {
    if (!array.wasClosed()) {
      array.close();
    }
  }
}
