// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;

/**
 * The memory that one replica takes, known before any of it is. All native memory is taken when the
 * replica is made and none in a step.
 *
 * @param shared arrays that the threads share: parameters, optimizer state, gradients
 * @param perThread activations of one thread, by what they are for
 * @param threads threads with activations of their own
 * @param heapBytesPerThread Java heap of one thread's kernels: their tiles, and the little that
 *     making them takes
 */
public record MemoryPlan(
    List<Part> shared, List<Part> perThread, int threads, long heapBytesPerThread) {
  private static final String ASYNCHRONOUS = "checkpoint.asynchronous";

  /**
   * Arrays of one kind.
   *
   * @param name what they are for
   * @param count how many there are
   * @param bytes of each
   * @param key configuration key that makes them smaller or fewer
   */
  public record Part(String name, int count, long bytes, String key) {
    long total() {
      return count * bytes;
    }
  }

  public MemoryPlan {
    shared = List.copyOf(shared);
    perThread = List.copyOf(perThread);
  }

  /** The plan of a replica that owns everything. */
  public static MemoryPlan of(RunConfig config, int numShards, int threads) {
    return of(config, numShards, threads, Ownership.whole());
  }

  /**
   * The plan of {@link Replica#create} with the same arguments, for the rank that has the most to
   * hold.
   *
   * @throws InvalidConfigException if an array would be larger than one can be
   */
  public static MemoryPlan of(RunConfig config, int numShards, int threads, Ownership owner) {
    ParameterLayout layout = new ParameterLayout(config.model());
    String batch = batchKey(config);
    long rows = (long) config.training().batchSize() * config.training().sequenceLength();
    // Four arrays of the stream are the least; beyond that even the count would overflow.
    requireOneArray("activations", Math.multiplyExact(rows, 4L * config.model().dim()), batch);
    requireOneArray("parameters", layout.size(), "model.dim");
    List<Part> shared = new ArrayList<>();
    long bytes = layout.size() * Float.BYTES;
    shared.add(new Part("parameters", 1, bytes, "model.dim"));
    shared.addAll(optimizer(config, layout, Math.min(threads, numShards), owner));
    add(shared, "averaging", 1, averaging(config, layout, owner));
    if (config.model().nestedCms()) {
      long states = InitialStates.size(layout.levels()) * Float.BYTES;
      shared.add(new Part("initial states", 1, states, "model.dim"));
    }
    String gradientKey =
        config.training().virtualShards() > config.sync().workers()
            ? "training.virtual-shards"
            : "model.dim";
    shared.add(new Part("gradients", numShards, bytes, gradientKey));
    if (config.checkpoint().asynchronous()) {
      long copy = checkpointCopy(config, layout, numShards, owner) * Float.BYTES;
      shared.add(new Part("checkpoint copy", 1, copy, ASYNCHRONOUS));
    }

    // The first time also loads classes, which is no part of what is counted.
    activations(config, layout);
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = bean.getCurrentThreadAllocatedBytes();
    Map<Arena.Part, Long> activations = activations(config, layout);
    long heap = bean.getCurrentThreadAllocatedBytes() - before;
    List<Part> perThread = new ArrayList<>();
    long sum = 0;
    for (Map.Entry<Arena.Part, Long> part : activations.entrySet()) {
      String key = part.getKey() == Arena.Part.LOGITS ? "model.vocab-size" : batch;
      perThread.add(new Part(part.getKey().label(), 1, part.getValue() * Float.BYTES, key));
      sum += part.getValue();
    }
    requireOneArray("activations", sum, batch);
    return new MemoryPlan(shared, perThread, Math.min(threads, numShards), heap);
  }

  /**
   * What a rank writes of a checkpoint: the parameters, which rank 0 has to digest, its optimizer's
   * and averaging's state, and the accumulators of levels that can be inside an interval.
   */
  private static long checkpointCopy(
      RunConfig config, ParameterLayout layout, int numShards, Ownership owner) {
    long elements = layout.size() + stateElements(most(config, layout, owner));
    if (config.model().nestedCms()) {
      elements += InitialStates.size(layout.levels());
    }
    for (LevelDivision division : LevelDivision.all(config.optimizer(), layout)) {
      Level level = division.level();
      if (!owner.sliced().test(level)) {
        elements += longest(division.slices(owner.size()));
      }
      if (config.checkpoint().everySteps() % level.period() != 0) {
        elements += numShards * level.length();
      }
    }
    return elements;
  }

  /** Copies that averaging in other ways than by whole gradients takes, of the largest slices. */
  private static long averaging(RunConfig config, ParameterLayout layout, Ownership owner) {
    long elements = 0;
    for (LevelDivision division : LevelDivision.all(config.optimizer(), layout)) {
      long slice = longest(division.slices(owner.size()));
      if (!owner.sliced().test(division.level())) {
        elements += division.level().length() + slice;
      } else if (owner.size() > 1 && config.sync().wire().equals("bfloat16")) {
        elements += slice;
      }
    }
    return elements;
  }

  private static List<Part> optimizer(
      RunConfig config, ParameterLayout layout, int threads, Ownership owner) {
    List<OwnedRun> most = most(config, layout, owner);
    List<Part> parts = new ArrayList<>();
    add(parts, "first moments", 1, OwnedRun.elements(most, 0));
    add(parts, "second moments", 1, OwnedRun.elements(most, 1));
    List<LevelDivision> divisions = LevelDivision.all(config.optimizer(), layout);
    add(parts, "optimizer scratch", threads, LevelUpdate.scratchElements(divisions));
    return parts;
  }

  /** What the rank owns that has the most state. */
  private static List<OwnedRun> most(RunConfig config, ParameterLayout layout, Ownership owner) {
    List<LevelDivision> divisions = LevelDivision.all(config.optimizer(), layout);
    List<OwnedRun> most = List.of();
    for (int rank = 0; rank < owner.size(); rank++) {
      List<OwnedRun> runs = OwnedRun.of(divisions, owner.ofRank(rank));
      most = stateElements(runs) > stateElements(most) ? runs : most;
    }
    return most;
  }

  private static long longest(Slices slices) {
    return IntStream.range(0, slices.size()).mapToLong(slices::length).max().orElseThrow();
  }

  private static void add(List<Part> parts, String name, int count, long elements) {
    if (elements > 0) {
      parts.add(new Part(name, count, elements * Float.BYTES, "model.dim"));
    }
  }

  private static long stateElements(List<OwnedRun> runs) {
    return OwnedRun.elements(runs, 0) + OwnedRun.elements(runs, 1);
  }

  private static Map<Arena.Part, Long> activations(RunConfig config, ParameterLayout layout) {
    return BlockNetwork.activationParts(
        config.model(), layout, config.training().batchSize(), config.training().sequenceLength());
  }

  /** What to lower for smaller activations: the batch, or where it is one sequence, its length. */
  private static String batchKey(RunConfig config) {
    return config.training().batchSize() > 1 ? "training.batch-size" : "training.sequence-length";
  }

  private static void requireOneArray(String name, long elements, String key) {
    if (elements > Slab.MAX_ELEMENTS) {
      throw new InvalidConfigException(
          "Cannot allocate %s [%s]: one array holds at most %s. Lower %s."
              .formatted(
                  name,
                  megabytes(elements * Float.BYTES),
                  megabytes(Slab.MAX_ELEMENTS * Float.BYTES),
                  key));
    }
  }

  /** Native memory of the whole replica, in bytes. */
  public long nativeBytes() {
    return shared.stream().mapToLong(Part::total).sum() + threads * bytesPerThread();
  }

  /** Native memory of one thread's activations, in bytes. */
  public long bytesPerThread() {
    return perThread.stream().mapToLong(Part::total).sum();
  }

  /** Java heap of all threads' kernels, in bytes. */
  public long heapBytes() {
    return threads * heapBytesPerThread;
  }

  /**
   * Refuses the plan where it cannot work.
   *
   * @param replicas so many in one process
   * @param limit bytes of native memory that the process may use
   * @throws InvalidConfigException naming the key to lower, that of the largest part
   */
  public void requireFits(int replicas, long limit) {
    long needed = replicas * nativeBytes();
    if (needed <= limit) {
      return;
    }
    List<Part> parts = new ArrayList<>(shared);
    perThread.forEach(part -> parts.add(new Part(part.name(), threads, part.bytes(), part.key())));
    Part largest = parts.stream().max(Comparator.comparingLong(Part::total)).orElseThrow();
    throw new InvalidConfigException(
        "Cannot train with %s of native memory [the largest part, %s, takes %s]: this process may use %s beside its Java heap. %s."
            .formatted(
                megabytes(needed),
                largest.name(),
                megabytes(replicas * largest.total()),
                megabytes(limit),
                largest.key().equals(ASYNCHRONOUS)
                    ? "Set " + ASYNCHRONOUS + " to false"
                    : "Lower " + largest.key()));
  }

  /** As {@link #requireFits(int, long)} for a process with one replica. */
  void requireFits(long limit) {
    requireFits(1, limit);
  }

  /** One line: every part, and their sum. */
  public String describe() {
    StringBuilder line = new StringBuilder();
    for (Part part : shared) {
      line.append(part.name()).append(' ').append(part.count() > 1 ? part.count() + " x " : "");
      line.append(megabytes(part.bytes())).append(", ");
    }
    line.append("activations ").append(threads > 1 ? threads + " x (" : "(");
    String comma = "";
    for (Part part : perThread) {
      line.append(comma).append(part.name()).append(' ').append(megabytes(part.bytes()));
      comma = ", ";
    }
    line.append(") = ").append(megabytes(nativeBytes()));
    return line.append("; of the Java heap ").append(megabytes(heapBytes())).toString();
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes * 1e-6);
  }
}
