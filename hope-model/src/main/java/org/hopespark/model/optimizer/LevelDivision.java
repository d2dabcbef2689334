// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.Optimizer.Kind;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.TensorSpec;

/**
 * How the range of a level is cut, by its rule and its tensors alone: into segments that one rule
 * steps, into blocks whose squares are summed apart for the norm, and into slices, one per rank. No
 * slice cuts a block, so that the norm has the same bits on any number of ranks, and none cuts a
 * matrix that is stepped as a whole.
 */
public final class LevelDivision {
  private static final long MOST_BLOCKS = 4096;
  private static final long LEAST_BLOCK = 1024;

  /**
   * Elements that one rule steps.
   *
   * @param from first element, counted from the first parameter
   * @param to end, exclusive
   * @param matrix shape of the matrix that the segment is, where it is stepped as a whole
   */
  public record Segment(Kind kind, long from, long to, Optional<MatrixShape> matrix) {}

  private final OptimizerConfig config;
  private final Level level;
  private final List<Segment> segments = new ArrayList<>();
  private final long[] blocks;

  /** Divides {@code level} for the rule that {@code config} names for it. */
  public LevelDivision(OptimizerConfig config, ParameterLayout layout, Level level) {
    this.config = config.of(level.name());
    this.level = level;
    Kind kind = kind();
    for (TensorSpec tensor : layout.tensors()) {
      if (tensor.level() == level.index()) {
        add(kind, tensor);
      }
    }
    blocks = cuts(false);
  }

  /** One for every level of the layout, in their order. */
  public static List<LevelDivision> all(OptimizerConfig config, ParameterLayout layout) {
    return layout.levels().stream().map(level -> new LevelDivision(config, layout, level)).toList();
  }

  private Kind kind() {
    return switch (config.name()) {
      case "sgd" -> Kind.SGD;
      case "muon" -> Kind.MUON;
      default -> Kind.ADAMW;
    };
  }

  private void add(Kind kind, TensorSpec tensor) {
    long end = tensor.offset() + tensor.size();
    if (kind == Kind.MUON && tensor.maps()) {
      MatrixShape shape = MatrixShape.of(tensor);
      for (long from = tensor.offset(); from < end; from += shape.elements()) {
        segments.add(new Segment(kind, from, from + shape.elements(), Optional.of(shape)));
      }
      return;
    }
    Kind elementWise = kind == Kind.MUON ? Kind.ADAMW : kind;
    long from = tensor.offset();
    int last = segments.size() - 1;
    if (last >= 0 && segments.get(last).matrix().isEmpty()) {
      from = segments.remove(last).from();
    }
    segments.add(new Segment(elementWise, from, end, Optional.empty()));
  }

  // Bounds of blocks, or of slices where matrices stay whole; counted from the level's first.
  private long[] cuts(boolean matricesWhole) {
    TreeSet<Long> cuts = new TreeSet<>(List.of(0L, level.length()));
    long block = block();
    for (Segment segment : segments) {
      long step =
          matricesWhole && segment.matrix().isPresent() ? segment.to() - segment.from() : block;
      for (long at = segment.from(); at < segment.to(); at += step) {
        cuts.add(at - level.offset());
      }
    }
    return cuts.stream().mapToLong(Long::longValue).toArray();
  }

  private long block() {
    long least = (level.length() + MOST_BLOCKS - 1) / MOST_BLOCKS;
    return Math.max(LEAST_BLOCK, Long.highestOneBit(2 * least - 1));
  }

  /** The level's own optimizer settings. */
  public OptimizerConfig config() {
    return config;
  }

  public Level level() {
    return level;
  }

  /** In order, without a gap. */
  public List<Segment> segments() {
    return segments;
  }

  /**
   * Where norm blocks begin and end, counted from the level's first element: some 4096 at most, and
   * one more for each segment.
   */
  public LongStream blocks() {
    return LongStream.of(blocks);
  }

  public int numBlocks() {
    return blocks.length - 1;
  }

  /** One slice per rank, as even as whole blocks and matrices allow. */
  public Slices slices(int size) {
    long[] cuts = cuts(true);
    List<Long> bounds = new ArrayList<>();
    int at = 0;
    for (int rank = 0; rank < size; rank++) {
      long even = level.length() * rank / size;
      while (at + 1 < cuts.length && cuts[at + 1] - even <= even - cuts[at]) {
        at++;
      }
      bounds.add(cuts[at]);
    }
    bounds.add(level.length());
    return new Slices(bounds);
  }
}
