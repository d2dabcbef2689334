// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hopespark.model.checkpoint.SafetensorsReader;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/**
 * All that a checkpoint keeps of a replica, by name: views of its memory, which change with it and
 * are valid until it is closed.
 */
public final class ReplicaState {
  private final ParameterLayout layout;
  private final Slab parameters;
  private final List<Slab> gradients;
  private final OptimizerState optimizer;
  private final Optional<InitialStates> initialStates;

  ReplicaState(
      ParameterLayout layout,
      Slab parameters,
      List<Slab> gradients,
      OptimizerState optimizer,
      Optional<InitialStates> initialStates) {
    this.layout = layout;
    this.parameters = parameters;
    this.gradients = gradients;
    this.optimizer = optimizer;
    this.initialStates = initialStates;
  }

  /** All parameters, as {@link #writeParameters} names them. */
  public List<TensorView> parameters() {
    return tensors(parameters, layout.levels());
  }

  /** Writes the parameters as safetensors. */
  public void writeParameters(OutputStream out) throws IOException {
    SafetensorsWriter.write(out, Map.of("format", "hope-spark"), parameters());
  }

  /** Fills the parameters from a file. */
  public void readParameters(InputStream in) throws IOException {
    SafetensorsReader.read(in, parameters());
  }

  /** The optimizer state of all that is owned, level by level, without a gap in either. */
  public List<StateRange> optimizer() {
    return optimizer.ranges();
  }

  /** State that every rank computes: of nested CMS levels the initial states. */
  public List<StateRange> shared() {
    return initialStates.map(InitialStates::states).orElse(List.of());
  }

  /** What local shard {@code shard} has gathered for the levels inside an interval. */
  public List<TensorView> accumulators(int shard, List<Level> inside) {
    return tensors(gradients.get(shard), inside);
  }

  /** Fills {@link #accumulators} from a file. */
  public void readAccumulators(int shard, List<Level> inside, InputStream in) throws IOException {
    SafetensorsReader.read(in, accumulators(shard, inside));
  }

  private List<TensorView> tensors(Slab slab, List<Level> of) {
    List<TensorView> views = new ArrayList<>();
    for (TensorSpec tensor : layout.tensors()) {
      if (of.contains(layout.levels().get(tensor.level()))) {
        views.add(new TensorView(tensor.name(), tensor.shape(), slab, tensor.offset()));
      }
    }
    return views;
  }
}
