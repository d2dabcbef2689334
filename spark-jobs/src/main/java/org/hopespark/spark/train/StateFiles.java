// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.train.StateRange;

/**
 * Optimizer state in a checkpoint: every rank writes the ranges that it owns, flat, and whoever
 * goes on reads the parts that meet its own ranges, however many wrote and read. A part is read
 * whole and held against its digest, so nothing is used that was not verified.
 */
final class StateFiles {
  private static final int TILE = 16_384;

  private StateFiles() {}

  /** What one rank wrote. */
  record Written(FileDigest file, List<StatePart> parts) {}

  /**
   * Writes the ranges of {@code rank}, of which there is at least one.
   *
   * @param local states of which every rank has one of its own
   */
  static Written write(
      Configuration hadoop,
      Path directory,
      int rank,
      List<StateRange> ranges,
      Predicate<StateRange> local)
      throws IOException {
    String file = CheckpointManifest.optimizer(rank);
    Map<String, StateRange> byTensor = new HashMap<>();
    List<TensorView> tensors = new ArrayList<>();
    for (StateRange range : ranges) {
      int length = Math.toIntExact(range.to() - range.from());
      String tensor =
          StatePart.tensor(range.name(), range.level().name(), range.from(), range.to());
      tensors.add(new TensorView(tensor, List.of(length), range.slab(), range.offset()));
      byTensor.put(tensor, range);
    }
    DigestedOutput.Written written =
        DigestedOutput.write(
            hadoop, directory, file, out -> SafetensorsWriter.write(out, Map.of(), tensors));
    // The writer's order.
    tensors.sort(Comparator.comparing(TensorView::name));
    List<StatePart> parts = new ArrayList<>();
    long begin = written.tensorsBegin();
    for (TensorView tensor : tensors) {
      StateRange range = byTensor.get(tensor.name());
      StatePart part =
          new StatePart(
              range.name(),
              range.level().name(),
              range.from(),
              range.to(),
              local.test(range),
              rank,
              file,
              begin,
              digest(range));
      parts.add(part);
      begin += part.bytes();
    }
    return new Written(written.file(), parts);
  }

  private static String digest(StateRange range) {
    HashStream128 stream = Hashing.xxh3_128().hashStream();
    float[] tile = new float[TILE];
    ByteBuffer bytes = ByteBuffer.allocate(TILE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long length = range.to() - range.from();
    for (long done = 0; done < length; done += TILE) {
      int n = (int) Math.min(TILE, length - done);
      range.slab().read(range.offset() + done, tile, 0, n);
      bytes.asFloatBuffer().put(tile, 0, n);
      stream.putBytes(bytes.array(), 0, n * Float.BYTES);
    }
    return Checksum.hex(stream.get());
  }

  /**
   * Fills {@code ranges} of {@code rank} from the parts of a checkpoint.
   *
   * @throws CorruptCheckpointException naming a file that was altered, or state that is not there
   */
  static void read(
      Configuration hadoop,
      Path directory,
      CheckpointManifest manifest,
      int rank,
      List<StateRange> ranges)
      throws IOException {
    Map<StateRange, Long> filled = new HashMap<>();
    for (StatePart part : manifest.states()) {
      List<StateRange> met =
          ranges.stream().filter(range -> meets(part, range, rank % manifest.workers())).toList();
      if (!met.isEmpty()) {
        float[] values = new float[TILE];
        read(
            hadoop,
            directory,
            part,
            (at, bytes) -> {
              int n = bytes.remaining() / Float.BYTES;
              bytes.asFloatBuffer().get(values, 0, n);
              copy(part, at, values, n, met, filled);
            });
      }
    }
    for (StateRange range : ranges) {
      if (filled.getOrDefault(range, 0L) != range.to() - range.from()) {
        throw new CorruptCheckpointException(
            "Invalid checkpoint [%s]: it lacks some of %s of level %s, elements %d to %d. Use an older checkpoint."
                .formatted(
                    Storage.display(directory),
                    range.name(),
                    range.level().name(),
                    range.from(),
                    range.to()));
      }
    }
  }

  private static boolean meets(StatePart part, StateRange range, int rank) {
    return part.name().equals(range.name())
        && part.level().equals(range.level().name())
        && (!part.local() || part.rank() == rank)
        && part.from() < range.to()
        && range.from() < part.to();
  }

  private static void copy(
      StatePart part,
      long at,
      float[] values,
      int n,
      List<StateRange> met,
      Map<StateRange, Long> filled) {
    long first = part.from() + at;
    for (StateRange range : met) {
      long from = Math.max(first, range.from());
      long to = Math.min(first + n, range.to());
      if (from < to) {
        int length = (int) (to - from);
        range
            .slab()
            .write(range.offset() + from - range.from(), values, (int) (from - first), length);
        filled.merge(range, (long) length, Long::sum);
      }
    }
  }

  /**
   * Digest of the whole state, the same however many ranks wrote it: sha256 of one line per state
   * and level, with the sha256 of all its values in order. States that differ between ranks have a
   * line per rank.
   */
  static String digest(Configuration hadoop, Path directory, CheckpointManifest manifest)
      throws IOException {
    Map<String, List<StatePart>> states = new TreeMap<>();
    for (StatePart part : manifest.states()) {
      String owner = part.local() && manifest.workers() > 1 ? " of rank " + part.rank() : "";
      states
          .computeIfAbsent(part.name() + " " + part.level() + owner, key -> new ArrayList<>())
          .add(part);
    }
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, List<StatePart>> state : states.entrySet()) {
      MessageDigest digest = Checksum.sha256();
      long end = 0;
      for (StatePart part :
          state.getValue().stream().sorted(Comparator.comparingLong(StatePart::from)).toList()) {
        lines.append(part.from() == end ? "" : "from " + part.from() + " ");
        read(hadoop, directory, part, (at, bytes) -> digest.update(bytes));
        end = part.to();
      }
      lines.append(state.getKey()).append(' ').append(Checksum.hex(digest.digest())).append('\n');
    }
    return Checksum.sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Takes values of a part, in order. */
  interface Sink {
    /** Takes little-endian floats, the first of which is element {@code at} of the part. */
    void accept(long at, ByteBuffer bytes);
  }

  /** Passes a whole part to {@code sink} and then holds it against its digest. */
  static void read(Configuration hadoop, Path directory, StatePart part, Sink sink)
      throws IOException {
    Path path = new Path(directory, part.file());
    HashStream128 stream = Hashing.xxh3_128().hashStream();
    byte[] tile = new byte[TILE * Float.BYTES];
    long length = part.to() - part.from();
    try (FSDataInputStream in = Storage.openListed(hadoop, path)) {
      in.seek(part.begin());
      for (long done = 0; done < length; done += TILE) {
        int n = (int) Math.min(TILE, length - done);
        in.readFully(tile, 0, n * Float.BYTES);
        stream.putBytes(tile, 0, n * Float.BYTES);
        sink.accept(done, ByteBuffer.wrap(tile, 0, n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (EOFException e) {
      throw VerifiedInput.corrupt(path, "ends before its last tensor");
    }
    if (!Checksum.hex(stream.get()).equals(part.xxh3())) {
      throw VerifiedInput.corrupt(path, "is not as its manifest says");
    }
  }
}
