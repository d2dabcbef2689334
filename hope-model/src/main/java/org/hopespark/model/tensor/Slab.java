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
  /** What ND4J counts in 32 bits. */
  public static final long MAX_ELEMENTS = Integer.MAX_VALUE;

  /** A direct buffer has at most 2^31 - 1 bytes on this Java. */
  private static final long LONGEST_VIEW = Integer.MAX_VALUE / Float.BYTES;

  private static final int VIEW_SHIFT = 28;

  private static final float[] ZEROS = new float[16_384];

  private final INDArray array;
  private final FloatPointer pointer;

  /**
   * Views begin 2^shift elements apart and are nearly twice as long, so that every range of fewer
   * elements than that lies in the view in which it begins.
   */
  private final int shift;

  private final ByteBuffer[] bytes;
  private final FloatBuffer[] floats;

  private Slab(INDArray array, int shift) {
    this.array = array;
    this.pointer = (FloatPointer) array.data().pointer();
    this.shift = shift;
    int views = view(array.length() - 1) + 1;
    this.bytes = new ByteBuffer[views];
    this.floats = new FloatBuffer[views];
    long length = Math.min(LONGEST_VIEW, (2L << shift) - 1);
    for (int view = 0; view < views; view++) {
      long start = (long) view << shift;
      long end = Math.min(array.length(), start + length);
      FloatPointer part = pointer.getPointer(start).capacity(end - start);
      bytes[view] = part.asByteBuffer().order(ByteOrder.nativeOrder());
      floats[view] = bytes[view].asFloatBuffer();
    }
  }

  private int view(long offset) {
    return (int) (offset >>> shift);
  }

  private int inView(long offset) {
    return (int) (offset & ((1L << shift) - 1));
  }

  /**
   * Allocates a zeroed slab.
   *
   * @param purpose what the memory is for, named if it cannot be had
   * @throws InvalidConfigException if {@code elements} exceeds {@link #MAX_ELEMENTS}
   */
  public static Slab allocate(String purpose, long elements) {
    return allocate(purpose, elements, VIEW_SHIFT);
  }

  static Slab allocate(String purpose, long elements, int shift) {
    if (elements < 1 || elements > MAX_ELEMENTS) {
      throw new InvalidConfigException(
          "Cannot allocate %s [%d floats]: one array holds 1 to %d. Lower model.dim, model.vocab-size, training.batch-size or training.sequence-length."
              .formatted(purpose, elements, MAX_ELEMENTS));
    }
    return new Slab(Nd4j.zeros(DataType.FLOAT, elements), shift);
  }

  public long size() {
    return array.length();
  }

  /** The ND4J array that owns the memory; shape [size]. */
  public INDArray array() {
    return array;
  }

  /**
   * A direct view of {@code length} elements, fewer than 2^28, in native byte order; valid until
   * {@link #close}.
   */
  public ByteBuffer bytes(long offset, long length) {
    return bytes[view(offset)]
        .slice(inView(offset) * Float.BYTES, Math.toIntExact(length * Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  /** Copies {@code n} elements from {@code offset} to {@code destination[at..]}. */
  public void read(long offset, float[] destination, int at, int n) {
    floats[view(offset)].get(inView(offset), destination, at, n);
  }

  /** Copies {@code source[at..at + n)} to {@code offset}. */
  public void write(long offset, float[] source, int at, int n) {
    floats[view(offset)].put(inView(offset), source, at, n);
  }

  public float read(long offset) {
    return floats[view(offset)].get(inView(offset));
  }

  public void write(long offset, float value) {
    floats[view(offset)].put(inView(offset), value);
  }

  /** Copies {@code n} elements of {@code source} here; the ranges must not overlap. */
  public void copy(Slab source, long sourceOffset, long offset, long n) {
    long most = (1L << Math.min(shift, source.shift)) - 1;
    for (long done = 0; done < n; done += most) {
      long to = offset + done;
      long from = sourceOffset + done;
      bytes[view(to)].put(
          inView(to) * Float.BYTES,
          source.bytes[source.view(from)],
          source.inView(from) * Float.BYTES,
          (int) Math.min(most, n - done) * Float.BYTES);
    }
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

  /** Whether the memory has been given back. */
  public boolean isClosed() {
    return array.wasClosed();
  }

  @Override
  public void close() {
    if (!array.wasClosed()) {
      array.close();
    }
  }
}
