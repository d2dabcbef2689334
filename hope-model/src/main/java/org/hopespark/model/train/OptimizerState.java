// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.optimizer.AdamW;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.optimizer.LevelDivision.Segment;
import org.hopespark.model.optimizer.Moments;
import org.hopespark.model.optimizer.Muon;
import org.hopespark.model.optimizer.Optimizer;
import org.hopespark.model.optimizer.Sgd;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;

/** The rules of what a replica owns, and their state: one packed array of each kind. */
final class OptimizerState implements AutoCloseable {
  private static final int BLOCK = 32_768;

  /** One thread's work at a time: elements that a rule steps. */
  record Piece(Optimizer rule, long from, long to) {}

  private final ParameterLayout layout;
  private final Slab parameters;
  private final List<OwnedRun> runs;
  private final List<Slab> slabs = new ArrayList<>();
  private final List<List<Piece>> pieces = new ArrayList<>();

  OptimizerState(
      List<LevelDivision> divisions, Ownership owner, ParameterLayout layout, Slab parameters) {
    this.layout = layout;
    this.parameters = parameters;
    runs = OwnedRun.of(divisions, owner);
    for (int state = 0; state < OwnedRun.STATES; state++) {
      // A slab cannot be empty.
      slabs.add(Slab.allocate("optimizer state", Math.max(1, OwnedRun.elements(runs, state))));
    }
    for (LevelDivision division : divisions) {
      List<Piece> ofLevel = new ArrayList<>();
      for (OwnedRun run : runs) {
        if (run.level().equals(division.level())) {
          cut(division.config(), run, ofLevel);
        }
      }
      pieces.add(ofLevel);
    }
  }

  private void cut(OptimizerConfig config, OwnedRun run, List<Piece> into) {
    for (Segment segment : run.segments()) {
      Optimizer rule = rule(config, run, segment);
      long most = segment.matrix().isPresent() ? segment.to() - segment.from() : BLOCK;
      for (long from = segment.from(); from < segment.to(); from += most) {
        into.add(new Piece(rule, from, Math.min(segment.to(), from + most)));
      }
    }
  }

  private Optimizer rule(OptimizerConfig config, OwnedRun run, Segment segment) {
    Moments first = moments(run, 0);
    return switch (run.kind()) {
      case ADAMW -> new AdamW(config, layout, parameters, first, moments(run, 1));
      case SGD -> new Sgd(config, layout, parameters, first);
      case MUON -> new Muon(config, segment.matrix().orElseThrow(), parameters, first);
    };
  }

  private Moments moments(OwnedRun run, int state) {
    return new Moments(slabs.get(state), run.offset(state) - run.from());
  }

  List<Piece> pieces(Level level) {
    return pieces.get(level.index());
  }

  /** All state there is, level by level. */
  List<StateRange> ranges() {
    List<StateRange> ranges = new ArrayList<>();
    for (OwnedRun run : runs) {
      List<String> names = run.kind().states();
      for (int state = 0; state < names.size(); state++) {
        ranges.add(
            new StateRange(
                names.get(state),
                run.level(),
                run.from() - run.level().offset(),
                run.to() - run.level().offset(),
                slabs.get(state),
                run.offset(state)));
      }
    }
    return ranges;
  }

  @Override
  public void close() {
    slabs.forEach(Slab::close);
  }
}
